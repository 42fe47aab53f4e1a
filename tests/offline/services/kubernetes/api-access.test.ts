import assert from "node:assert/strict";
import type { Place, Session } from "../../../../offline/cloud/package";
import type { Properties } from "../../../../offline/cloud/value";
import { refused, SERVER, VPC, World } from "./support";

const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const object: Properties = { metadata: { name: "settings", namespace: "default" } };
const HOST = "0a1b.gr7.us-west-2.eks.amazonaws.com";
const unreachable = (dial: string, remedy: string, host = HOST) =>
  "configured Kubernetes cluster is unreachable: unable to load schema information from the API server: " +
  `Get "https://${host}/openapi/v2?timeout=32s": ${dial}\n${remedy}`;
const TIMEOUT = "dial tcp 10.0.1.10:443: i/o timeout";
const NO_RULE =
  "no rule lets tcp/443 into sg-cluster from outside the cluster: add one from the runner's security group or range";

/** A cluster with the private endpoint alone, in a VPC that resolves its name. */
function privateWorld(dns: Properties = { enableDnsHostnames: true }): World {
  const world = new World({ vpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true } });
  world.aws({ type: "aws:ec2/vpc:Vpc", id: VPC, inputs: { cidrBlock: "10.0.0.0/16", ...dns } });
  return world;
}

const https = (peer: Properties): Properties => ({ protocol: "tcp", fromPort: 443, toPort: 443, ...peer });

const at = (world: World, place: Place, session = world.session): Session => ({ ...session, place });

/** Asserts that every call gets through, or that none does, and gives the words. */
function answers(world: World, session: Session): void {
  assert.equal(world.create(CONFIG_MAP, object, "settings", session).id, "default/settings");
  assert.notEqual(read(world, session), undefined);
}

function read(world: World, session: Session): unknown {
  return world.plane.read({ type: CONFIG_MAP, id: "default/settings", inputs: {}, outputs: {}, session });
}

function refuses(world: World, session: Session): string {
  const said = refused("Unreachable", () => world.create(CONFIG_MAP, object, "settings", session));
  assert.equal(
    refused("Unreachable", () => read(world, session)),
    said,
  );
  assert.equal(world.get(CONFIG_MAP, "default/settings"), undefined);
  return said;
}

describe("who reaches the API of a cluster", () => {
  it("reaches a public endpoint from the internet and from the network, whose NAT is taken to be in the allowed blocks", () => {
    for (const publicAccessCidrs of [["0.0.0.0/0"], ["198.51.100.0/24"]]) {
      for (const place of ["internet", "network"] as const) {
        for (const endpointPrivateAccess of [true, false]) {
          const world = new World({ vpcConfig: { publicAccessCidrs, endpointPrivateAccess } });
          answers(world, at(world, place));
        }
      }
    }
  });

  it("reaches no private endpoint from the internet, whatever its rules", () => {
    const world = privateWorld();
    world.group("sg-cluster", [https({ cidrBlocks: ["0.0.0.0/0"] })]);
    assert.equal(
      refuses(world, at(world, "internet")),
      unreachable(
        TIMEOUT,
        "the endpoint of shop is private: call it from its network (without --from internet), or through a bastion (proxy-url in the kubeconfig)",
      ),
    );
  });

  it("reaches a private endpoint from the network by a rule for the runner: a group or a range, inline or apart", () => {
    const rules: readonly ((world: World) => void)[] = [
      (world) => {
        world.group("sg-cluster", [https({ securityGroups: ["sg-runner"] })]);
      },
      (world) => {
        world.group("sg-cluster", [{ protocol: "-1", fromPort: 0, toPort: 0, cidrBlocks: ["10.0.0.0/16"] }]);
      },
      (world) => {
        world.aws({
          type: "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
          id: "sgr-1",
          inputs: {
            securityGroupId: "sg-cluster",
            ipProtocol: "tcp",
            fromPort: 400,
            toPort: 500,
            referencedSecurityGroupId: "sg-runner",
          },
        });
      },
    ];
    for (const rule of rules) {
      const world = privateWorld();
      rule(world);
      answers(world, at(world, "network"));
      const { place: _default, ...session } = at(world, "network");
      assert.notEqual(read(world, session), undefined);
    }
  });

  it("takes no rule for another port or protocol, or for the cluster's and its nodes' own groups", () => {
    const rules: readonly Properties[] = [
      { protocol: "-1", self: true },
      https({ securityGroups: ["sg-cluster"] }),
      https({ securityGroups: ["sg-nodes"] }),
      { protocol: "tcp", fromPort: 80, toPort: 442, cidrBlocks: ["10.0.0.0/8"] },
      { protocol: "udp", fromPort: 443, toPort: 443, cidrBlocks: ["10.0.0.0/8"] },
    ];
    const world = privateWorld();
    world.ownNodeGroup([]);
    for (const rule of rules) {
      world.group("sg-cluster", [rule]);
      assert.equal(refuses(world, at(world, "network")), unreachable(TIMEOUT, NO_RULE));
    }
  });

  it("finds a rule of the groups that the cluster was given beside its own", () => {
    const world = new World({
      vpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: true, securityGroupIds: ["sg-extra"] },
    });
    world.aws({ type: "aws:ec2/vpc:Vpc", id: VPC, inputs: { enableDnsHostnames: true } });
    world.group("sg-extra", []);
    assert.match(refuses(world, at(world, "network")), /into sg-extra, sg-cluster from outside/);
    world.group("sg-extra", [https({ cidrBlocks: ["10.0.0.0/16"] })]);
    answers(world, at(world, "network"));
  });

  it("resolves a private endpoint only where the VPC has both DNS settings", () => {
    const cases: readonly (readonly [Properties, string])[] = [
      [{}, "enableDnsHostnames"],
      [{ enableDnsHostnames: true, enableDnsSupport: false }, "enableDnsSupport"],
      [{ enableDnsHostnames: false, enableDnsSupport: false }, "enableDnsSupport and enableDnsHostnames"],
    ];
    for (const [dns, missing] of cases) {
      const world = privateWorld(dns);
      world.group("sg-cluster", [https({ cidrBlocks: ["10.0.0.0/16"] })]);
      assert.equal(
        refuses(world, at(world, "network")),
        unreachable(
          `dial tcp: lookup ${HOST}: no such host`,
          `the private endpoint of shop needs ${missing} on ${VPC}`,
        ),
      );
    }
  });

  it("reaches nothing where neither endpoint is on", () => {
    const world = new World({ vpcConfig: { endpointPublicAccess: false, endpointPrivateAccess: false } });
    assert.match(refuses(world, at(world, "network")), /\nshop has no endpoint: set endpointPrivateAccess$/);
  });
});

describe("a kubeconfig that leads through a bastion", () => {
  const clusters: Readonly<Record<string, Properties>> = {
    "a SOCKS proxy": { server: SERVER, "proxy-url": "socks5://localhost:1080" },
    "an HTTP proxy": { server: SERVER, "proxy-url": "http://127.0.0.1:8888" },
    "a tunnel": { server: "https://localhost:8443", "tls-server-name": HOST },
  };
  const through = (world: World, cluster: Properties): Session => {
    const kubeconfig = JSON.stringify({
      "current-context": "aws",
      clusters: [{ name: "kubernetes", cluster }],
      contexts: [{ name: "aws", context: { cluster: "kubernetes" } }],
    });
    return world.pkg.configure({ kubeconfig }, world.cloud.view({ account: "", region: "" }));
  };
  const bastion = (world: World, more: Properties = {}, outputs: Properties = {}) => {
    world.group("sg-bastion", []);
    world.group("sg-cluster", [https({ securityGroups: ["sg-bastion"] })]);
    world.aws({
      type: "aws:ec2/instance:Instance",
      id: "i-1",
      inputs: { subnetId: "subnet-c", vpcSecurityGroupIds: ["sg-bastion"], ...more },
      outputs,
    });
  };

  for (const [name, cluster] of Object.entries(clusters)) {
    const host = name === "a tunnel" ? "localhost:8443" : HOST;
    const noBastion = unreachable(
      "dial tcp 127.0.0.1: connect: connection refused",
      `the kubeconfig leads through a bastion, and no instance runs in ${VPC}`,
      host,
    );

    it(`${name}: reaches a private endpoint from anywhere by an instance that is let in`, () => {
      for (const place of ["internet", "network"] as const) {
        const world = privateWorld();
        bastion(world);
        answers(world, at(world, place, through(world, cluster)));
      }
    });

    it(`${name}: refuses without an instance, with one that is stopped or in another VPC, and without a rule`, () => {
      const none = privateWorld();
      assert.equal(refuses(none, through(none, cluster)), noBastion);

      const stopped = privateWorld();
      bastion(stopped, {}, { instanceState: "stopped" });
      assert.equal(refuses(stopped, through(stopped, cluster)), noBastion);

      const elsewhere = privateWorld();
      elsewhere.aws({ type: "aws:ec2/subnet:Subnet", id: "subnet-x", inputs: { vpcId: "vpc-2" } });
      bastion(elsewhere, { subnetId: "subnet-x" });
      assert.equal(refuses(elsewhere, through(elsewhere, cluster)), noBastion);

      const shut = privateWorld();
      bastion(shut);
      shut.group("sg-cluster", [https({ securityGroups: ["sg-runner"] })]);
      assert.equal(
        refuses(shut, through(shut, cluster)),
        unreachable(
          TIMEOUT,
          "the bastion is not let in: no ingress rule of sg-cluster allows tcp/443 from sg-bastion",
          host,
        ),
      );
    });
  }

  it("needs no rule where the endpoint is public", () => {
    const world = new World();
    bastion(world);
    world.group("sg-cluster", []);
    answers(world, through(world, { server: SERVER, "proxy-url": "socks5://localhost:1080" }));
  });

  it("leads nowhere from a tunnel that does not name the endpoint", () => {
    const world = privateWorld();
    bastion(world);
    const session = through(world, { server: "https://127.0.0.1:8443" });
    assert.match(
      refused("Unreachable", () => world.create(CONFIG_MAP, object, "x", session)),
      /Get "https:\/\/127\.0\.0\.1:8443\/.*": dial tcp 127\.0\.0\.1:8443: connect: connection refused$/,
    );
  });
});

describe("the API of a cluster in an outage", () => {
  const outage = (planes: readonly ("control" | "data")[], zone?: string) => ({
    outages: [{ cloud: "aws" as const, region: "us-west-2", ...(zone === undefined ? {} : { zone }), planes }],
  });
  const SAYS = unreachable(
    TIMEOUT,
    "aws us-west-2 (data) is switched off; to switch it on: npx platform offline outage end --cloud aws --region us-west-2",
  );

  it("does not answer while the data plane of its region is off, and keeps every object", () => {
    const world = new World();
    answers(world, world.session);
    world.cloud.commit(outage(["data"]));
    const said = (call: () => unknown) => refused("RequestError", call);
    const again = { ...object, data: { a: "1" } };
    assert.equal(
      said(() => world.create(CONFIG_MAP, { metadata: { name: "b", namespace: "default" } }, "b")),
      SAYS,
    );
    assert.equal(
      said(() => world.update(CONFIG_MAP, "default/settings", object, again)),
      SAYS,
    );
    assert.equal(
      said(() => {
        world.delete(CONFIG_MAP, "default/settings");
      }),
      SAYS,
    );
    assert.equal(
      said(() => read(world, world.session)),
      SAYS,
    );
    assert.equal(world.list(CONFIG_MAP).length, 1);
    world.cloud.commit({ outages: [] });
    assert.deepEqual(world.update(CONFIG_MAP, "default/settings", object, again)["data"], { a: "1" });
  });

  it("answers while only the control plane is off, another region, or a zone", () => {
    const world = new World();
    for (const off of [outage(["control"]), outage(["control", "data"], "us-west-2a")]) {
      world.cloud.commit(off);
      world.create(CONFIG_MAP, {
        metadata: { name: `a${String(world.list(CONFIG_MAP).length)}`, namespace: "default" },
      });
    }
    world.cloud.commit({ outages: [{ cloud: "aws", region: "us-east-1", planes: ["data"] }] });
    answers(world, world.session);
  });

  it("loses its bastion with the zone that it is in", () => {
    const world = privateWorld();
    world.group("sg-bastion", []);
    world.group("sg-cluster", [https({ securityGroups: ["sg-bastion"] })]);
    world.aws({
      type: "aws:ec2/instance:Instance",
      id: "i-1",
      inputs: { subnetId: "subnet-c", vpcSecurityGroupIds: ["sg-bastion"] },
    });
    const session = world.pkg.configure(
      { kubeconfig: `clusters: [{name: c, cluster: {server: "${SERVER}", proxy-url: "socks5://localhost:1"}}]` },
      world.cloud.view({ account: "", region: "" }),
    );
    answers(world, session);
    world.cloud.commit(outage(["data"], "us-west-2a"));
    assert.match(
      refused("Unreachable", () => read(world, session)),
      /no instance runs in vpc-1$/,
    );
    world.cloud.commit(outage(["data"], "us-west-2b"));
    assert.notEqual(read(world, session), undefined);
  });
});
