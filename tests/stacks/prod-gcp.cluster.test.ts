import assert from "node:assert/strict";
import { at, deployed, only, text, type Deployed } from "./deployed";

const gke = "cluster-control-plane-gke";
const zones = ["us-central1-a", "us-central1-b", "us-central1-c"];

describe("prod-gcp: cluster", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("prod-gcp");
  });

  it("[PF-CLOUD-02] is GKE 1.36 over three zones, in the ranges of the site for pods and services", () => {
    assert.deepEqual(
      only(
        stack.named(gke).inputs,
        "name",
        "location",
        "nodeLocations",
        "minMasterVersion",
        "network",
        "subnetwork",
        "ipAllocationPolicy",
      ),
      {
        name: "portfolio-prod-gke",
        location: "us-central1",
        nodeLocations: zones,
        minMasterVersion: "1.36",
        network: stack.id("network-network"),
        subnetwork: stack.id("network-nodes"),
        ipAllocationPolicy: {
          clusterSecondaryRangeName: "pods",
          servicesSecondaryRangeName: "services",
          stackType: "IPV4",
        },
      },
    );
  });

  it("[PF-SEC-04] answers callers with an identity by its name, and at its address the network and linked sites alone", () => {
    assert.equal(stack.input(gke, "controlPlaneEndpointsConfig.dnsEndpointConfig.allowExternalTraffic"), true);
    assert.equal(stack.input(gke, "privateClusterConfig.enablePrivateEndpoint"), true);
    assert.deepEqual(stack.input(gke, "masterAuthorizedNetworksConfig"), {
      cidrBlocks: ["10.48.0.0/16", "10.32.0.0/12", "10.64.0.0/12"].map((cidrBlock) => ({ cidrBlock })),
      gcpPublicCidrsAccessEnabled: false,
      privateEndpointEnforcementEnabled: true,
    });
    assert.equal(stack.ofType("gcp:compute/instance:Instance").length, 0);
    const provider = stack.named("kubernetes", "pulumi:providers:kubernetes");
    const { clusters, users } = JSON.parse(text(provider.inputs["kubeconfig"])) as {
      clusters: { cluster: { server: string } }[];
      users: { user: { exec?: { command: string }; token?: string } }[];
    };
    assert.match(clusters[0]?.cluster.server ?? "", /^https:\/\/gke-[0-9a-f]+-443769135443\.us-central1\.gke\.goog$/);
    assert.equal(users[0]?.user.exec?.command, "gke-gcloud-auth-plugin");
    assert.equal(users[0].user.token, undefined);
  });

  const pools = {
    general: {
      ids: "[PF-SCALE-01]",
      what: "three general machines, twelve at most",
      autoscaling: { locationPolicy: "BALANCED", totalMinNodeCount: 3, totalMaxNodeCount: 12 },
      node: {
        machineType: "n4-standard-4",
        diskSizeGb: 100,
        spot: false,
        guestAccelerators: undefined,
        taints: [],
      },
    },
    spot: {
      ids: "[PF-SCALE-01]",
      what: "arm64 spot machines, none to twenty, for pods that tolerate their loss",
      autoscaling: { locationPolicy: "ANY", totalMinNodeCount: 0, totalMaxNodeCount: 20 },
      node: {
        machineType: "c4a-standard-4",
        diskSizeGb: 100,
        spot: true,
        guestAccelerators: undefined,
        taints: [{ key: "platform/capacity", value: "spot", effect: "NO_SCHEDULE" }],
      },
    },
    accelerated: {
      ids: "[PF-AI-01] [PF-SCALE-01]",
      what: "machines with an NVIDIA L4, none to four, for pods that ask for one",
      autoscaling: { locationPolicy: "ANY", totalMinNodeCount: 0, totalMaxNodeCount: 4 },
      node: {
        machineType: "g2-standard-4",
        diskSizeGb: 200,
        spot: false,
        guestAccelerators: [
          { type: "nvidia-l4", count: 1, gpuDriverInstallationConfig: { gpuDriverVersion: "DEFAULT" } },
        ],
        taints: [{ key: "platform/accelerator", value: "nvidia-l4", effect: "NO_SCHEDULE" }],
      },
    },
  } as const;
  for (const [pool, { ids, what, autoscaling, node }] of Object.entries(pools)) {
    it(`${ids} has ${what}`, () => {
      const { inputs, ignoreChanges } = stack.named(`cluster-${pool}-pool`);
      assert.deepEqual(inputs["autoscaling"], autoscaling);
      const config = at(inputs, "nodeConfig") as typeof inputs;
      assert.deepEqual(only(config, "machineType", "diskSizeGb", "spot", "guestAccelerators", "taints"), node);
      assert.equal(config["serviceAccount"], stack.output("node-account-account", "email"));
      assert.equal(inputs["cluster"], stack.id(gke));
      // The autoscaler's business from the first minute on.
      assert.ok(
        ignoreChanges.some((path) => /nodeCount|initialNodeCount/.test(path)),
        ignoreChanges.join(),
      );
    });
  }

  it("[PF-SCALE-01] has three pools, and the default one is taken away", () => {
    assert.equal(stack.ofType("gcp:container/nodePool:NodePool").length, 3);
    assert.equal(stack.input(gke, "removeDefaultNodePool"), true);
  });

  it("[PF-CLOUD-02] switches 30 APIs on before anything is made by them", () => {
    const apis = stack.ofType("gcp:projects/service:Service");
    assert.deepEqual(
      apis
        .map(({ inputs }) => text(inputs["service"]).replace(".googleapis.com", ""))
        .sort()
        .join(" "),
      "aiplatform apikeys artifactregistry backupdr biglake cloudasset cloudbuild cloudfunctions cloudkms " +
        "cloudresourcemanager compute container containerscanning dns eventarc firestore gkebackup iam iap " +
        "identitytoolkit logging monitoring pubsub redis run secretmanager securitycenter servicenetworking sqladmin storage",
    );
    const isApi = ({ type }: { type: string }) => type.startsWith("gcp:projects/service:");
    const made = stack.run.resources.filter(({ type, custom }) => custom && type.startsWith("gcp:"));
    assert.ok(made.length > 150);
    assert.ok(made.slice(0, apis.length).every(isApi), "something is made before all APIs are on");
    for (const { urn, inputs } of apis) {
      assert.deepEqual(
        only(inputs, "project", "disableOnDestroy"),
        { project: "portfolio-prod-gcp", disableOnDestroy: false },
        urn,
      );
    }
  });

  it("[PF-SEC-03] gives each identity these rights in the project, and none besides", () => {
    const rights = stack.ofType("gcp:projects/iAMMember:IAMMember").map(({ name, inputs }) => {
      const condition = at(inputs, "condition.expression");
      return [name, text(inputs["role"]), ...(condition === undefined ? [] : [text(condition)])] as const;
    });
    assert.deepEqual(
      rights.sort(([a], [b]) => (a < b ? -1 : 1)),
      [
        ["backup-vaults-operator", "roles/backupdr.cloudSqlOperator"],
        [
          "documents-user-rights",
          "roles/datastore.user",
          'resource.name == "projects/portfolio-prod-gcp/databases/portfolio-prod-gcp-documents"',
        ],
        ["functions-build-log", "roles/logging.logWriter"],
        ["machine-learning-jobs", "roles/aiplatform.user"],
        ["node-account-role", "roles/container.defaultNodeServiceAccount"],
        [
          "platform-external-secrets-identity-secrets-read",
          "roles/secretmanager.secretAccessor",
          'resource.name.startsWith("projects/443769135443/secrets/portfolio-prod-gcp-")',
        ],
      ],
    );
    assert.equal(
      stack.input("platform-external-secrets-identity-secrets-read", "member"),
      "principal://iam.googleapis.com/projects/443769135443/locations/global/workloadIdentityPools/portfolio-prod-gcp.svc.id.goog/subject/ns/external-secrets/sa/external-secrets",
    );
  });

  it("[PF-SEC-03] has these namespaces, each of which denies what no policy names", () => {
    const namespaces = stack
      .ofType("kubernetes:core/v1:Namespace")
      .map(({ inputs }) => text(at(inputs, "metadata.name")))
      .sort();
    assert.deepEqual(namespaces, ["cert-manager", "external-secrets", "kafka", "rabbitmq", "services"]);
    const denied = stack
      .ofType("kubernetes:networking.k8s.io/v1:NetworkPolicy")
      .filter(({ inputs }) => at(inputs, "metadata.name") === "default-deny")
      .map(({ inputs }) => {
        assert.deepEqual(at(inputs, "spec"), { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
        return text(at(inputs, "metadata.namespace"));
      });
    assert.deepEqual(denied.sort(), namespaces);
  });

  it("[PF-CLOUD-02] installs these charts, and leaves to GKE what it brings by itself", () => {
    const releases = stack
      .ofType("kubernetes:helm.sh/v3:Release")
      .map(({ inputs }) => `${text(inputs["chart"])} in ${text(inputs["namespace"])}`);
    assert.deepEqual(releases.sort(), [
      "cert-manager in cert-manager",
      "external-secrets in external-secrets",
      "strimzi-kafka-operator in kafka",
    ]);
    assert.equal(stack.input("platform-external-secrets-site", "spec.provider.gcpsm.projectID"), "portfolio-prod-gcp");
    assert.deepEqual(stack.input("platform-external-secrets-site", "spec.conditions"), [{ namespaces: ["services"] }]);
  });
});
