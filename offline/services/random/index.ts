import { refuse } from "../../cloud/errors";
import type { CloudPackage } from "../../cloud/package";
import type { ResourceSchema } from "../../schema/schema";
import { randomTypes } from "./types";

export interface RandomOptions {
  /** Version of the installed SDK. */
  readonly version: string;
  readonly schema: (token: string) => ResourceSchema | undefined;
}

/** The `random` package: values that stay as they were made, and are the same in a cloud that is built again. */
export function randomPackage({ version, schema }: RandomOptions): CloudPackage {
  const byToken = new Map(randomTypes.map((type) => [type.token, type]));
  const scope = { account: "", region: "" };
  return {
    name: "random",
    version,
    checkConfig: () => [],
    configure: (config) => ({ scope, config }),
    schema,
    resourceType: (token) =>
      byToken.get(token) ?? refuse("UnknownType", `the random provider has no resource type ${token}`),
    replacement: () => ({ replaces: "*", except: [], framework: true }),
    deletesFirst: () => false,
    scopeOf: () => scope,
    invoke: (token) => refuse("UnknownFunction", `the random provider has no function ${token}`),
    describeError: (error) => error.message,
  };
}
