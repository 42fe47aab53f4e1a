import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { Unknown } from "../../offline/cloud/value";
import { examplePackage, NETWORK, SUBNET } from "./example-package";
import { deploy, runInProcess, type RunOptions } from "./in-process";

class Network extends pulumi.CustomResource {
  declare readonly address: pulumi.Output<string>;
  declare readonly password: pulumi.Output<string>;
  constructor(name: string, args: pulumi.Inputs, options?: pulumi.CustomResourceOptions) {
    super(
      NETWORK,
      name,
      { address: undefined, password: undefined, ...args },
      pulumi.mergeOptions({ additionalSecretOutputs: ["password"] }, options),
    );
  }
}

class Subnet extends pulumi.CustomResource {
  declare readonly gateway: pulumi.Output<string>;
  constructor(name: string, args: pulumi.Inputs, options?: pulumi.CustomResourceOptions) {
    super(SUBNET, name, { gateway: undefined, ...args }, options);
  }
}

class Site extends pulumi.ComponentResource {
  readonly network: Network;
  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("platform:example:Site", name, {}, options);
    this.network = new Network(`${name}-network`, { range: "10.0" }, { parent: this, protect: true });
    this.registerOutputs({ address: this.network.address });
  }
}

class Provider extends pulumi.ProviderResource {}
const provider = (region = "west") => new Provider("example", region, { region });
const options: RunOptions = { packages: [examplePackage] };
const urn = (type: string, name: string) => `urn:pulumi:test::platform::${type}::${name}`;

describe("tests/support/in-process", () => {
  it("shows every resource as the program registered it", async () => {
    const run = await deploy(() => {
      const west = provider();
      const site = new Site("site", { providers: [west] });
      const subnet = new Subnet(
        "subnet",
        { networkId: site.network.id, range: pulumi.secret("10.0.1") },
        {
          provider: west,
          dependsOn: [site],
          aliases: [{ name: "old" }],
          ignoreChanges: ["range"],
          deleteBeforeReplace: true,
          retainOnDelete: true,
          deletedWith: site.network,
        },
      );
      return { gateway: subnet.gateway, password: site.network.password };
    }, options);

    assert.deepEqual(
      run.resources.map((resource) => [resource.type, resource.name]),
      [
        ["pulumi:pulumi:Stack", "platform-test"],
        ["pulumi:providers:example", "west"],
        ["platform:example:Site", "site"],
        [NETWORK, "site-network"],
        [SUBNET, "subnet"],
      ],
    );
    const [stack, west, site, network, subnet] = run.resources;
    assert.ok(stack && west && site && network && subnet);
    assert.equal(stack.parent, undefined);
    assert.equal(site.parent, stack.urn);
    assert.deepEqual(site.providers, { example: west.urn });
    assert.equal(site.custom, false);
    assert.deepEqual(site.outputs, { address: "10.0.1 in west" });
    assert.equal(network.urn, urn(`platform:example:Site$${NETWORK}`, "site-network"));
    assert.equal(network.parent, site.urn);
    assert.equal(network.provider, west.urn);
    assert.equal(network.protect, true);
    assert.deepEqual(network.additionalSecretOutputs, ["password"]);
    assert.deepEqual(network.inputs, { range: "10.0" });
    assert.equal(network.outputs["address"], "10.0.1 in west");
    assert.deepEqual(subnet.inputs, { networkId: network.id, range: "10.0.1" });
    assert.deepEqual(subnet.secretPaths, ["range"]);
    assert.deepEqual(subnet.propertyDependencies, { networkId: [network.urn], range: [] });
    // The SDK names the resources inside a component that is waited for, not the component.
    assert.deepEqual(subnet.dependsOn, [network.urn]);
    assert.deepEqual(subnet.aliases, [{ name: "old", parent: stack.urn }]);
    assert.deepEqual(subnet.ignoreChanges, ["range"]);
    assert.equal(subnet.deleteBeforeReplace, true);
    assert.equal(subnet.retainOnDelete, true);
    assert.equal(subnet.deletedWith, network.urn);
    assert.equal(run.outputs["gateway"], `gw of ${String(network.id)}`);
    assert.deepEqual(run.secretOutputs, ["password"]);
    assert.equal(run.cloud.all().length, 2);
    assert.deepEqual(run.cloud.all()[1]?.inputs, { networkId: network.id, range: "[secret]" });
  });

  it("leaves computed outputs unknown in a preview and changes nothing", async () => {
    let applied = false;
    const run = await deploy(
      () => {
        const network = new Network("n", { range: "10.0" }, { provider: provider() });
        network.address.apply(() => {
          applied = true;
        });
        new Subnet("s", { networkId: network.id, range: "10.0" }, { provider: provider("east") });
        return { address: network.address };
      },
      { ...options, preview: true },
    );
    assert.equal(applied, false);
    assert.equal(run.outputs["address"], Unknown.value);
    const network = run.resources.find(({ type }) => type === NETWORK);
    assert.equal(network?.id, undefined);
    assert.equal(network?.outputs["range"], "10.0");
    assert.equal(network.outputs["address"], Unknown.value);
    assert.equal(run.resources.find(({ type }) => type === SUBNET)?.inputs["networkId"], Unknown.value);
    assert.equal(run.cloud.all().length, 0);
  });

  it("collects every refusal and registers nothing that waits for a refused resource", async () => {
    const run = await runInProcess(() => {
      const west = provider();
      const taken = new Network("taken", { range: "taken" }, { provider: west });
      new Network("wrong", { range: "wrong", extra: 1 }, { provider: west });
      new Subnet("behind", { networkId: taken.id, range: "10.0.1" }, { provider: west });
      new Subnet("lost", { networkId: "net-0", range: "10.0.1" }, { provider: west });
      new Network("fine", { range: "10.0" }, { provider: west });
    }, options);
    const refusals = [...run.errors].sort();
    assert.equal(refusals.length, 3);
    assert.equal(
      refusals[0],
      `${urn(NETWORK, "taken")}: operation error Example: CreateNetwork, api error RangeTaken: the range "taken" is in use`,
    );
    assert.ok(refusals[1]?.startsWith(`${urn(NETWORK, "wrong")}: extra: `), refusals[1]);
    assert.equal(
      refusals[2],
      `${urn(SUBNET, "lost")}: operation error Example: CreateSubnet, api error NoSuchNetwork: network net-0 does not exist`,
    );
    assert.deepEqual(
      run.resources.filter(({ custom }) => custom).map(({ name }) => name),
      ["west", "fine"],
    );
    await assert.rejects(
      deploy(() => {
        new Network("taken", { range: "taken" }, { provider: provider() });
      }, options),
      /RangeTaken/,
    );
  });

  it("reports what the program throws, at once and inside apply, without an unhandled rejection", async () => {
    const thrown = await runInProcess(() => {
      throw new Error("no such stack");
    }, options);
    assert.deepEqual(thrown.errors, ["no such stack"]);
    const later = await runInProcess(() => {
      const network = new Network("n", { range: "10.0" }, { provider: provider() });
      const bad = network.address.apply((): string => {
        throw new Error("bad address");
      });
      new Subnet("s", { networkId: bad, range: "10.0" }, { provider: provider("east") });
    }, options);
    assert.deepEqual(later.errors, ["bad address"]);
  });

  it("refuses a default provider where the configuration disables it, and a duplicate URN", async () => {
    const config = { "pulumi:disable-default-providers": '["*"]' };
    const run = await runInProcess(() => new Network("n", { range: "10.0" }), { ...options, config });
    assert.deepEqual(run.errors, [
      `${urn(NETWORK, "n")}: Default provider for 'example' disabled. '${urn(NETWORK, "n")}' must use an explicit provider.`,
    ]);
    const twice = await runInProcess(() => {
      const west = provider();
      new Network("n", { range: "10.0" }, { provider: west });
      new Network("n", { range: "10.1" }, { provider: west });
    }, options);
    assert.deepEqual(twice.errors, [`${urn(NETWORK, "n")}: Duplicate resource URN; try giving it a unique name`]);
  });

  it("reads configuration, secrets included, and leaks nothing into the next program", async () => {
    const program = () => {
      const config = new pulumi.Config();
      return {
        size: config.get("size"),
        key: config.getSecret("key"),
        stack: pulumi.getStack(),
        project: pulumi.getProject(),
      };
    };
    const first = await deploy(program, { ...options, stack: "prod", config: { size: "3" }, secrets: { key: "k" } });
    assert.deepEqual(first.outputs, { size: "3", key: "k", stack: "prod", project: "platform" });
    assert.deepEqual(first.secretOutputs, ["key"]);
    const second = await deploy(program, options);
    assert.deepEqual(second.outputs, { stack: "test", project: "platform" });
    assert.equal(second.resources.length, 1);
  });

  it("answers data sources, get, and a reference to an existing resource", async () => {
    const first = await deploy(
      () => ({ id: new Network("n", { range: "10.0" }, { provider: provider() }).id }),
      options,
    );
    const id = first.outputs["id"] as string;
    const run = await deploy(
      async () => {
        const west = provider();
        const found = (await pulumi.runtime.invoke("example:index:getNetwork", { id }, { provider: west })) as {
          address: string;
        };
        const existing = new Network("existing", {}, { id, provider: west });
        const imported = new Network("imported", { range: "10.0" }, { import: id, provider: west });
        return { address: found.address, again: existing.address, imported: imported.address };
      },
      { ...options, cloud: first.cloud },
    );
    assert.deepEqual(run.outputs, { address: "10.0.1 in west", again: "10.0.1 in west", imported: "10.0.1 in west" });
    assert.equal(run.resources.find(({ name }) => name === "existing")?.external, true);
    const missing = await runInProcess(
      () => pulumi.runtime.invoke("example:index:getNetwork", { id: "net-1" }, { provider: provider() }),
      options,
    );
    assert.deepEqual(missing.errors, ["network net-1 does not exist"]);
  });

  it("runs transforms of a resource, of its parents and of the stack", async () => {
    const run = await deploy(() => {
      pulumi.runtime.registerResourceTransform(({ type, props, opts }) =>
        type === NETWORK ? { props: { ...props, tags: { owner: "team" } }, opts } : undefined,
      );
      new Site("site", {
        providers: [provider()],
        transforms: [({ props, opts }) => ({ props, opts: { ...opts, protect: false } })],
      });
    }, options);
    const network = run.resources.find(({ type }) => type === NETWORK);
    assert.deepEqual(network?.inputs, { range: "10.0", tags: { owner: "team" } });
    assert.equal(network.protect, false);
  });

  it("builds a remote component's children in place, and wants a provider for it too", async () => {
    class Cluster extends pulumi.ComponentResource {
      declare readonly address: pulumi.Output<string>;
      constructor(name: string, args: pulumi.Inputs, opts?: pulumi.ComponentResourceOptions) {
        super("eks:index:Example", name, { address: undefined, ...args }, opts, true);
      }
    }
    class Local extends pulumi.ComponentResource {
      readonly network: Network;
      constructor(name: string, inputs: pulumi.Inputs, opts: pulumi.ComponentResourceOptions) {
        super("eks:index:Example", name, {}, opts);
        this.network = new Network(`${name}-inner`, { range: inputs["range"] as string }, { parent: this });
        this.registerOutputs({ network: this.network });
      }
    }
    const remote: RunOptions = {
      ...options,
      config: { "pulumi:disable-default-providers": '["*"]' },
      construct: (name, _type, inputs, opts) => {
        const local = new Local(name, inputs, opts);
        return Promise.resolve({ urn: local.urn, state: { address: local.network.address } });
      },
    };
    const args = { range: pulumi.output("10.9") };
    const run = await deploy(() => {
      const cluster = new Cluster("c", args, {
        provider: new Provider("eks", "eks", {}),
        providers: { example: provider() },
        protect: true,
      });
      return { address: cluster.address };
    }, remote);
    assert.deepEqual(
      run.resources.map(({ name }) => name),
      ["platform-test", "eks", "west", "c", "c-inner"],
    );
    const [, , west, cluster, inner] = run.resources;
    assert.ok(west && cluster && inner);
    assert.equal(cluster.protect, true);
    assert.equal(inner.parent, cluster.urn);
    assert.equal(inner.provider, west.urn);
    assert.deepEqual(run.outputs, { address: "10.9.1 in west" });

    const bare = await runInProcess(() => new Cluster("c", args, { providers: { example: provider() } }), remote);
    assert.deepEqual(bare.errors, [
      `${urn("eks:index:Example", "c")}: Default provider for 'eks' disabled. '${urn("eks:index:Example", "c")}' must use an explicit provider.`,
    ]);
  });
});
