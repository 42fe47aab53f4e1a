import type { Replacement } from "../../cloud/package";
import rows from "./replacements.json";

/*
 * Which inputs replace a resource of AWS.
 * Source: schema source of the Terraform AWS provider 6.58.0 (`ForceNew`, `RequiresReplace`, `CustomizeDiff`), joined to the input
 * names of the typings of @pulumi/aws 7.48.0: https://github.com/hashicorp/terraform-provider-aws
 * What only the Pulumi provider overrides is not seen. `regionalNatGatewayAutoMode` of a NAT gateway replaces upstream under a
 * condition and is left out: it is no input of the SDK.
 */

interface Row {
  /** `["*"]`: every input but `except`. */
  readonly replaces: readonly string[];
  readonly except?: readonly string[];
  readonly presence?: readonly string[];
  readonly conditional?: readonly string[];
  readonly framework?: boolean;
}

const ROWS: Readonly<Record<string, Row>> = rows;

/** The SDK has the load balancer types twice, under one upstream implementation. */
const TWIN = { module: "aws:alb/", of: "aws:lb/" };

/** Every regional resource has an input `region` since version 7, and a change of it replaces. */
const EVERY_ROW = ["region"];

/** The row of a type; undefined when the table has none. */
export function awsReplacement(token: string): Replacement | undefined {
  const row = ROWS[token.startsWith(TWIN.module) ? TWIN.of + token.slice(TWIN.module.length) : token];
  if (row === undefined) return undefined;
  return { ...row, replaces: row.replaces[0] === "*" ? "*" : [...row.replaces, ...EVERY_ROW] };
}

/** Tokens with a row of their own. */
export function awsReplacementTokens(): readonly string[] {
  return Object.keys(ROWS);
}
