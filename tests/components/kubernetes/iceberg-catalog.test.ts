import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { mergeOptions } from "@pulumi/pulumi";
import { workloadBinder } from "../../../components/azure/bind-workload";
import { DataLake } from "../../../components/azure/lake";
import { SecretStore } from "../../../components/azure/secret-store";
import { ExternalSecrets } from "../../../components/kubernetes/external-secrets";
import { externalSecretsServiceAccount } from "../../../components/kubernetes/external-secrets.plan";
import { IcebergCatalog, type IcebergCatalogArgs } from "../../../components/kubernetes/iceberg-catalog";
import { icebergCatalogUri, setupScript, toCatalog } from "../../../components/kubernetes/iceberg-catalog.plan";
import { Namespaces } from "../../../components/kubernetes/namespaces";
import { networkPolicies } from "../../../components/kubernetes/network-policies.plan";
import { isProperties } from "../../../offline/cloud/value";
import type { Deployed } from "../../stacks/deployed";
import { text, type Ground } from "../azure/ground";
import { onAks, type Floor } from "./brokers-ground";

const policy = "kubernetes:networking.k8s.io/v1:NetworkPolicy";
const assignment = "azure-native:authorization:RoleAssignment";

interface Options {
  /** Default: it is installed. */
  readonly externalSecrets?: "installed" | "missing";
  readonly changes?: Partial<IcebergCatalogArgs>;
}

/** A lake, External Secrets on the cluster, and the catalog over both. */
function catalog(floor: Floor, site: Ground, { externalSecrets = "installed", changes = {} }: Options = {}) {
  const { prefix, place, network, dns, keys, logs, protection, onAzure, azure } = site;
  const lake = new DataLake(
    "lake",
    {
      prefix,
      place,
      network,
      dns,
      key: keys.keys.data,
      logs,
      protection,
      tables: {},
      catalogUri: icebergCatalogUri,
      infrequentAccessAfterDays: 90,
      deleteAfterDays: 365,
      keepVersionsDays: 7,
    },
    onAzure,
  );
  const secrets = new SecretStore("secrets", { prefix, place, network, dns, logs, protection }, onAzure);
  const bindWorkload = workloadBinder({ place, prefix, issuer: floor.cluster.issuer, azure });
  const { namespace: space, name: serviceAccount } = externalSecretsServiceAccount;
  const spaces = new Namespaces("add-ons", { namespaces: { [space]: { enforce: "restricted" } } }, floor.on);
  const operator =
    externalSecrets === "missing"
      ? undefined
      : new ExternalSecrets(
          "external-secrets",
          {
            kubernetesVersion: floor.cluster.version,
            namespace: spaces.named(space),
            identity: bindWorkload("external-secrets-identity", {
              namespace: space,
              serviceAccount,
              description: "Reads secrets",
              grants: [{ to: secrets, access: "read" }],
            }),
            issuer: floor.issuer,
            provider: secrets.externalSecretsProvider,
            readers: ["web"],
          },
          floor.on,
        );
  return new IcebergCatalog(
    "catalog",
    {
      cluster: floor.cluster,
      issuer: floor.issuer,
      replicas: 2,
      database: {
        host: "test-db.postgres.database.azure.com",
        name: "iceberg",
        range: "10.64.144.0/24",
        credentials: secrets.put("postgres", { username: "owner", password: "not-a-secret" }),
      },
      lake,
      tenantId: place.subscription.tenantId,
      clients: ["jobs", "notebooks"],
      bindWorkload,
      secrets,
      externalSecrets: operator?.last ?? spaces,
      ...changes,
    },
    mergeOptions(floor.on, { providers: { "azure-native": azure } }),
  );
}

describe("IcebergCatalog", function () {
  this.timeout(120_000);
  let stack: Deployed;
  const told: { uri?: string; warehouse?: string; made?: IcebergCatalog } = {};

  before(async () => {
    stack = await onAks((floor, site) => {
      const made = catalog(floor, site);
      made.uri.apply((uri) => (told.uri = uri));
      made.warehouseName.apply((warehouse) => (told.warehouse = warehouse));
      told.made = made;
    });
    assert.deepEqual(stack.run.errors, []);
  });

  const spec = (name: string, path: string) => stack.input(name, `spec.${path}`);
  const podSpec = (name: string, path: string) => spec(name, `template.spec.${path}`);

  it("[PF-DATA-05] answers at the address that the lake tells, by the name of the lake's database", () => {
    assert.equal(told.uri, "https://iceberg-catalog.iceberg.svc:8443/api/catalog");
    assert.equal(told.uri, icebergCatalogUri);
    assert.equal(told.warehouse, "test_lake");
    assert.equal(stack.input("catalog-service", "metadata.name"), "iceberg-catalog");
    assert.equal(stack.input("catalog-service", "metadata.namespace"), "iceberg");
    assert.deepEqual(spec("catalog-service", "ports"), [
      { name: "https", port: 8443, targetPort: "https", protocol: "TCP" },
    ]);
    assert.deepEqual(spec("catalog-service", "selector"), spec("catalog-server", "selector.matchLabels"));
  });

  it("[PF-DATA-05] makes a catalog over the folder of the tables alone", () => {
    const account = text(stack.output("lake-account", "name"));
    const warehouse = `abfss://${account}@${account}.dfs.core.windows.net/tables`;
    const env = podSpec("catalog-setup", "containers.0.env") as readonly { name: string; value?: string }[];
    const given = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    assert.equal(given["CATALOG"], "test_lake");
    const tenantId = stack.input("secrets-vault-vault", "properties.tenantId");
    assert.ok(typeof tenantId === "string" && tenantId !== "");
    assert.deepEqual(JSON.parse(given["CATALOG_REQUEST"] ?? ""), {
      catalog: {
        type: "INTERNAL",
        name: "test_lake",
        properties: { "default-base-location": warehouse },
        storageConfigInfo: { storageType: "AZURE", tenantId, allowedLocations: [warehouse] },
      },
    });
  });

  it("[PF-SEC-03] uses the lake by an identity of its own, without a key, and hands none on", () => {
    const scope = stack.id("lake-container");
    const rights = stack.ofType(assignment).filter(({ name }) => name.startsWith("catalog-identity-"));
    assert.deepEqual(
      rights.map(({ inputs }) => [inputs["scope"], text(inputs["roleDefinitionId"]).split("/").at(-1)]),
      // Storage Blob Data Contributor.
      [[scope, "ba92f5b4-2d11-453d-a403-e96b0029c9fe"]],
    );
    assert.equal(stack.input("catalog-identity-cluster", "subject"), "system:serviceaccount:iceberg:iceberg-catalog");
    assert.deepEqual(stack.input("catalog-service-account", "metadata.annotations"), {
      "azure.workload.identity/client-id": stack.output("catalog-identity-identity", "clientId"),
    });
    assert.deepEqual(spec("catalog-server", "template.metadata.labels"), {
      "azure.workload.identity/use": "true",
      "app.kubernetes.io/name": "iceberg-catalog",
    });
    assert.equal(podSpec("catalog-server", "serviceAccountName"), "iceberg-catalog");
    assert.ok(configuration().includes('polaris.features."SKIP_CREDENTIAL_SUBSCOPING_INDIRECTION"=true\n'));
    assert.ok(configuration().includes('polaris.features."SUPPORTED_CATALOG_STORAGE_TYPES"=["AZURE"]\n'));
  });

  it("[PF-SEC-06] answers by TLS alone, with a certificate for the names of its Service that it reads again", () => {
    assert.deepEqual(spec("catalog-certificate", "dnsNames"), [
      "iceberg-catalog",
      "iceberg-catalog.iceberg",
      "iceberg-catalog.iceberg.svc",
      "iceberg-catalog.iceberg.svc.cluster.local",
    ]);
    assert.deepEqual(spec("catalog-certificate", "issuerRef"), {
      group: "cert-manager.io",
      kind: "ClusterIssuer",
      name: "internal",
    });
    // What Java reads a key from.
    assert.equal(spec("catalog-certificate", "privateKey.encoding"), "PKCS8");
    for (const line of [
      "quarkus.http.insecure-requests=disabled",
      "quarkus.http.ssl-port=8443",
      "quarkus.http.tls-configuration-name=https",
      "quarkus.tls.https.key-store.pem.server.cert=/etc/polaris/tls/tls.crt",
      "quarkus.tls.https.key-store.pem.server.key=/etc/polaris/tls/tls.key",
      "quarkus.tls.https.protocols=TLSv1.3,TLSv1.2",
      "quarkus.tls.https.reload-period=1h",
    ]) {
      assert.ok(configuration().includes(`${line}\n`), line);
    }
    const mounts = podSpec("catalog-server", "containers.0.volumeMounts") as readonly { mountPath: string }[];
    assert.deepEqual(mounts.map(({ mountPath }) => mountPath).sort(), [
      "/deployments/config",
      "/etc/polaris/tls",
      "/etc/polaris/token",
      "/tmp",
    ]);
    assert.deepEqual(podSpec("catalog-server", "volumes.2"), {
      name: "tls",
      secret: { secretName: "iceberg-catalog-certificate" },
    });
  });

  it("[PF-SEC-06] has a database of its own, whose login comes from the site's store by External Secrets", () => {
    assert.equal(spec("catalog-secret-store", "provider.azurekv.authType"), "WorkloadIdentity");
    const { spec: login, metadata } = stack.named("catalog-database-login").inputs;
    assert.ok(isProperties(login) && isProperties(metadata));
    assert.equal(metadata["namespace"], "iceberg");
    assert.deepEqual(login["secretStoreRef"], { kind: "SecretStore", name: "site" });
    const key = stack.input("secrets-postgres", "secretName");
    assert.deepEqual(login["data"], [
      { secretKey: "username", remoteRef: { key, property: "username" } },
      { secretKey: "password", remoteRef: { key, property: "password" } },
    ]);
    const fromLogin = (secretKey: string) => ({
      valueFrom: { secretKeyRef: { name: "iceberg-catalog-database", key: secretKey } },
    });
    for (const name of ["catalog-server", "catalog-bootstrap"]) {
      assert.deepEqual((podSpec(name, "containers.0.env") as readonly unknown[]).slice(0, 4), [
        { name: "POLARIS_PERSISTENCE_TYPE", value: "relational-jdbc" },
        {
          name: "QUARKUS_DATASOURCE_JDBC_URL",
          value:
            "jdbc:postgresql://test-db.postgres.database.azure.com:5432/iceberg" +
            "?sslmode=verify-full&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory",
        },
        { name: "QUARKUS_DATASOURCE_USERNAME", ...fromLogin("username") },
        { name: "QUARKUS_DATASOURCE_PASSWORD", ...fromLogin("password") },
      ]);
    }
    assert.deepEqual(podSpec("catalog-bootstrap", "containers.0.args"), [
      "bootstrap",
      "--realm",
      "POLARIS",
      "--credential",
      "$(ROOT_CREDENTIAL)",
    ]);
  });

  it("[PF-SEC-03] gives engines a user of their own, in the form that Polaris takes, and keeps it in the site's store", () => {
    assert.deepEqual(told.made?.credentials.keys, ["clientId", "clientSecret", "certificateAuthority"]);
    assert.deepEqual(told.made.rootCredentials.keys, ["clientId", "clientSecret"]);
    assert.equal(stack.input("catalog-engines-id", "length"), 8);
    assert.equal(stack.input("catalog-engines-secret", "length"), 16);
    const engines = stack.named("catalog-engines").inputs["stringData"];
    const root = stack.named("catalog-root").inputs["stringData"];
    assert.ok(isProperties(engines) && isProperties(root));
    assert.match(text(engines["clientId"]), /^[0-9a-f]{16}$/);
    assert.match(text(engines["clientSecret"]), /^[0-9a-f]{32}$/);
    assert.equal(root["credential"], `POLARIS,root,${text(root["clientSecret"])}`);
    // Every replica takes the tokens of every other.
    assert.ok(configuration().includes("polaris.authentication.token-broker.type=symmetric-key\n"));
    assert.ok(
      configuration().includes("polaris.authentication.token-broker.symmetric-key.file=/etc/polaris/token/key\n"),
    );
  });

  it("[PF-SEC-03] runs as the namespace demands: nobody, without rights, on a file system that cannot be written", () => {
    const labels = stack.input("catalog-namespace-iceberg", "metadata.labels");
    assert.ok(isProperties(labels));
    assert.equal(labels["pod-security.kubernetes.io/enforce"], "restricted");
    for (const name of ["catalog-server", "catalog-bootstrap", "catalog-setup"]) {
      assert.deepEqual(podSpec(name, "securityContext"), {
        runAsNonRoot: true,
        runAsUser: 10000,
        runAsGroup: 10001,
        fsGroup: 10001,
        seccompProfile: { type: "RuntimeDefault" },
      });
      assert.deepEqual(podSpec(name, "containers.0.securityContext"), {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
      assert.equal(podSpec(name, "automountServiceAccountToken"), false);
      const resources = podSpec(name, "containers.0.resources");
      assert.ok(isProperties(resources) && isProperties(resources["limits"]) && isProperties(resources["requests"]));
      assert.equal(resources["limits"]["memory"], resources["requests"]["memory"]);
    }
    const server = "apache/polaris:1.7.0@sha256:3495f67f38cca33892a045f7dd3f46eb52387f0fd52d4145538a772fd8aedad7";
    assert.equal(podSpec("catalog-server", "containers.0.image"), server);
    assert.equal(podSpec("catalog-setup", "containers.0.image"), server);
    assert.equal(
      podSpec("catalog-bootstrap", "containers.0.image"),
      "apache/polaris-admin-tool:1.7.0@sha256:3d8a24cea57aef3b71a0d7b09e5d2278d01e7e1b30071bf6648f2a6953322cca",
    );
  });

  it("gives its Jobs an hour and ten tries", () => {
    for (const name of ["catalog-bootstrap", "catalog-setup"]) {
      assert.deepEqual([spec(name, "activeDeadlineSeconds"), spec(name, "backoffLimit")], [3600, 10], name);
    }
  });

  it("[PF-CLOUD-02] is spread over zones and leaves one pod at a time", () => {
    assert.equal(spec("catalog-server", "replicas"), 2);
    const matchLabels = { "app.kubernetes.io/name": "iceberg-catalog" };
    assert.deepEqual(
      podSpec("catalog-server", "topologySpreadConstraints"),
      ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map((topologyKey) => ({
        maxSkew: 1,
        topologyKey,
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels },
      })),
    );
    assert.deepEqual(stack.named("catalog-disruption-budget").inputs["spec"], {
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: "AlwaysAllow",
      selector: { matchLabels },
    });
    assert.deepEqual(spec("catalog-server", "strategy.rollingUpdate"), { maxSurge: 1, maxUnavailable: 0 });
  });

  it("[PF-SEC-03] lets in engines of the named namespaces, and out to the database and to the cloud alone", () => {
    const made = stack.ofType(policy).filter(({ name }) => name.startsWith("catalog-"));
    assert.deepEqual(made.map(({ name }) => name.replace("catalog-network-policies-iceberg-", "")).sort(), [
      "allow-dns",
      "clients-jobs",
      "clients-notebooks",
      "database",
      "default-deny",
      "metrics",
      "setup",
      "storage",
      "to-catalog",
    ]);
    const of = (id: string) => stack.named(`catalog-network-policies-iceberg-${id}`).inputs["spec"];
    const pods = (name: string) => ({ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } });
    const tcp = (port: number) => [{ port, protocol: "TCP" }];
    const podSelector = { matchLabels: { "app.kubernetes.io/name": "iceberg-catalog" } };
    for (const name of ["jobs", "notebooks"]) {
      assert.deepEqual(of(`clients-${name}`), {
        podSelector,
        policyTypes: ["Ingress"],
        ingress: [{ from: [pods(name)], ports: tcp(8443) }],
      });
    }
    assert.deepEqual(of("setup"), {
      podSelector,
      policyTypes: ["Ingress"],
      ingress: [{ from: [{ podSelector: {} }], ports: tcp(8443) }],
    });
    assert.deepEqual(of("metrics"), {
      podSelector: {},
      policyTypes: ["Ingress"],
      ingress: [{ from: [pods("monitoring")], ports: tcp(8182) }],
    });
    assert.deepEqual(of("database"), {
      podSelector: {},
      policyTypes: ["Egress"],
      egress: [{ to: [{ ipBlock: { cidr: "10.64.144.0/24" } }], ports: tcp(5432) }],
    });
    const [, , engine] = networkPolicies([toCatalog], []);
    assert.deepEqual(engine?.spec.egress, [{ to: [pods("iceberg")], ports: tcp(8443) }]);
  });

  it("comes in an order in which each finds what it needs, and goes in the reverse", () => {
    const waits = (name: string, ...others: readonly string[]) => {
      for (const other of others) assert.ok(stack.waitsFor(name).has(other), `${name} does not wait for ${other}`);
    };
    waits("catalog-database-login", "catalog-secret-store");
    waits("catalog-secret-store", "external-secrets-chart-release");
    waits(
      "catalog-bootstrap",
      "catalog-database-login",
      "catalog-root",
      "catalog-network-policies-iceberg-default-deny",
    );
    waits("catalog-service-account", "catalog-identity-cluster", "catalog-identity-lake-write-0");
    waits("catalog-server", "catalog-bootstrap", "catalog-certificate", "catalog-service-account", "catalog-token");
    waits("catalog-setup", "catalog-server", "catalog-service", "catalog-engines");
  });

  const configuration = () => {
    const data = stack.named("catalog-configuration").inputs["data"];
    assert.ok(isProperties(data));
    return text(data["application.properties"]);
  };
});

describe("IcebergCatalog of other settings", function () {
  this.timeout(120_000);

  it("says what is missing where the cluster has no External Secrets", async () => {
    const { run } = await onAks((floor, site) => {
      catalog(floor, site, { externalSecrets: "missing" });
    });
    assert.ok(
      run.errors.some((error) => error.includes('no matches for kind "SecretStore"')),
      run.errors.join("\n"),
    );
  });

  it("has as many pods as it is told, and what the caller changes of their specification", async () => {
    const stack = await onAks((floor, site) => {
      catalog(floor, site, {
        changes: { replicas: 1, clients: [], transform: (pods) => ({ ...pods, revisionHistoryLimit: 2 }) },
      });
    });
    assert.deepEqual(stack.run.errors, []);
    assert.equal(stack.input("catalog-server", "spec.replicas"), 1);
    assert.equal(stack.input("catalog-server", "spec.revisionHistoryLimit"), 2);
    assert.ok(!stack.ofType(policy).some(({ name }) => name.includes("-clients-")));
  });
});

describe("script that sets up the catalog", function () {
  this.timeout(30_000);

  interface Call {
    readonly what: string;
    readonly token: string | undefined;
    readonly body: string;
  }

  /** Runs it against a server that answers every call but the log-in with a status. */
  async function run(status: number): Promise<{ calls: Call[]; code: number; stderr: string }> {
    const calls: Call[] = [];
    const server = createServer((request, response) => {
      let body = "";
      request.on("data", (part: Buffer) => (body += part.toString()));
      request.on("end", () => {
        const { authorization } = request.headers;
        calls.push({ what: `${request.method ?? ""} ${request.url ?? ""}`, token: authorization, body });
        const isLogIn = request.url === "/api/catalog/v1/oauth/tokens";
        response.writeHead(isLogIn ? 200 : status, { "content-type": "application/json" });
        response.end(isLogIn ? '{"access_token":"abc.def","token_type":"bearer"}' : '{"error":"because"}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    try {
      return await new Promise((resolve) => {
        const env = {
          PATH: process.env["PATH"],
          SERVER: `http://127.0.0.1:${String(address.port)}/api`,
          AUTHORITY: "/dev/null",
          ROOT_ID: "root",
          ROOT_SECRET: "root+secret",
          ENGINES_ID: "0123456789abcdef",
          ENGINES_SECRET: "0123456789abcdef0123456789abcdef",
          CATALOG: "test_lake",
          CATALOG_REQUEST: '{"catalog":{}}',
        };
        execFile("bash", ["-c", setupScript], { env }, (error, _stdout, stderr) => {
          resolve({ calls, code: error === null ? 0 : Number(error.code), stderr });
        });
      });
    } finally {
      server.close();
    }
  }

  it("logs in as root, then makes the catalog, and a user that may do everything with tables and nothing with rights", async () => {
    const { calls, code, stderr } = await run(201);
    assert.equal(code, 0, stderr);
    const [logIn, ...others] = calls;
    assert.deepEqual(logIn, {
      what: "POST /api/catalog/v1/oauth/tokens",
      token: undefined,
      body: "grant_type=client_credentials&scope=PRINCIPAL_ROLE:ALL&client_id=root&client_secret=root%2Bsecret",
    });
    const role = { name: "engines" };
    const of = "/api/management/v1";
    assert.deepEqual(
      others.map(({ what, body }) => [what, JSON.parse(body) as unknown]),
      [
        [`POST ${of}/catalogs`, { catalog: {} }],
        [`POST ${of}/principals`, { principal: role }],
        [
          `POST ${of}/principals/engines/reset`,
          { clientId: "0123456789abcdef", clientSecret: "0123456789abcdef0123456789abcdef" },
        ],
        [`POST ${of}/principal-roles`, { principalRole: role }],
        [`PUT ${of}/principals/engines/principal-roles`, { principalRole: role }],
        [`POST ${of}/catalogs/test_lake/catalog-roles`, { catalogRole: role }],
        [
          `PUT ${of}/catalogs/test_lake/catalog-roles/engines/grants`,
          { grant: { type: "catalog", privilege: "CATALOG_MANAGE_CONTENT" } },
        ],
        [`PUT ${of}/principal-roles/engines/catalog-roles/test_lake`, { catalogRole: role }],
      ],
    );
    assert.ok(others.every(({ token }) => token === "Bearer abc.def"));
  });

  it("goes on where something is there already", async () => {
    const { calls, code } = await run(409);
    assert.equal(code, 0);
    assert.equal(calls.length, 9);
  });

  it("stops at the first refusal and says what the server said", async () => {
    const { calls, code, stderr } = await run(403);
    assert.equal(code, 1);
    assert.equal(calls.length, 2);
    assert.match(stderr, /POST catalogs: 403 \{"error":"because"\}/);
  });
});
