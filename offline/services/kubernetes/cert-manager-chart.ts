import {
  definition,
  KEPT,
  named,
  webhook,
  type Chart,
  type ChartObject,
  type CustomDefinition,
  type Rendering,
} from "./chart-objects";
import { CERTIFICATE_SCHEMA, ISSUER_SCHEMA } from "./definition-schemas";
import { block, dig, numeric, text } from "./fields";
import { DEPLOYMENT, MUTATING_WEBHOOKS, SERVICE, SERVICE_ACCOUNT, VALIDATING_WEBHOOKS } from "./kinds";

const GROUP = "cert-manager.io";

/** Default of the chart's value `webhook.securePort`. */
const WEBHOOK_PORT = 10250;

const DEFINITIONS: readonly CustomDefinition[] = [
  {
    group: GROUP,
    version: "v1",
    kind: "Certificate",
    plural: "certificates",
    scope: "Namespaced",
    schema: CERTIFICATE_SCHEMA,
  },
  { group: GROUP, version: "v1", kind: "CertificateRequest", plural: "certificaterequests", scope: "Namespaced" },
  {
    group: GROUP,
    version: "v1",
    kind: "ClusterIssuer",
    plural: "clusterissuers",
    scope: "Cluster",
    schema: ISSUER_SCHEMA,
  },
  { group: GROUP, version: "v1", kind: "Issuer", plural: "issuers", scope: "Namespaced", schema: ISSUER_SCHEMA },
  { group: `acme.${GROUP}`, version: "v1", kind: "Challenge", plural: "challenges", scope: "Namespaced" },
  { group: `acme.${GROUP}`, version: "v1", kind: "Order", plural: "orders", scope: "Namespaced" },
];

/** cert-manager: its definitions are templates, rendered only on demand, and kept when the release goes unless the values say otherwise. */
export const certManager: Chart = {
  name: "cert-manager",
  repository: "https://charts.jetstack.io",
  source: "https://github.com/cert-manager/cert-manager/tree/master/deploy/charts/cert-manager",
  crds: [],
  refuses: ({ values }) =>
    values["installCRDs"] === true && dig(values, "crds", "enabled") === true
      ? "execution error at (cert-manager/templates/NOTES.txt:2:4): ERROR: the deprecated installCRDs option cannot be enabled at the same time as its replacement crds.enabled"
      : undefined,
  objects: (rendering) => {
    const { values, namespace } = rendering;
    const enabled = values["installCRDs"] === true || dig(values, "crds", "enabled") === true;
    const kept = dig(values, "crds", "keep") === false ? {} : KEPT;
    const service = `${fullName(rendering)}-webhook`;
    const hook = (path: string) =>
      webhook({
        name: "webhook.cert-manager.io",
        groups: [GROUP, `acme.${GROUP}`],
        resources: ["*/*"],
        operations: ["CREATE", "UPDATE"],
        service,
        namespace,
        path,
      });
    return [
      ...(enabled ? DEFINITIONS.map((each) => definition(each, kept)) : []),
      ...component(rendering, "", values),
      ...component(rendering, "-cainjector", block(values["cainjector"])),
      ...component(rendering, "-webhook", block(values["webhook"])),
      {
        token: SERVICE,
        object: named(service, namespace, {
          spec: { ports: [{ port: 443, targetPort: numeric(dig(values, "webhook", "securePort")) ?? WEBHOOK_PORT }] },
        }),
      },
      { token: MUTATING_WEBHOOKS, object: named(service, undefined, { webhooks: [hook("/mutate")] }) },
      { token: VALIDATING_WEBHOOKS, object: named(service, undefined, { webhooks: [hook("/validate")] }) },
    ];
  },
};

/** The chart's own name where the release's holds it, whatever else the release is called. */
function fullName({ release, values }: Rendering): string {
  const override = text(values["fullnameOverride"]);
  return override ?? (release.includes("cert-manager") ? release : `${release}-cert-manager`);
}

/** One of the three parts, which the values configure alike. */
function component(
  rendering: Rendering,
  suffix: string,
  values: Readonly<Record<string, unknown>>,
): readonly ChartObject[] {
  const name = `${fullName(rendering)}${suffix}`;
  const replicas = values["replicaCount"];
  return [
    { token: SERVICE_ACCOUNT, object: named(name, rendering.namespace, {}) },
    {
      token: DEPLOYMENT,
      object: named(name, rendering.namespace, {
        spec: {
          replicas: typeof replicas === "number" ? replicas : 1,
          template: { spec: { serviceAccountName: name, containers: [{ name: "main", image: name }] } },
        },
      }),
    },
  ];
}
