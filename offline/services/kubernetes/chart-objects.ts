import type { Properties, Value } from "../../cloud/value";
import { block, dig, text } from "./fields";
import { CUSTOM_RESOURCE_DEFINITION, DEPLOYMENT, SERVICE_ACCOUNT } from "./kinds";

/** A release as a chart's templates see it. */
export interface Rendering {
  readonly release: string;
  readonly namespace: string;
  readonly values: Properties;
}

/** An object that a chart makes. */
export interface ChartObject {
  readonly token: string;
  readonly object: Properties;
}

/** A custom resource definition that a chart brings. */
export interface CustomDefinition {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly plural: string;
  readonly scope: "Namespaced" | "Cluster";
  /** Schema of its resources, as far as it is kept here; without one they are not checked. */
  readonly schema?: Properties;
}

/** What the offline cloud knows of a chart: a row of facts, read from the chart at its source. */
export interface Chart {
  readonly name: string;
  readonly repository: string;
  readonly source: string;
  /** Custom resource definitions in `crds/`: Helm installs them if absent, and neither upgrades nor removes them. */
  readonly crds: readonly CustomDefinition[];
  /** Why the templates refuse the values, if they do. */
  readonly refuses?: (rendering: Rendering) => string | undefined;
  readonly objects: (rendering: Rendering) => readonly ChartObject[];
}

/** An object that Helm leaves when the release goes: https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource */
export const KEPT: Properties = { "helm.sh/resource-policy": "keep" };

/** A definition as an object. */
export function definition(
  { group, version, kind, plural, scope, schema }: CustomDefinition,
  annotations: Properties = {},
): ChartObject {
  const served = { name: version, served: true, storage: true };
  return {
    token: CUSTOM_RESOURCE_DEFINITION,
    object: named(
      `${plural}.${group}`,
      undefined,
      {
        spec: {
          group,
          scope,
          names: { kind, plural },
          versions: [schema === undefined ? served : { ...served, schema: { openAPIV3Schema: schema } }],
        },
      },
      annotations,
    ),
  };
}

export interface WebhookFacts {
  readonly name: string;
  readonly groups: readonly string[];
  readonly resources: readonly string[];
  readonly operations: readonly string[];
  /** Service of the release's namespace behind which it answers. */
  readonly service: string;
  readonly namespace: string;
  /** Default: the path that kubebuilder makes of the kind. */
  readonly path?: string;
  readonly failurePolicy?: "Fail" | "Ignore";
}

/** A webhook of a configuration, on port 443 of its Service. */
export function webhook(facts: WebhookFacts): Properties {
  const { name, groups, resources, operations, service, namespace, path, failurePolicy = "Fail" } = facts;
  return {
    name,
    failurePolicy,
    rules: [{ apiGroups: [...groups], resources: [...resources], operations: [...operations] }],
    clientConfig: { service: { name: service, namespace, ...(path === undefined ? {} : { path }) } },
  };
}

/** Deployment and ServiceAccount, as nearly every chart names them; `at` is where the values keep the account. */
export function workload(rendering: Rendering, chart: string, at?: string): readonly ChartObject[] {
  const name = fullName(rendering, chart);
  const account = block(dig(at === undefined ? rendering.values : rendering.values[at], "serviceAccount"));
  const create = account["create"] !== false;
  const accountName = text(account["name"]) ?? (create ? name : "default");
  const replicas = rendering.values["replicaCount"] ?? rendering.values["replicas"];
  const template: Value = { spec: { serviceAccountName: accountName, containers: [{ name: chart, image: chart }] } };
  return [
    ...(create
      ? [{ token: SERVICE_ACCOUNT, object: named(accountName, rendering.namespace, {}, block(account["annotations"])) }]
      : []),
    {
      token: DEPLOYMENT,
      object: named(name, rendering.namespace, {
        spec: { replicas: typeof replicas === "number" ? replicas : 1, template },
      }),
    },
  ];
}

/** https://helm.sh/docs/chart_template_guide/named_templates/ : the release's name, with the chart's where it lacks it. */
export function fullName({ release, values }: Rendering, chart: string): string {
  const override = text(values["fullnameOverride"]);
  if (override !== undefined) return override;
  const base = text(values["nameOverride"]) ?? chart;
  return (release.includes(base) ? release : `${release}-${base}`).slice(0, 63).replace(/-$/, "");
}

export function named(
  name: string,
  namespace: string | undefined,
  rest: Properties,
  annotations: Properties = {},
): Properties {
  return { metadata: { name, ...(namespace === undefined ? {} : { namespace }), annotations }, ...rest };
}
