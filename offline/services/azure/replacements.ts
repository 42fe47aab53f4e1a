import type { Replacement } from "../../cloud/package";
import { equal, valuesAt, type Properties } from "../../cloud/value";
import { armType, pathInputs } from "./arm";
import rows from "./replacements.json";
import type { ResourceSchema } from "../../schema/schema";

/*
 * Which inputs replace a resource of Azure, and which ones its service has no update for.
 * Source: the replacement table of the provider of @pulumi/azure-native 3.28 and the `x-ms-mutability` of the management models,
 * https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/gen/replacement.go; what is refused: the arguments that
 * re-create in https://github.com/hashicorp/terraform-provider-azurerm.
 */

interface Row {
  /** Inputs of the body; those of the path always replace. */
  readonly replaces: readonly string[];
  /** What the service refuses to change: the provider sends it all the same. */
  readonly refuses?: readonly string[];
}

const ROWS: Readonly<Record<string, Row>> = rows;

/**
 * The row of a type: its path, and what its body replaces on. A property of the body that goes away replaces nothing:
 * https://github.com/pulumi/pulumi-azure-native/blob/master/provider/pkg/provider/diff.go
 */
export function azureReplacement(
  token: string,
  schema: ResourceSchema | undefined,
  after?: Properties,
): Replacement | undefined {
  if (schema === undefined) return undefined;
  const path = pathInputs(armType(token, schema));
  const body = (ROWS[token]?.replaces ?? []).filter(
    (property) => after === undefined || path.includes(property) || valuesAt(after, property).length > 0,
  );
  return { replaces: [...new Set([...path, ...body])] };
}

/** The first property that changed although the service has no update for it. */
export function refusedChange(token: string, before: Properties, after: Properties): string | undefined {
  return ROWS[token]?.refuses?.find((path) => {
    const [old, now] = [valuesAt(before, path), valuesAt(after, path)].map((found) => found.map(({ value }) => value));
    return (old?.length ?? 0) > 0 && (now?.length ?? 0) > 0 && !equal(old, now);
  });
}

/** Tokens with a row of their own, and the row. */
export function azureReplacementRows(): Readonly<Record<string, Row>> {
  return ROWS;
}
