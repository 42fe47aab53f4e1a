import type { input } from "@pulumi/kubernetes/types";
import type { Input } from "@pulumi/pulumi";
import {
  bootstrapArguments,
  catalogImages,
  catalogName,
  catalogPaths,
  catalogPorts,
  catalogSecrets,
  catalogSelector,
  catalogServer,
  catalogUser,
  setupScript,
} from "./iceberg-catalog.plan";
import { spreadOverNodes } from "./scheduling";
import { configChecksumAnnotation } from "./workload.plan";

type PodSpec = input.core.v1.PodSpec;

const container = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

const pod = {
  serviceAccountName: catalogName,
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: catalogUser.uid,
    runAsGroup: catalogUser.gid,
    fsGroup: catalogUser.gid,
    seccompProfile: { type: "RuntimeDefault" },
  },
} satisfies Partial<PodSpec>;

const temporary = { name: "temporary", mountPath: catalogPaths.temporary };
const temporaryVolume = { name: "temporary", emptyDir: {} };

function fromSecret(name: string, secret: string, key: string) {
  return { name, valueFrom: { secretKeyRef: { name: secret, key } } };
}

/** How server and admin tool reach the database. */
function database(url: Input<string>) {
  return [
    { name: "POLARIS_PERSISTENCE_TYPE", value: "relational-jdbc" },
    { name: "QUARKUS_DATASOURCE_JDBC_URL", value: url },
    fromSecret("QUARKUS_DATASOURCE_USERNAME", catalogSecrets.database, "username"),
    fromSecret("QUARKUS_DATASOURCE_PASSWORD", catalogSecrets.database, "password"),
  ];
}

export interface ServerPods {
  readonly replicas: number;
  readonly databaseUrl: Input<string>;
  /** Labels by which the cloud knows that the pods have an identity. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Changes with the configuration, so that the pods are replaced. */
  readonly checksum: string;
}

/** The server's pods: over zones, replaced one by one. */
export function serverPods({ replicas, databaseUrl, podLabels, checksum }: ServerPods) {
  const { https, management } = catalogPorts;
  const health = (path: string) => ({ httpGet: { path: `/q/health/${path}`, port: management }, timeoutSeconds: 5 });
  return {
    replicas,
    selector: { matchLabels: catalogSelector },
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    revisionHistoryLimit: 5,
    template: {
      metadata: {
        labels: { ...podLabels, ...catalogSelector },
        annotations: { [configChecksumAnnotation]: checksum },
      },
      spec: {
        ...pod,
        topologySpreadConstraints: spreadOverNodes(catalogSelector),
        containers: [
          {
            name: "polaris",
            image: catalogImages.server,
            ports: [
              { name: "https", containerPort: https, protocol: "TCP" },
              { name: "management", containerPort: management, protocol: "TCP" },
            ],
            env: database(databaseUrl),
            resources: { requests: { cpu: "250m", memory: "1Gi" }, limits: { cpu: "1000m", memory: "1Gi" } },
            startupProbe: { ...health("live"), periodSeconds: 5, failureThreshold: 36 },
            livenessProbe: { ...health("live"), periodSeconds: 10 },
            readinessProbe: { ...health("ready"), periodSeconds: 5 },
            // Until the pod has left the Service everywhere, requests still come in.
            lifecycle: { preStop: { sleep: { seconds: 10 } } },
            securityContext: container,
            volumeMounts: [
              temporary,
              { name: "configuration", mountPath: catalogPaths.configuration, readOnly: true },
              { name: "tls", mountPath: catalogPaths.tls, readOnly: true },
              { name: "token", mountPath: catalogPaths.token, readOnly: true },
            ],
          },
        ],
        volumes: [
          temporaryVolume,
          { name: "configuration", configMap: { name: catalogName } },
          { name: "tls", secret: { secretName: catalogSecrets.certificate } },
          { name: "token", secret: { secretName: catalogSecrets.token } },
        ],
      },
    },
  } satisfies input.apps.v1.DeploymentSpec;
}

/** Seconds that a Job has in all: ten tries with the pauses between them, which grow to five minutes, take about half of it. */
const jobSeconds = 3600;

/** A Job that is tried again when it fails, of a pod that is none of the server's. */
function job(name: string, spec: Pick<PodSpec, "containers" | "volumes">) {
  return {
    backoffLimit: 10,
    activeDeadlineSeconds: jobSeconds,
    template: {
      metadata: { labels: { "app.kubernetes.io/name": `${catalogName}-${name}` } },
      spec: { ...pod, restartPolicy: "OnFailure", ...spec },
    },
  } satisfies input.batch.v1.JobSpec;
}

const jobResources = { requests: { cpu: "100m", memory: "512Mi" }, limits: { cpu: "1000m", memory: "512Mi" } };

/** Makes the tables of an empty database. */
export function bootstrapJob(databaseUrl: Input<string>) {
  return job("bootstrap", {
    containers: [
      {
        name: "admin-tool",
        image: catalogImages.adminTool,
        args: [...bootstrapArguments],
        env: [...database(databaseUrl), fromSecret("ROOT_CREDENTIAL", catalogSecrets.root, "credential")],
        resources: jobResources,
        securityContext: container,
        volumeMounts: [temporary],
      },
    ],
    volumes: [temporaryVolume],
  });
}

/** Makes the catalog and the user that engines log in as. */
export function setupJob(catalog: Input<string>, request: Input<string>) {
  const { root, engines } = catalogSecrets;
  return job("setup", {
    containers: [
      {
        name: "setup",
        image: catalogImages.server,
        command: ["/bin/bash", "-c", setupScript],
        env: [
          { name: "SERVER", value: catalogServer },
          { name: "AUTHORITY", value: `${catalogPaths.tls}/ca.crt` },
          { name: "CATALOG", value: catalog },
          { name: "CATALOG_REQUEST", value: request },
          fromSecret("ROOT_ID", root, "clientId"),
          fromSecret("ROOT_SECRET", root, "clientSecret"),
          fromSecret("ENGINES_ID", engines, "clientId"),
          fromSecret("ENGINES_SECRET", engines, "clientSecret"),
        ],
        resources: jobResources,
        securityContext: container,
        volumeMounts: [temporary, { name: "authority", mountPath: catalogPaths.tls, readOnly: true }],
      },
    ],
    volumes: [
      temporaryVolume,
      {
        name: "authority",
        secret: { secretName: catalogSecrets.certificate, items: [{ key: "ca.crt", path: "ca.crt" }] },
      },
    ],
  });
}
