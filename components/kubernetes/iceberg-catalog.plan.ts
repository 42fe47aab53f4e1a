import type { IExternalSecret } from "@kubernetes-models/external-secrets/external-secrets.io/v1/ExternalSecret";
import type { ISecretStore } from "@kubernetes-models/external-secrets/external-secrets.io/v1/SecretStore";
import { untilReady } from "./certificate-manager.plan";
import type { Opening } from "./network-policies.plan";

/** Namespace of the catalog. */
export const catalogNamespace = "iceberg";

/** Name of the service account, the Deployment and the Service. */
export const catalogName = "iceberg-catalog";

/**
 * Apache Polaris; server and admin tool have the same version. The digests are of the images of all platforms.
 * https://hub.docker.com/r/apache/polaris/tags and https://hub.docker.com/r/apache/polaris-admin-tool/tags
 */
export const catalogImages = {
  server: "apache/polaris:1.7.0@sha256:3495f67f38cca33892a045f7dd3f46eb52387f0fd52d4145538a772fd8aedad7",
  adminTool: "apache/polaris-admin-tool:1.7.0@sha256:3d8a24cea57aef3b71a0d7b09e5d2278d01e7e1b30071bf6648f2a6953322cca",
} as const;

/** User and group of both images: https://github.com/apache/polaris/blob/main/runtime/server/src/main/docker/Dockerfile.jvm */
export const catalogUser = { uid: 10000, gid: 10001 } as const;

/** Ports of the REST interface over TLS, and of health and measurements. */
export const catalogPorts = { https: 8443, management: 8182 } as const;

/** Port of the database. */
const databasePort = 5432;

const host = `${catalogName}.${catalogNamespace}.svc`;

/** Address of Polaris's interfaces. */
export const catalogServer = `https://${host}:${String(catalogPorts.https)}/api`;

/** Where engines in the cluster find the catalog: known before it exists, so that a lake can tell it. */
export const icebergCatalogUri = `${catalogServer}/catalog`;

/** Realm that the metadata belongs to: there is one. */
const realm = "POLARIS";

/** User that may do everything, and the one that engines log in as. */
export const catalogRoot = "root";
const engines = "engines";

/** What tells the server's pods from those of Jobs. */
export const catalogSelector = { "app.kubernetes.io/name": catalogName } as const;

/** Names of the Secrets that pods read, and of their keys. */
export const catalogSecrets = {
  certificate: `${catalogName}-certificate`,
  database: `${catalogName}-database`,
  token: `${catalogName}-token`,
  root: `${catalogName}-root`,
  engines: `${catalogName}-engines`,
} as const;

/** Where pods find files. */
export const catalogPaths = {
  /** Read by Quarkus, as the project's own chart does it. */
  configuration: "/deployments/config",
  tls: "/etc/polaris/tls",
  token: "/etc/polaris/token",
  temporary: "/tmp",
} as const;

/** What the namespace lets through. */
export function catalogOpenings(databaseRange: string, clients: readonly string[]): readonly Opening[] {
  const { https, management } = catalogPorts;
  return [
    {
      id: "database",
      to: { cidr: databaseRange },
      ports: [databasePort],
      reason: "Keeps the tables' names and the place of their metadata",
    },
    { id: "storage", to: "https", reason: "Logs in to the cloud, reads and writes the tables' metadata" },
    { id: "identity", to: "workload-identity", reason: "Fetches the credentials of its identity" },
    {
      id: "setup",
      from: "same-namespace",
      ports: [https],
      pods: catalogSelector,
      reason: "A Job makes the catalog and its users",
    },
    { id: "to-catalog", to: "same-namespace", reason: "A Job makes the catalog and its users" },
    { id: "metrics", from: "monitoring", ports: [management], reason: "Prometheus reads metrics" },
    ...clients.map((namespace): Opening => ({
      id: `clients-${namespace}`,
      from: { namespace },
      ports: [https],
      pods: catalogSelector,
      reason: `Engines in ${namespace} read and write tables`,
    })),
  ];
}

/** What a namespace whose engines use the catalog opens. */
export const toCatalog: Opening = {
  id: "to-iceberg-catalog",
  to: { namespace: catalogNamespace },
  ports: [catalogPorts.https],
  reason: "Reads and writes tables of the lake",
};

/** The certificate of the server: for its Service's names. */
export const catalogCertificate = {
  apiVersion: "cert-manager.io/v1",
  kind: "Certificate",
  metadata: { name: catalogSecrets.certificate, annotations: untilReady },
  spec: {
    secretName: catalogSecrets.certificate,
    commonName: host,
    dnsNames: [catalogName, `${catalogName}.${catalogNamespace}`, host, `${host}.cluster.local`],
    // Renewed in the last third; the server reads the files again every hour.
    duration: "2160h0m0s",
    renewBefore: "720h0m0s",
    privateKey: { algorithm: "ECDSA", encoding: "PKCS8", size: 256, rotationPolicy: "Always" },
    usages: ["digital signature", "server auth"],
  },
} as const;

/** The namespace's own way to the cloud's store: it reads no more than what an ExternalSecret of the namespace names. */
export function secretStore(provider: Readonly<Record<string, unknown>>) {
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "SecretStore",
    metadata: { name: "site", annotations: untilReady },
    spec: { provider },
  } satisfies ISecretStore;
}

/** The database's user and password, as the site's store has them; read again every hour. */
export function databaseLogin(storedName: string) {
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name: catalogSecrets.database, annotations: untilReady },
    spec: {
      refreshInterval: "1h0m0s",
      secretStoreRef: { kind: "SecretStore", name: "site" },
      target: { name: catalogSecrets.database },
      data: ["username", "password"].map((key) => ({
        secretKey: key,
        remoteRef: { key: storedName, property: key },
      })),
    },
  } satisfies IExternalSecret;
}

/**
 * Connects by TLS to a server whose name and certificate are checked against the authorities that Java trusts.
 * https://jdbc.postgresql.org/documentation/ssl/
 */
export function jdbcUrl(server: string, database: string): string {
  const tls = "sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory";
  return `jdbc:postgresql://${server}:${String(databasePort)}/${database}?${tls}`;
}

/**
 * Configuration of the server.
 * https://polaris.apache.org/releases/1.7.0/configuration/ and https://quarkus.io/guides/tls-registry-reference
 */
export const catalogProperties: Readonly<Record<string, string>> = {
  "polaris.realm-context.realms": realm,
  'polaris.features."SUPPORTED_CATALOG_STORAGE_TYPES"': '["AZURE"]',
  // The server and each engine use storage by an identity of their own: nothing is handed on that opens it.
  'polaris.features."SKIP_CREDENTIAL_SUBSCOPING_INDIRECTION"': "true",
  "polaris.authentication.type": "internal",
  // With the default every replica signs with a key of its own, which the others do not accept.
  "polaris.authentication.token-broker.type": "symmetric-key",
  "polaris.authentication.token-broker.symmetric-key.file": `${catalogPaths.token}/key`,
  "quarkus.http.insecure-requests": "disabled",
  "quarkus.http.ssl-port": String(catalogPorts.https),
  "quarkus.http.tls-configuration-name": "https",
  "quarkus.tls.https.key-store.pem.server.cert": `${catalogPaths.tls}/tls.crt`,
  "quarkus.tls.https.key-store.pem.server.key": `${catalogPaths.tls}/tls.key`,
  "quarkus.tls.https.protocols": "TLSv1.3,TLSv1.2",
  "quarkus.tls.https.reload-period": "1h",
  "quarkus.management.port": String(catalogPorts.management),
  "quarkus.otel.sdk.disabled": "true",
};

/** The same as a file of properties. */
export function propertiesFile(properties: Readonly<Record<string, string>>): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

/** What the admin tool is to make in an empty database; it leaves one alone that has the realm. */
export const bootstrapArguments = ["bootstrap", "--realm", realm, "--credential", "$(ROOT_CREDENTIAL)"] as const;

/** What the admin tool takes as the credential of the root user. */
export function rootCredential(password: string): string {
  return [realm, catalogRoot, password].join(",");
}

/** A catalog over a folder of Data Lake Storage. https://github.com/apache/polaris/blob/main/spec/polaris-management-service.yml */
export function catalogRequest(name: string, warehouse: string, tenantId: string) {
  return {
    catalog: {
      type: "INTERNAL",
      name,
      properties: { "default-base-location": warehouse },
      storageConfigInfo: { storageType: "AZURE", tenantId, allowedLocations: [warehouse] },
    },
  };
}

/**
 * Makes the catalog, and the user that engines log in as, who may do everything with tables and nothing with rights. What is there
 * is left as it is, but for the user's credentials, which are set.
 *
 * Environment: `SERVER`, `AUTHORITY` (file), `ROOT_ID`, `ROOT_SECRET`, `ENGINES_ID`, `ENGINES_SECRET`, `CATALOG` (name),
 * `CATALOG_REQUEST` (JSON). The server's image has bash and curl.
 */
export const setupScript = `set -euo pipefail
answer=$(curl --fail --silent --show-error --retry 20 --retry-delay 3 --retry-all-errors --cacert "$AUTHORITY" \\
  --data grant_type=client_credentials --data scope=PRINCIPAL_ROLE:ALL \\
  --data-urlencode "client_id=$ROOT_ID" --data-urlencode "client_secret=$ROOT_SECRET" "$SERVER/catalog/v1/oauth/tokens")
[[ $answer =~ \\"access_token\\"[[:space:]]*:[[:space:]]*\\"([^\\"]+)\\" ]]
token=\${BASH_REMATCH[1]}
call() {
  status=$(printf '%s' "$3" | curl --silent --show-error --cacert "$AUTHORITY" --output /tmp/answer --write-out '%{http_code}' \\
    --request "$1" --header "Authorization: Bearer $token" --header 'Content-Type: application/json' --data @- \\
    "$SERVER/management/v1/$2")
  case "$status" in
    2?? | 409) ;;
    *) echo "$1 $2: $status $(cat /tmp/answer)" >&2; exit 1 ;;
  esac
}
role='{"name":"${engines}"}'
call POST catalogs "$CATALOG_REQUEST"
call POST principals "{\\"principal\\":$role}"
call POST principals/${engines}/reset "{\\"clientId\\":\\"$ENGINES_ID\\",\\"clientSecret\\":\\"$ENGINES_SECRET\\"}"
call POST principal-roles "{\\"principalRole\\":$role}"
call PUT principals/${engines}/principal-roles "{\\"principalRole\\":$role}"
call POST "catalogs/$CATALOG/catalog-roles" "{\\"catalogRole\\":$role}"
call PUT "catalogs/$CATALOG/catalog-roles/${engines}/grants" '{"grant":{"type":"catalog","privilege":"CATALOG_MANAGE_CONTENT"}}'
call PUT "principal-roles/${engines}/catalog-roles/$CATALOG" "{\\"catalogRole\\":$role}"
`;
