import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import { Deployment } from "@pulumi/kubernetes/apps/v1/deployment";
import { Job } from "@pulumi/kubernetes/batch/v1/job";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Service } from "@pulumi/kubernetes/core/v1/service";
import { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget";
import * as pulumi from "@pulumi/pulumi";
import { RandomBytes } from "@pulumi/random/randomBytes";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { DataLake } from "../contracts/data-lake";
import type { KubernetesCluster } from "../contracts/kubernetes-cluster";
import type { SecretReference, SecretStore } from "../contracts/secret-store";
import type { BindWorkload } from "../contracts/workload-identity";
import { authorityOf } from "./authority";
import {
  catalogCertificate,
  catalogName,
  catalogNamespace,
  catalogOpenings,
  catalogPorts,
  catalogProperties,
  catalogRequest,
  catalogRoot,
  catalogSecrets,
  catalogSelector,
  databaseLogin,
  icebergCatalogUri,
  jdbcUrl,
  propertiesFile,
  rootCredential,
  secretStore,
} from "./iceberg-catalog.plan";
import { bootstrapJob, serverPods, setupJob } from "./iceberg-catalog.pods";
import { Namespaces } from "./namespaces";
import { NetworkPolicies } from "./network-policies";
import { checksum } from "./workload.plan";

/** A database of the catalog's own, on a server that speaks TLS with a certificate that Java trusts. */
export interface CatalogDatabase {
  readonly host: pulumi.Input<string>;
  /** Its name. Nothing else may be in it. */
  readonly name: pulumi.Input<string>;
  /** Range that the server's address is in. */
  readonly range: string;
  /** Keys `username` and `password` of somebody who may make schemas in it. */
  readonly credentials: SecretReference;
}

export interface IcebergCatalogArgs {
  /** Where it runs. */
  readonly cluster: Pick<KubernetesCluster, "identityEndpoints">;
  /** ClusterIssuer that signs the server's certificate. */
  readonly issuer: pulumi.Input<string>;
  /** Pods of the server: two or more lie in different zones. Changes in place. */
  readonly replicas: number;
  readonly database: CatalogDatabase;
  /** Storage of the tables and their metadata; its `database` becomes the name of the catalog, which never changes. */
  readonly lake: DataLake & {
    /** Folder that all tables lie in: `abfss://<container>@<account>.dfs.core.windows.net/tables`. */
    readonly warehouse: pulumi.Input<string>;
  };
  /** Tenant of Microsoft Entra that the lake belongs to. */
  readonly tenantId: pulumi.Input<string>;
  /** Namespaces whose engines use the catalog. */
  readonly clients: readonly string[];
  readonly bindWorkload: BindWorkload;
  readonly secrets: SecretStore;
  /** The operator of External Secrets: what is made by it comes after and goes before. */
  readonly externalSecrets: pulumi.Resource;
  /** Changes the specification of the server's Deployment just before it is made. */
  readonly transform?: (spec: ReturnType<typeof serverPods>) => ReturnType<typeof serverPods>;
}

/**
 * A catalog of Iceberg tables that answers Iceberg's REST protocol: Apache Polaris, over a lake in Azure's storage. Engines (Spark,
 * PyIceberg, Trino) make the tables, log in with the client id and secret of `credentials`, and use the storage by identities of
 * their own. The certificate is of the platform's own authority, whose root is `certificateAuthority`.
 *
 * It is given the issuer by name: pass what pods depend on in `dependsOn`, and the cloud's provider too, since credentials are kept in
 * its store. All that it keeps is in the database.
 *
 * Cost: processors and memory of the pods.
 */
export class IcebergCatalog extends pulumi.ComponentResource {
  /** Where engines in the cluster find it, once they can log in. */
  readonly uri: pulumi.Output<string>;
  /** Name of the catalog: what engines call the warehouse. */
  readonly warehouseName: pulumi.Output<string>;
  /** Keys `clientId` and `clientSecret`, by which engines log in, and `certificateAuthority`. */
  readonly credentials: SecretReference;
  /** Root that the server's certificate is verified by, in PEM. */
  readonly certificateAuthority: pulumi.Output<string>;
  /** Keys `clientId` and `clientSecret` of the user that may do everything. */
  readonly rootCredentials: SecretReference;

  constructor(name: string, args: IcebergCatalogArgs, opts?: pulumi.ComponentResourceOptions) {
    super("platform:kubernetes:IcebergCatalog", name, {}, opts);
    const { database, lake } = args;
    const parent = { parent: this };
    const after = (...dependsOn: pulumi.Resource[]) => ({ parent: this, dependsOn });
    const spaces = new Namespaces(
      `${name}-namespace`,
      { namespaces: { [catalogNamespace]: { enforce: "restricted" } } },
      { parent: this, dependsOn: opts?.dependsOn },
    );
    const namespace = spaces.named(catalogNamespace);
    const policies = new NetworkPolicies(
      `${name}-network-policies`,
      {
        namespaces: {
          [catalogNamespace]: {
            resource: spaces.resource(catalogNamespace),
            openings: catalogOpenings(database.range, args.clients),
          },
        },
        identityEndpoints: args.cluster.identityEndpoints,
      },
      parent,
    );
    const identity = args.bindWorkload(
      `${name}-identity`,
      {
        namespace: catalogNamespace,
        serviceAccount: catalogName,
        description: "Reads and writes the metadata of the lake's tables",
        grants: [{ to: lake, access: "write" }],
      },
      parent,
    );
    const account = new ServiceAccount(
      `${name}-service-account`,
      {
        metadata: { name: catalogName, namespace, annotations: { ...identity.annotations } },
        automountServiceAccountToken: false,
      },
      // A pod that starts before its identity has its rights keeps running without them.
      after(identity),
    );
    const object = (suffix: string, { metadata, ...rest }: Manifest, dependsOn: readonly pulumi.Resource[]) =>
      new CustomResource(`${name}-${suffix}`, { ...rest, metadata: { ...metadata, namespace } }, after(...dependsOn));
    const certificate = object(
      "certificate",
      {
        ...catalogCertificate,
        spec: {
          ...catalogCertificate.spec,
          issuerRef: { group: "cert-manager.io", kind: "ClusterIssuer", name: args.issuer },
        },
      },
      [],
    );
    const provider = pulumi.output(args.secrets.externalSecretsProvider);
    const { spec: storeSpec, ...storeKind } = secretStore({});
    const store = object("secret-store", { ...storeKind, spec: { ...storeSpec, provider } }, [args.externalSecrets]);
    const { spec: loginSpec, ...loginKind } = databaseLogin("");
    const login = object(
      "database-login",
      {
        ...loginKind,
        spec: { ...loginSpec, data: database.credentials.name.apply((stored) => databaseLogin(stored).spec.data) },
      },
      [store],
    );

    const secret = (suffix: "token" | "root" | "engines", stringData: Record<string, pulumi.Input<string>>) =>
      new Secret(`${name}-${suffix}`, { metadata: { name: catalogSecrets[suffix], namespace }, stringData }, parent);
    const password = (suffix: string, length: number) =>
      new RandomPassword(`${name}-${suffix}`, { length, special: false }, parent).result;
    // Polaris takes what it could have made itself: 16 hexadecimal digits, and 32.
    // https://github.com/apache/polaris/pull/2698
    const digits = (suffix: string, length: number) => new RandomBytes(`${name}-${suffix}`, { length }, parent).hex;
    const rootPassword = password("root-password", 32);
    const root = { clientId: catalogRoot, clientSecret: rootPassword };
    const engines = { clientId: digits("engines-id", 8), clientSecret: digits("engines-secret", 16) };
    const tokenKey = secret("token", { key: password("token-key", 64) });
    const rootSecret = secret("root", { ...root, credential: rootPassword.apply(rootCredential) });
    const enginesSecret = secret("engines", engines);
    this.rootCredentials = args.secrets.put(`${catalogName}-root`, root, parent);
    const issued = { certificate, namespace, secretName: catalogSecrets.certificate };
    this.certificateAuthority = authorityOf(`${name}-authority`, issued, this);
    const known = { ...engines, certificateAuthority: this.certificateAuthority };
    this.credentials = args.secrets.put(catalogName, known, parent);

    const databaseUrl = pulumi.all([database.host, database.name]).apply(([host, of]) => jdbcUrl(host, of));
    const bootstrap = new Job(
      `${name}-bootstrap`,
      { metadata: jobMetadata("bootstrap", namespace), spec: bootstrapJob(databaseUrl) },
      after(...policies.of(catalogNamespace), account, login, rootSecret),
    );
    const data = { "application.properties": propertiesFile(catalogProperties) };
    const configuration = new ConfigMap(
      `${name}-configuration`,
      { metadata: { name: catalogName, namespace }, data },
      parent,
    );
    const pods = serverPods({
      replicas: args.replicas,
      databaseUrl,
      podLabels: identity.podLabels,
      checksum: checksum(data),
    });
    const server = new Deployment(
      `${name}-server`,
      {
        metadata: { name: catalogName, namespace, labels: { ...catalogSelector } },
        spec: args.transform?.(pods) ?? pods,
      },
      after(bootstrap, account, certificate, configuration, tokenKey),
    );
    new PodDisruptionBudget(
      `${name}-disruption-budget`,
      {
        metadata: { name: catalogName, namespace },
        spec: {
          maxUnavailable: 1,
          unhealthyPodEvictionPolicy: "AlwaysAllow",
          selector: { matchLabels: { ...catalogSelector } },
        },
      },
      parent,
    );
    const service = new Service(
      `${name}-service`,
      {
        metadata: { name: catalogName, namespace },
        spec: {
          type: "ClusterIP",
          selector: { ...catalogSelector },
          ports: [{ name: "https", port: catalogPorts.https, targetPort: "https", protocol: "TCP" }],
        },
      },
      after(server),
    );
    const request = pulumi
      .all([lake.database, lake.warehouse, args.tenantId])
      .apply(([of, warehouse, tenantId]) => JSON.stringify(catalogRequest(of, warehouse, tenantId)));
    const setup = new Job(
      `${name}-setup`,
      { metadata: jobMetadata("setup", namespace), spec: setupJob(lake.database, request) },
      after(service, enginesSecret),
    );
    // By the Job: whoever is given the address can log in.
    this.uri = setup.metadata.apply(() => icebergCatalogUri);
    this.warehouseName = lake.database;
    this.registerOutputs({ uri: this.uri, warehouseName: this.warehouseName });
  }
}

/** A Job that failed is made anew by the next deployment. */
function jobMetadata(job: string, namespace: pulumi.Output<string>) {
  return {
    name: `${catalogName}-${job}`,
    namespace,
    annotations: { "pulumi.com/replaceUnready": "true" },
  };
}

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: object;
  readonly spec: object;
}
