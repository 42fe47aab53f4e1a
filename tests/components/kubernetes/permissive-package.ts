import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { CloudPackage } from "../../../offline/cloud/package";
import { SchemaSource } from "../../../offline/schema/source";

const root = resolve(__dirname, "../../..");
const source = new SchemaSource({ root, cache: join(tmpdir(), `platform-schema-${String(process.pid)}`) });

/** Kubernetes without a service's rules: checks the schema, shows what components register and makes whatever they ask for. */
export const permissivePackage: CloudPackage = {
  name: "kubernetes",
  version: "4.34.2",
  checkConfig: () => [],
  configure: (config) => ({ scope: { account: "cluster", region: "" }, config }),
  schema: (token) => source.resource(token),
  resourceType: (token) => ({
    token,
    service: "Kubernetes",
    actions: { create: "Create", delete: "Delete" },
    create: ({ urn, inputs: given }) => ({
      id: urn,
      outputs: {
        ...given,
        status: token.endsWith(":Ingress") ? { loadBalancer: { ingress: [{ hostname: "alb.example.com" }] } } : {},
      },
    }),
  }),
  replacement: () => undefined,
  deletesFirst: () => false,
  scopeOf: (_token, _inputs, session) => session.scope,
  invoke: () => ({}),
};
