import assert from "node:assert/strict";
import { ControlPlane } from "../../../../offline/cloud/control-plane";
import { PartialFailure } from "../../../../offline/cloud/errors";
import type { Outage } from "../../../../offline/cloud/faults";
import type { Place, Session } from "../../../../offline/cloud/package";
import type { Properties } from "../../../../offline/cloud/value";
import { kubernetesPackage } from "../../../../offline/services/kubernetes";
import { ADDRESS, address, subnet, Subscription, type Made } from "../azure/support";
import { cluster, grant, ground, type Ground } from "../azure/aks-support";
import { refused } from "./support";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const SERVICE = "kubernetes:core/v1:Service";
const NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7";
const object: Properties = { metadata: { name: "settings", namespace: "default" } };
const off = (planes: Outage["planes"]): Outage => ({ cloud: "azure", region: "eastus", planes });

/** A subscription with a cluster, and the provider of Kubernetes that its kubeconfig makes. */
class AksWorld {
  readonly subscription = new Subscription();
  readonly on: Ground;
  readonly made: Made;
  private readonly pkg = kubernetesPackage({ schema: () => undefined, version: "4.34.2" });
  private readonly plane = new ControlPlane(this.subscription.cloud, this.pkg);

  constructor(change: Properties = {}) {
    this.on = ground(this.subscription);
    this.made = cluster(this.subscription, this.on, change);
  }

  session(place: Place = "network", change: (kubeconfig: string) => string = (text) => text): Session {
    const args = { resourceGroupName: "rg", resourceName: "portfolio" };
    const found = this.subscription.invoke("azure-native:containerservice:listManagedClusterUserCredentials", args);
    const [first] = found["kubeconfigs"] as readonly { value: string }[];
    const kubeconfig = change(Buffer.from(first?.value ?? "", "base64").toString());
    const view = this.subscription.cloud.view({ account: "", region: "" });
    return { ...this.pkg.configure({ kubeconfig }, view), place };
  }

  create(session = this.session()): string {
    const urn = `urn:pulumi:test::platform::${CONFIG_MAP}::settings`;
    const inputs = this.plane.check({ urn, type: CONFIG_MAP, inputs: object, session }).inputs;
    return this.plane.create({ urn, type: CONFIG_MAP, inputs, session }).id;
  }

  /** The address that a Service gets. */
  service(inputs: Properties): string {
    const urn = `urn:pulumi:test::platform::${SERVICE}::web`;
    const session = this.session();
    const checked = this.plane.check({ urn, type: SERVICE, inputs, session }).inputs;
    const { outputs } = this.plane.create({ urn, type: SERVICE, inputs: checked, session });
    return /"ip":"([^"]+)"/.exec(JSON.stringify(outputs["status"]))?.[1] ?? "";
  }

  switchOff(...outages: readonly Outage[]): void {
    this.subscription.cloud.commit({ outages });
  }
}

const byTunnel = (kubeconfig: string) =>
  kubeconfig.replace(`"cluster":{"server"`, `"cluster":{"proxy-url":"socks5://localhost:1080","server"`);

describe("Kubernetes of an AKS cluster", () => {
  it("answers by the kubeconfig that AKS gives, under the id of the cluster", () => {
    const world = new AksWorld();
    assert.equal(world.session().scope.account, world.made.id);
    assert.equal(world.create(), "default/settings");
  });

  it("keeps a private cluster from the internet, and a public one not", () => {
    const world = new AksWorld();
    const said = refused("Unreachable", () => world.create(world.session("internet")));
    assert.match(said, /no such host\nthe cluster portfolio is private: call it from its network/);
    const open = new AksWorld({ apiServerAccessProfile: {} });
    assert.equal(open.create(open.session("internet")), "default/settings");
  });

  it("is reached through a bastion host of its network that opens tunnels", () => {
    const world = new AksWorld();
    const tunnelled = world.session("internet", byTunnel);
    assert.match(
      refused("Unreachable", () => world.create(tunnelled)),
      /no bastion host is in .*virtualNetworks\/vnet$/,
    );
    const where = subnet(world.subscription, "AzureBastionSubnet", "10.40.16.0/26");
    const bastion = {
      resourceGroupName: "rg",
      sku: { name: "Standard" },
      ipConfigurations: [
        { name: "one", subnet: { id: where.id }, publicIPAddress: { id: address(world.subscription, "bastion").id } },
      ],
    };
    const host = world.subscription.create("azure-native:network:BastionHost", "bastion", bastion);
    assert.match(
      refused("Unreachable", () => world.create(tunnelled)),
      /opens no tunnels: set enableTunneling/,
    );
    world.subscription.update(host, { enableTunneling: true });
    assert.equal(world.create(tunnelled), "default/settings");
  });

  it("does not answer while what runs in its region is off, whatever the rest of Azure does", () => {
    const world = new AksWorld();
    const session = world.session();
    world.switchOff(off(["control"]));
    assert.equal(world.create(session), "default/settings");
    world.switchOff(off(["data"]));
    const said = refused("RequestError", () => world.create(session));
    assert.match(
      said,
      /dial tcp 10\.40\.0\.4:443: i\/o timeout\nazure eastus \(data\) is switched off; to switch it on: npx platform offline outage end --cloud azure --region eastus$/,
    );
  });

  it("gives a Service a public address beside the nodes, or one of their subnet to who may join it", () => {
    const world = new AksWorld();
    const service = (annotations: Properties) => ({
      metadata: { name: "web", namespace: "default", annotations },
      spec: { type: "LoadBalancer", ports: [{ port: 443, targetPort: 8443 }] },
    });
    assert.match(world.service(service({})), /^20\.\d+\.\d+\.\d+$/);
    const addresses = world.subscription.cloud.all().filter(({ type }) => type === ADDRESS);
    assert.equal(addresses.filter(({ id }) => id.includes("/resourceGroups/MC_rg_portfolio_eastus/")).length, 1);
    const other = new AksWorld();
    const internal = service({ "service.beta.kubernetes.io/azure-load-balancer-internal": "true" });
    assert.throws(
      () => other.service(internal),
      (error) => error instanceof PartialFailure && /Network Contributor on the subnet/.test(error.message),
    );
    const own = new AksWorld();
    grant(own.subscription, own.on.identity, NETWORK_CONTRIBUTOR, own.on.vnet.id);
    assert.match(own.service(internal), /^10\.40\.3\.\d+$/);
    refused("InUseSubnetCannotBeDeleted", () => {
      own.subscription.delete(own.on.nodes);
    });
    own.subscription.delete(own.made);
    assert.equal(
      own.subscription.cloud.all().some(({ id }) => id.includes("MC_rg")),
      false,
    );
  });

  it("is gone with its cluster", () => {
    const world = new AksWorld();
    const session = world.session();
    world.subscription.delete(world.made);
    assert.match(
      refused("Unreachable", () => world.create(session)),
      /no such host$/,
    );
  });
});
