import assert from "node:assert/strict";
import { linkedSites } from "../../components/planning/site-plan";
import { blueprintIds } from "../../config/blueprints";
import { loadConfiguration } from "../../config/load";
import { stackNames } from "../../offline/engine/shadow-project";
import { catalogue } from "../../stacks/catalogue";
import { committed, root } from "../config/stack-files";
import { type Deployed, deployed, text } from "./deployed";

/** Resources as the program registers them, components and what the EKS components are made of included. */
const counts: Record<keyof typeof catalogue, { all: number; custom: number }> = {
  dev: { all: 214, custom: 171 },
  dr: { all: 492, custom: 401 },
  "durga-puja": { all: 271, custom: 226 },
  prod: { all: 521, custom: 443 },
  "prod-gcp": { all: 307, custom: 246 },
};

const OF_A_NAMESPACE = new Set(["kubernetes:core/v1:Namespace", "kubernetes:networking.k8s.io/v1:NetworkPolicy"]);

describe("catalogue of stacks", () => {
  it("has a row for every stack file, and a file for every row", () => {
    assert.deepEqual([...stackNames(root)].sort(), Object.keys(catalogue).sort());
  });

  for (const [key, entry] of Object.entries(catalogue)) {
    it(`says of ${key} what its configuration says`, () => {
      const config = loadConfiguration(committed(entry.stack));
      assert.equal(entry.stack, key);
      assert.equal(entry.blueprint, config.blueprint);
      assert.equal(entry.region, config.region);
      assert.ok(blueprintIds.includes(entry.blueprint));
    });
  }
});

for (const name of Object.keys(catalogue) as (keyof typeof catalogue)[]) {
  describe(`stack ${name}`, function () {
    this.timeout(60_000);
    let stack: Deployed;
    before(async () => {
      stack = await deployed(name);
    });

    it("has exactly the resources it had", () => {
      const { resources } = stack.run;
      assert.deepEqual(
        { all: resources.length, custom: resources.filter(({ custom }) => custom).length },
        counts[name],
      );
    });

    it("names a provider for every resource", () => {
      for (const { urn, custom, type, provider } of stack.run.resources) {
        if (!custom || type.startsWith("pulumi:providers:")) continue;
        assert.ok(provider !== undefined && !provider.includes("::default"), `${urn} has no provider of its own`);
      }
    });

    it("puts every resource of a component below it", () => {
      const top = new Set(
        stack.run.resources
          .filter(({ parent, custom }) => custom && parent?.includes("pulumi:pulumi:Stack"))
          .map(({ type }) => type),
      );
      for (const type of top) {
        assert.ok(type.startsWith("pulumi:providers:") || type === "random:index/randomPassword:RandomPassword", type);
      }
    });

    it("has no stack, region or cloud account in a logical name", () => {
      const config = loadConfiguration(committed(name));
      const regions = "keyValues" in config ? config.keyValues.replicaRegions : [];
      const peers = [...regions, ...("site" in config ? linkedSites(config.site).map(({ site }) => site) : [])];
      for (const { urn, name: logical, type } of stack.run.resources) {
        // A namespace is named by what it is called in the cluster, and its policies by the namespace.
        if (type === "pulumi:pulumi:Stack" || OF_A_NAMESPACE.has(type)) continue;
        // What there is for each of some regions or other sites is named by which of them: a new one moves none.
        const own = peers.reduce((found, peer) => found.replace(new RegExp(`-${peer}(?=-|$)`), ""), logical);
        assert.doesNotMatch(own, /durga|portfolio|us-(east|west)|\bdev\b|\bprod\b|\d{12}/, urn);
      }
    });

    it("tags everything by the providers' default tags", () => {
      const entry = catalogue[name];
      for (const { inputs } of stack.ofType("pulumi:providers:aws")) {
        const tags = JSON.parse(text(inputs["defaultTags"])) as { tags: Record<string, string> };
        assert.deepEqual(
          [tags.tags["system"], tags.tags["stack"], tags.tags["managed-by"]],
          [entry.system, name, "pulumi"],
        );
      }
    });
  });
}
