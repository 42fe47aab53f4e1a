import { refuse } from "../../offline/cloud/errors";
import type { CloudPackage, Session } from "../../offline/cloud/package";
import type { ResourceType } from "../../offline/cloud/resource-type";
import type { Properties } from "../../offline/cloud/value";
import type { PropertySchema, ResourceSchema } from "../../offline/schema/schema";

const text: PropertySchema = { kind: "string" };

export const NETWORK = "example:index/network:Network";
export const SUBNET = "example:index/subnet:Subnet";

const schemas: Readonly<Record<string, ResourceSchema>> = {
  [NETWORK]: schema(
    NETWORK,
    { name: [text, false], range: [text, true], tags: [{ kind: "map", values: text }, false] },
    {
      address: [text, true],
      password: [text, true],
    },
  ),
  [SUBNET]: schema(SUBNET, { networkId: [text, true], range: [text, true] }, { gateway: [text, true] }),
};

const types: Readonly<Record<string, ResourceType>> = {
  [NETWORK]: {
    token: NETWORK,
    service: "Example",
    actions: { create: "CreateNetwork", delete: "DeleteNetwork" },
    name: {
      property: "name",
      pattern: /^[a-z][a-z0-9-]*$/,
      rule: "lower-case letters, digits and hyphens",
      source: "https://example.com/names",
      maxLength: 20,
    },
    check: ({ inputs, refuse: problem }) => {
      if (inputs["range"] === "wrong") problem("range", '"wrong" is not a range');
    },
    create: ({ inputs, scope, hex }) => {
      if (inputs["range"] === "taken") refuse("RangeTaken", 'the range "taken" is in use');
      return {
        id: `net-${hex(8)}`,
        outputs: { address: `${inputs["range"] as string}.1 in ${scope.region}`, password: `pw-${hex(6)}` },
      };
    },
  },
  [SUBNET]: {
    token: SUBNET,
    service: "Example",
    actions: { create: "CreateSubnet", delete: "DeleteSubnet" },
    references: [
      { path: "networkId", to: NETWORK, missing: { code: "NoSuchNetwork", message: "network {value} does not exist" } },
    ],
    create: ({ inputs, hex }) => ({
      id: `sub-${hex(8)}`,
      outputs: { gateway: `gw of ${inputs["networkId"] as string}` },
    }),
  },
};

/** A package of two types, small enough to know every answer by heart. */
export const examplePackage: CloudPackage = {
  name: "example",
  version: "1.2.3",
  checkConfig: (config) => (config["region"] === undefined ? [{ property: "region", reason: "is required" }] : []),
  configure: (config): Session => ({ scope: { account: "1", region: config["region"] as string }, config }),
  schema: (token) => schemas[token],
  resourceType: (token) =>
    types[token] ?? { token, service: "Example", actions: { create: "Create", delete: "Delete" } },
  replacement: (token) =>
    token === NETWORK ? { replaces: ["range"] } : token === SUBNET ? { replaces: ["networkId", "range"] } : undefined,
  deletesFirst: (_token, oldInputs, newInputs) => oldInputs["name"] === newInputs["name"],
  scopeOf: (_token, _inputs, session) => session.scope,
  invoke: (token, args, session, cloud): Properties => {
    if (token === "example:index:getRegion") return { region: session.scope.region };
    if (token !== "example:index:getNetwork") return refuse("UnknownFunction", token);
    const found = cloud.find(NETWORK, args["id"] as string);
    if (found === undefined) return refuse("NoSuchNetwork", `network ${args["id"] as string} does not exist`);
    return { id: found.id, address: found.outputs["address"] };
  },
};

function schema(
  token: string,
  inputs: Readonly<Record<string, readonly [PropertySchema, boolean]>>,
  computed: Readonly<Record<string, readonly [PropertySchema, boolean]>>,
): ResourceSchema {
  const properties = (entries: Readonly<Record<string, readonly [PropertySchema, boolean]>>) =>
    Object.fromEntries(
      Object.entries(entries).map(([key, [propertySchema, required]]) => [key, { schema: propertySchema, required }]),
    );
  return {
    token,
    inputs: { name: `${token}Args`, properties: properties(inputs) },
    outputs: { name: token, properties: { ...properties(inputs), ...properties(computed) } },
    secrets: token === NETWORK ? ["password"] : [],
  };
}
