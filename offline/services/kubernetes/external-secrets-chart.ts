import type { Properties } from "../../cloud/value";
import {
  definition,
  fullName,
  named,
  webhook,
  workload,
  type Chart,
  type ChartObject,
  type CustomDefinition,
  type Rendering,
} from "./chart-objects";
import { EXTERNAL_SECRET_SCHEMA, STORE_SCHEMA } from "./definition-schemas";
import { block, dig, numeric, text } from "./fields";
import { DEPLOYMENT, SECRET, SERVICE, SERVICE_ACCOUNT, VALIDATING_WEBHOOKS } from "./kinds";

const CHART = "external-secrets";
const GROUP = "external-secrets.io";

/** Default of the chart's value `webhook.port`. */
const WEBHOOK_PORT = 10250;

/** Definitions that the values can leave out, by the value. */
const OPTIONAL: Readonly<Record<string, CustomDefinition>> = {
  createClusterExternalSecret: {
    group: GROUP,
    version: "v1",
    kind: "ClusterExternalSecret",
    plural: "clusterexternalsecrets",
    scope: "Cluster",
  },
  createClusterSecretStore: {
    group: GROUP,
    version: "v1",
    kind: "ClusterSecretStore",
    plural: "clustersecretstores",
    scope: "Cluster",
    schema: STORE_SCHEMA,
  },
  createSecretStore: {
    group: GROUP,
    version: "v1",
    kind: "SecretStore",
    plural: "secretstores",
    scope: "Namespaced",
    schema: STORE_SCHEMA,
  },
  createClusterPushSecret: {
    group: GROUP,
    version: "v1alpha1",
    kind: "ClusterPushSecret",
    plural: "clusterpushsecrets",
    scope: "Cluster",
  },
  createPushSecret: {
    group: GROUP,
    version: "v1alpha1",
    kind: "PushSecret",
    plural: "pushsecrets",
    scope: "Namespaced",
  },
  createClusterGenerator: {
    group: `generators.${GROUP}`,
    version: "v1alpha1",
    kind: "ClusterGenerator",
    plural: "clustergenerators",
    scope: "Cluster",
  },
};

const EXTERNAL_SECRET: CustomDefinition = {
  group: GROUP,
  version: "v1",
  kind: "ExternalSecret",
  plural: "externalsecrets",
  scope: "Namespaced",
  schema: EXTERNAL_SECRET_SCHEMA,
};

const GENERATORS = [
  ...["ACRAccessToken", "ECRAuthorizationToken", "Fake", "GCRAccessToken", "GeneratorState", "GithubAccessToken"],
  ...["Grafana", "Password", "QuayAccessToken", "STSSessionToken", "UUID", "VaultDynamicSecret", "Webhook"],
].map((kind): CustomDefinition => ({
  group: `generators.${GROUP}`,
  version: "v1alpha1",
  kind,
  plural: `${kind.toLowerCase()}s`,
  scope: "Namespaced",
}));

/** External Secrets: its definitions are templates and go with the release, and with them every ExternalSecret. */
export const externalSecrets: Chart = {
  name: CHART,
  repository: "https://charts.external-secrets.io",
  source: "https://github.com/external-secrets/external-secrets/tree/main/deploy/charts/external-secrets",
  crds: [],
  objects: (rendering) => {
    const { values } = rendering;
    const chosen = Object.entries(OPTIONAL).filter(([value]) => dig(values, "crds", value) !== false);
    const definitions = [EXTERNAL_SECRET, ...chosen.map(([, each]) => each), ...GENERATORS];
    return [
      ...(values["installCRDs"] === false ? [] : definitions.map((each) => definition(each))),
      ...workload(rendering, CHART),
      ...(dig(values, "webhook", "create") === false ? [] : webhookObjects(rendering)),
      ...(dig(values, "certController", "create") === false ? [] : certController(rendering)),
    ];
  },
};

/** The webhook, with a certificate of cert-manager or one that the certificate controller writes into an empty Secret. */
function webhookObjects(rendering: Rendering): readonly ChartObject[] {
  const { namespace } = rendering;
  const name = `${fullName(rendering, CHART)}-webhook`;
  const values = block(rendering.values["webhook"]);
  const issued = dig(values, "certManager", "enabled") === true;
  const failurePolicy = text(values["failurePolicy"]) === "Ignore" ? "Ignore" : "Fail";
  const hook = (kind: string) =>
    webhook({
      name: `validate.${kind}.${GROUP}`,
      groups: [GROUP],
      resources: [`${kind}s`],
      operations: ["CREATE", "UPDATE", "DELETE"],
      service: name,
      namespace,
      path: `/validate-external-secrets-io-v1-${kind}`,
      // Only the one of ExternalSecrets follows the value; the others have the API's default.
      failurePolicy: kind === "externalsecret" ? failurePolicy : "Fail",
    });
  const certificate: Properties = {
    spec: { secretName: name, dnsNames: [name], issuerRef: dig(values, "certManager", "cert", "issuerRef") ?? {} },
  };
  return [
    ...deployment(name, rendering, values, [{ name: "certs", secret: { secretName: name } }]),
    issued
      ? { token: `kubernetes:cert-manager.io/v1:Certificate`, object: named(name, namespace, certificate) }
      : { token: SECRET, object: named(name, namespace, {}) },
    {
      token: SERVICE,
      object: named(name, namespace, {
        spec: { ports: [{ port: 443, targetPort: numeric(values["port"]) ?? WEBHOOK_PORT }] },
      }),
    },
    {
      token: VALIDATING_WEBHOOKS,
      object: named("secretstore-validate", undefined, {
        webhooks: [hook("secretstore"), hook("clustersecretstore")],
      }),
    },
    {
      token: VALIDATING_WEBHOOKS,
      object: named("externalsecret-validate", undefined, { webhooks: [hook("externalsecret")] }),
    },
  ];
}

function certController(rendering: Rendering): readonly ChartObject[] {
  const name = `${fullName(rendering, CHART)}-cert-controller`;
  return deployment(name, rendering, block(rendering.values["certController"]), []);
}

function deployment(
  name: string,
  { namespace }: Rendering,
  values: Properties,
  volumes: readonly Properties[],
): readonly ChartObject[] {
  return [
    { token: SERVICE_ACCOUNT, object: named(name, namespace, {}) },
    {
      token: DEPLOYMENT,
      object: named(name, namespace, {
        spec: {
          replicas: numeric(values["replicaCount"]) ?? 1,
          template: {
            spec: { serviceAccountName: name, containers: [{ name: "main", image: CHART }], volumes: [...volumes] },
          },
        },
      }),
    },
  ];
}
