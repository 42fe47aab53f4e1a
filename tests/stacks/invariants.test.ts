import assert from "node:assert/strict";
import { charts, type ChartRow } from "../../components/kubernetes/charts";
import { loadConfiguration } from "../../config/load";
import { isProperties } from "../../offline/cloud/value";
import { committed } from "../config/stack-files";
import { at, deployed, text, type Deployed } from "./deployed";
import { stacks } from "./invariants/by-cloud";
import { each, isOpen, list, texts } from "./invariants/facts";

// What must be true of every resource of every stack, whatever the stack is.

for (const { name, facts } of stacks) {
  describe(`invariants of ${name}`, function () {
    this.timeout(60_000);
    const config = loadConfiguration(committed(name));
    let stack: Deployed;
    before(async () => {
      stack = await deployed(name);
    });

    it("[PF-SEC-04] is open to the internet at its load balancers alone, on ports 80 and 443", () => {
      assert.deepEqual(facts.openings(stack), []);
      for (const { urn, inputs } of stack.ofType("kubernetes:core/v1:Service")) {
        const service = at(inputs, "spec.type") ?? "ClusterIP";
        if (service === "ClusterIP") continue;
        assert.equal(service, "LoadBalancer", `${urn} opens a port of every node`);
        const annotations = at(inputs, "metadata.annotations");
        const [annotation, value] = facts.privateBalancer;
        const isPrivate = isProperties(annotations) && annotations[annotation] === value;
        const ports = list(at(inputs, "spec.ports")).map((port) => Number(at(port, "port")));
        assert.ok(isPrivate || ports.every((port) => port === 80 || port === 443), `${urn} is open on ${ports.join()}`);
        const ranges = at(inputs, "spec.loadBalancerSourceRanges");
        assert.ok(!isPrivate || (list(ranges).length > 0 && each(ranges, (range) => !isOpen(range))), urn);
      }
    });

    it("[PF-SEC-04] gives no address of the internet to a machine, and no way to it to a database", () => {
      for (const resource of stack.run.resources) {
        assert.ok(facts.noAddress[resource.type]?.(resource, stack) ?? true, `${resource.urn} has one`);
      }
      assert.deepEqual(facts.waysOut(stack), []);
    });

    it("[PF-CLOUD-01] stands in its own region, and in those that its configuration names for copies", () => {
      const copies = [
        ...("backupRegion" in config ? [config.backupRegion] : []),
        ...("keyValues" in config && "replicaRegions" in config.keyValues ? config.keyValues.replicaRegions : []),
      ];
      const providers = stack
        .ofType(`pulumi:providers:${facts.package}`)
        .map(({ inputs }) => text(inputs[facts.providerRegion]));
      assert.equal(providers.filter((region) => region === config.region).length, 1, providers.join(", "));
      for (const region of providers) assert.ok([config.region, ...copies].includes(region), region);
      const named = new Set<string>();
      for (const { urn, inputs } of stack.run.resources) {
        for (const { path, value } of texts(inputs)) {
          for (const [found] of value.matchAll(facts.region)) {
            const region = found.toLowerCase();
            named.add(region);
            assert.ok([config.region, ...copies].includes(region), `${urn}: ${path} names ${region}`);
          }
        }
      }
      assert.ok(named.has(config.region), "its region is named");
    });

    it("[PF-SEC-03] makes custom resources after what brings their kind, and objects after their namespace", () => {
      const brings = (group: string, kind: string) => [
        ...stack
          .ofType("kubernetes:helm.sh/v3:Release")
          .filter(({ inputs }) =>
            Object.values<ChartRow>(charts).some(
              ({ chart, customResourceGroups }) => chart === inputs["chart"] && customResourceGroups.includes(group),
            ),
          ),
        ...stack
          .ofType("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition")
          .filter(({ inputs }) => at(inputs, "spec.group") === group && at(inputs, "spec.names.kind") === kind),
      ];
      const made = new Map(
        stack
          .ofType("kubernetes:core/v1:Namespace")
          .map((namespace) => [text(at(namespace.inputs, "metadata.name")), namespace.name]),
      );
      for (const { urn, type, name: logical, inputs } of stack.run.resources) {
        if (!type.startsWith("kubernetes:")) continue;
        const [, api = "", kind = ""] = type.split(":");
        const [group = ""] = api.split("/");
        const isCustom = group.includes(".") && !group.endsWith(".k8s.io") && group !== "helm.sh";
        const bringers = isCustom ? brings(group, kind).map((bringer) => bringer.name) : [];
        assert.ok(!isCustom || bringers.length === 1, `${bringers.join(" and ") || "nothing"} brings ${urn}`);
        const where = at(inputs, "metadata.namespace") ?? inputs["namespace"];
        const namespace = typeof where === "string" ? made.get(where) : undefined;
        const needed = [...bringers, ...(namespace === undefined ? [] : [namespace])];
        const waits = stack.waitsFor(logical);
        for (const other of needed) assert.ok(waits.has(other), `${urn} does not wait for ${other}`);
      }
    });

    it("[PF-SEC-03] grants no right that is wider than what it is for", () => {
      assert.deepEqual(facts.tooWide(stack), []);
    });
  });
}
