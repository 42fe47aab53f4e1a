/** What a property accepts, as far as the SDK's typings say it. */
export type PropertySchema =
  | { readonly kind: "string" | "number" | "boolean" | "any" | "asset" }
  /** A fixed set of values; `open` when the typings also accept any string beside the known ones. */
  | { readonly kind: "enum"; readonly values: readonly (string | number | boolean)[]; readonly open: boolean }
  | { readonly kind: "list"; readonly items: PropertySchema }
  | { readonly kind: "map"; readonly values: PropertySchema }
  | { readonly kind: "object"; readonly object: ObjectSchema }
  | { readonly kind: "union"; readonly of: readonly PropertySchema[] };

export interface ObjectSchema {
  /** The interface's name in the typings: `SubnetArgs`, `ClusterVpcConfig`. */
  readonly name: string;
  readonly properties: Readonly<Record<string, { readonly schema: PropertySchema; readonly required: boolean }>>;
  /**
   * Whether the provider reads scalars across types: the strings `"true"` and `"false"` for a boolean, a numeric string for a
   * number, a number or a boolean for a string. Bridged providers do. Default false.
   * Source: https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/typechecker/typechecker.go
   */
  readonly coerces?: boolean;
}

export interface ResourceSchema {
  readonly token: string;
  readonly inputs: ObjectSchema;
  readonly outputs: ObjectSchema;
  /** Outputs that the SDK marks secret. */
  readonly secrets: readonly string[];
}

/** One property that is unknown, missing or of the wrong type. */
export interface Violation {
  /** Path as the engine writes it: `vpcConfig.subnetIds[0]`. */
  readonly path: string;
  readonly reason: string;
}
