import type { Replacement } from "../../cloud/package";
import rows from "./replacements.json";

/*
 * Which inputs replace a resource of Google Cloud.
 * Source: schema source of the Terraform google-beta provider 7.45.0 (`ForceNew`, `RequiresReplace`, `CustomizeDiff`), joined to the
 * input names of the typings of @pulumi/gcp 9.37.0: https://github.com/hashicorp/terraform-provider-google-beta
 * What the API itself refuses to change is not in it.
 */

interface Row {
  /** `["*"]`: every input but `except`. */
  readonly replaces: readonly string[];
  readonly except?: readonly string[];
  readonly presence?: readonly string[];
  readonly conditional?: readonly string[];
}

const ROWS: Readonly<Record<string, Row>> = rows;

/** Where a resource is: a change of it replaces wherever it is an input, and labels never do. */
const EVERY_ROW = ["project", "region", "zone", "location"];

/** Types that grant roles, each in three forms. */
const IAM = /:\w*I(?:AM|am)(Member|Binding|Policy)$/;

const GRANTS: Readonly<Record<string, Replacement>> = {
  Member: { replaces: "*", except: [] },
  Binding: { replaces: "*", except: ["members"] },
  Policy: { replaces: "*", except: ["policyData"] },
};

/** Whether the type grants roles on a resource. */
export function isGrant(token: string): boolean {
  return IAM.test(token);
}

/** The row of a type; undefined when the table has none. */
export function gcpReplacement(token: string): Replacement | undefined {
  const grant = GRANTS[IAM.exec(token)?.[1] ?? ""];
  if (grant !== undefined) return grant;
  const row = ROWS[token];
  if (row === undefined) return undefined;
  return { ...row, replaces: row.replaces[0] === "*" ? "*" : [...row.replaces, ...EVERY_ROW] };
}

/** Tokens with a row of their own. */
export function gcpReplacementTokens(): readonly string[] {
  return Object.keys(ROWS);
}
