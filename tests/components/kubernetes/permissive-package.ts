import type { CloudPackage } from "../../../offline/cloud/package";
import type { PropertySchema, ResourceSchema } from "../../../offline/schema/schema";

const anything: PropertySchema = { kind: "any" };
const inputs = [
  ...["apiVersion", "kind", "metadata", "spec", "data", "stringData", "type", "automountServiceAccountToken"],
  ...["chart", "version", "repositoryOpts", "name", "namespace", "values", "atomic", "cleanupOnFail", "waitForJobs"],
  ...["skipCrds", "timeout", "maxHistory"],
];
/** What the classes of the SDK declare beside their inputs. */
const computed = ["status", "immutable", "secrets", "imagePullSecrets", "binaryData"];

/** Kubernetes without a rule: shows what components register and makes whatever they ask for. */
export const permissivePackage: CloudPackage = {
  name: "kubernetes",
  version: "4.34.2",
  checkConfig: () => [],
  configure: (config) => ({ scope: { account: "cluster", region: "" }, config }),
  schema: (token): ResourceSchema => ({
    token,
    inputs: { name: `${token}Args`, properties: properties(inputs) },
    outputs: { name: token, properties: properties([...inputs, ...computed]) },
    secrets: [],
  }),
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

function properties(names: readonly string[]) {
  return Object.fromEntries(names.map((name) => [name, { schema: anything, required: false }]));
}
