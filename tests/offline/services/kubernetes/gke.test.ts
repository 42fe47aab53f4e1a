import assert from "node:assert/strict";
import type { Cloud } from "../../../../offline/cloud/cloud";
import { ControlPlane } from "../../../../offline/cloud/control-plane";
import { ServiceError } from "../../../../offline/cloud/errors";
import type { Place, Session } from "../../../../offline/cloud/package";
import type { Properties } from "../../../../offline/cloud/value";
import { kubernetesPackage } from "../../../../offline/services/kubernetes";
import { clusterInputs, network, Project, PROJECT, REGION, textAt, TOKEN, type Made } from "../gcp/support";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const SERVICE = "kubernetes:core/v1:Service";
const FORWARDING_RULE = "gcp:compute/forwardingRule:ForwardingRule";

/** As GKE's own instructions write it: no credential, the plugin asks for the caller's identity. */
function kubeconfig(server: string, cluster: Properties = {}): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "main",
    contexts: [{ name: "main", context: { cluster: "main", user: "main" } }],
    clusters: [{ name: "main", cluster: { server, ...cluster } }],
    users: [
      {
        name: "main",
        user: { exec: { apiVersion: "client.authentication.k8s.io/v1beta1", command: "gke-gcloud-auth-plugin" } },
      },
    ],
  });
}

class World {
  readonly project = Project.with("compute", "container");
  readonly cloud: Cloud = this.project.cloud;
  readonly made = network(this.project);
  readonly cluster: Made;
  private readonly pkg = kubernetesPackage({ schema: () => undefined, version: "4.34.2" });
  private readonly plane = new ControlPlane(this.cloud, this.pkg);

  constructor(change: Properties = {}) {
    this.cluster = this.project.create(TOKEN.cluster, "main", clusterInputs(this.made, change));
    this.project.create(TOKEN.nodePool, "general", {
      name: "general",
      cluster: "main",
      location: REGION,
      nodeCount: 1,
    });
  }

  get dns(): string {
    return textAt(this.cluster.outputs, "controlPlaneEndpointsConfig", "dnsEndpointConfig", "endpoint");
  }

  get address(): string {
    return textAt(this.cluster.outputs, "endpoint");
  }

  session(server: string, place: Place, cluster: Properties = {}): Session {
    const config = { kubeconfig: kubeconfig(server, cluster) };
    return { ...this.pkg.configure(config, this.cloud.view({ account: "", region: "" })), place };
  }

  create(session: Session, type = CONFIG_MAP, inputs: Properties = {}): { id: string; outputs: Properties } {
    const urn = `urn:pulumi:test::platform::${type}::settings`;
    const object = { metadata: { name: "settings", namespace: "default" }, ...inputs };
    const checked = this.plane.check({ urn, type, inputs: object, session });
    assert.deepEqual(checked.failures, []);
    return this.plane.create({ urn, type, inputs: checked.inputs, session });
  }

  delete(session: Session, type: string, inputs: Properties): void {
    const urn = `urn:pulumi:test::platform::${type}::settings`;
    this.plane.delete({ urn, type, id: "default/settings", inputs, session });
  }

  refused(session: Session): string {
    try {
      this.create(session);
    } catch (error) {
      assert.ok(error instanceof ServiceError, String(error));
      return error.message;
    }
    assert.fail("it was reached");
  }
}

const external = (allowExternalTraffic: boolean): Properties => ({
  controlPlaneEndpointsConfig: { dnsEndpointConfig: { allowExternalTraffic } },
});

describe("the API of a GKE cluster", () => {
  it("is found by its endpoint and by its DNS endpoint, and tells its cluster from others", () => {
    const world = new World(external(true));
    for (const server of [`https://${world.address}`, `https://${world.dns}`]) {
      assert.equal(world.session(server, "network").scope.account, world.cluster.id);
    }
    assert.equal(world.create(world.session(`https://${world.dns}`, "network")).id, "default/settings");
    assert.match(world.refused(world.session("https://10.9.9.9", "network")), /no such host/);
  });

  it("answers by its private endpoint from the network alone", () => {
    const world = new World();
    world.create(world.session(`https://${world.address}`, "network"));
    assert.match(
      world.refused(world.session(`https://${world.address}`, "internet")),
      /dial tcp 10\.50\.255\.2:443: i\/o timeout\nthe endpoint of main is private: call it from its network/,
    );
  });

  it("answers by its DNS endpoint from the internet when traffic from outside is let in", () => {
    const closed = new World();
    closed.create(closed.session(`https://${closed.dns}`, "network"));
    assert.match(
      closed.refused(closed.session(`https://${closed.dns}`, "internet")),
      /the DNS endpoint of main takes no traffic from outside Google Cloud: set .*allowExternalTraffic$/,
    );
    const open = new World(external(true));
    open.create(open.session(`https://${open.dns}`, "internet"));
  });

  it("answers by a public endpoint from anywhere, and by none that is off", () => {
    const open = new World({
      privateClusterConfig: { enablePrivateNodes: true, masterIpv4CidrBlock: "10.50.255.0/28" },
    });
    open.create(open.session(`https://${open.address}`, "internet"));
    const closed = new World();
    const hidden = textAt(closed.cluster.outputs, "privateClusterConfig", "publicEndpoint");
    assert.match(closed.refused(closed.session(`https://${hidden}`, "internet")), /the public endpoint of main is off/);
  });

  it("is reached through a bastion that Identity-Aware Proxy may reach", () => {
    const world = new World();
    const session = world.session(`https://${world.address}`, "internet", { "proxy-url": "http://localhost:8888" });
    assert.match(world.refused(session), /no instance runs in projects\/platform-offline\/global\/networks\/main$/);
    world.project.create("gcp:compute/instance:Instance", "bastion", {
      name: "bastion",
      zone: "us-central1-a",
      machineType: "e2-micro",
      bootDisk: { initializeParams: { image: "debian-cloud/debian-12" } },
      networkInterfaces: [{ subnetwork: world.made.subnetwork.id }],
    });
    assert.match(world.refused(session), /lets Identity-Aware Proxy in: allow tcp\/22 from 35\.235\.240\.0\/20$/);
    world.project.create("gcp:compute/firewall:Firewall", "iap", {
      name: "iap",
      network: "main",
      allows: [{ protocol: "tcp", ports: ["22"] }],
      sourceRanges: ["35.235.240.0/20"],
    });
    world.create(session);
  });

  it("is silent while what runs in its region is off", () => {
    const world = new World();
    const session = world.session(`https://${world.address}`, "network");
    world.cloud.commit({ outages: [{ cloud: "gcp", region: REGION, planes: ["data"] }] });
    assert.match(world.refused(session), /i\/o timeout\ngcp us-central1 \(data\) is switched off/);
    world.cloud.commit({ outages: [{ cloud: "aws", region: "us-west-2", planes: ["control", "data"] }] });
    world.create(session);
  });

  it("gives a Service its load balancer by itself, which keeps the network until the Service goes", () => {
    const world = new World();
    const session = world.session(`https://${world.address}`, "network");
    const service = {
      spec: { type: "LoadBalancer", selector: { app: "web" }, ports: [{ port: 443, targetPort: 8443 }] },
    };
    const { outputs } = world.create(session, SERVICE, service);
    assert.match(
      JSON.stringify(outputs["status"]),
      /^\{"loadBalancer":\{"ingress":\[\{"ip":"34\.\d+\.\d+\.\d+"\}\]\}\}$/,
    );
    const rules = () => world.cloud.all().filter(({ type }) => type === FORWARDING_RULE);
    assert.deepEqual(
      rules().map(({ scope, urn }) => [scope.account, scope.region, urn]),
      [[PROJECT, REGION, undefined]],
    );
    world.delete(session, SERVICE, { metadata: { name: "settings", namespace: "default" }, ...service });
    assert.deepEqual(rules(), []);
  });

  it("brings storage classes along, a default one among them", () => {
    const world = new World();
    const session = world.session(`https://${world.address}`, "network");
    const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
    world.create(session, "kubernetes:core/v1:PersistentVolumeClaim", { spec: claim });
  });
});
