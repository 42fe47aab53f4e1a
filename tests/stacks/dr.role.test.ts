import assert from "node:assert/strict";
import { registerResourceTransform } from "@pulumi/pulumi/runtime";
import { throughputBounds } from "../../components/azure/key-values.plan";
import { documentTiers } from "../../components/azure/documents.plan";
import { changes } from "../../offline/cloud/diff";
import { valuesAt, type Value } from "../../offline/cloud/value";
import { changeTo } from "../components/azure/role";
import { problems } from "../config/problems";
import { committed } from "../config/stack-files";
import type { Registration } from "../support/in-process";
import { at, deployed, Deployed, deployStack } from "./deployed";

/** Every property that the role decides: the resource, the path, what it is in standby and while active. */
const BY_ROLE: readonly (readonly [name: string, path: string, standby: Value, active: Value])[] = [
  ["cluster-accelerated-nodes", "maxCount", 1, 4],
  // What a pool begins with: later the autoscaler's, and ignored.
  ["cluster-general-nodes", "count", 3, 6],
  ["cluster-general-nodes", "maxCount", 6, 18],
  ["cluster-general-nodes", "minCount", 3, 6],
  ["cluster-spot-nodes", "maxCount", 3, 20],
  ["databases-shard-0-replica-reader", "sku.name", "Standard_D2ds_v5", "Standard_D4ds_v5"],
  ["databases-shard-0-source", "highAvailability.mode", "Disabled", "ZoneRedundant"],
  ["databases-shard-0-source", "sku.name", "Standard_D2ds_v5", "Standard_D4ds_v5"],
  ["documents-cluster", "properties.compute.tier", "M30", "M40"],
  ["documents-cluster", "properties.highAvailability.targetMode", "Disabled", "ZoneRedundantPreferred"],
  ["events-brokers", 'spec.jvmOptions["-Xms"]', "2048m", "4096m"],
  ["events-brokers", 'spec.jvmOptions["-Xmx"]', "2048m", "4096m"],
  ["events-brokers", "spec.resources.limits.cpu", "1", "2"],
  ["events-brokers", "spec.resources.limits.memory", "4Gi", "8Gi"],
  ["events-brokers", "spec.resources.requests.cpu", "1", "2"],
  ["events-brokers", "spec.resources.requests.memory", "4Gi", "8Gi"],
  ["functions-archive-events-plan", "zoneRedundant", false, true],
  ["iceberg-catalog-server", "spec.replicas", 1, 2],
  ["key-values-database", "options.autoscaleSettings.maxThroughput", 1000, 10_000],
  ["queue-rabbitmq", "spec.resources.limits.cpu", "1", "2"],
  ["queue-rabbitmq", "spec.resources.limits.memory", "2Gi", "4Gi"],
  ["queue-rabbitmq", "spec.resources.requests.cpu", "1", "2"],
  ["queue-rabbitmq", "spec.resources.requests.memory", "2Gi", "4Gi"],
  ["redis-cluster", "sku.name", "Balanced_B3", "Balanced_B10"],
];
const UPDATED = [...new Set(BY_ROLE.map(([name]) => name))];

/** What a program gives a resource besides its inputs. */
function options({ inputs: _inputs, outputs: _outputs, id: _id, ...rest }: Registration): object {
  return rest;
}

/** Carries one role over into the other in the cloud of the first: what is updated, sorted, and whatever else would happen. */
function switched(from: Deployed, to: Deployed) {
  const { updated, others } = changeTo(from, to);
  return { updated: [...updated].sort(), others };
}

describe("dr: switching the role", function () {
  this.timeout(60_000);
  let standby: Deployed;
  let active: Deployed;
  before(async () => {
    standby = await deployed("dr");
    active = await deployStack("dr", { role: "active" });
  });

  it("[PF-DR-03] is in standby as committed, and says its role", () => {
    assert.equal(standby.run.outputs["role"], "standby");
    assert.equal(active.run.outputs["role"], "active");
  });

  it("[PF-DR-03] has the same resources in both roles, with the same protection, order and owners", () => {
    const all = ({ run }: Deployed) => new Map(run.resources.map((resource) => [resource.urn, options(resource)]));
    assert.deepEqual([...all(active).keys()].sort(), [...all(standby).keys()].sort());
    const others = all(active);
    for (const [urn, given] of all(standby)) assert.deepEqual(others.get(urn), given, urn);
  });

  it("[PF-DR-03] changes exactly these properties", () => {
    const after = new Map(active.run.resources.map((resource) => [resource.urn, resource]));
    const found = standby.run.resources.flatMap(({ urn, name, inputs }) => {
      const now = after.get(urn)?.inputs ?? {};
      return changes(inputs, now).map(({ path }) => {
        const [before, then] = [inputs, now].map((of) => valuesAt(of, path)[0]?.value);
        return [name, path, before, then] as const;
      });
    });
    assert.deepEqual(
      found.sort(([a, x], [b, y]) => (`${a} ${x}` < `${b} ${y}` ? -1 : 1)),
      BY_ROLE,
    );
  });

  it("[PF-DR-03] [PF-SCALE-01] becomes active by updates in place alone, and goes back by the same ones", () => {
    assert.deepEqual(switched(standby, active), { updated: UPDATED, others: [] });
    const promoted = new Deployed({ ...active.run, cloud: standby.run.cloud });
    assert.deepEqual(switched(promoted, standby), { updated: UPDATED, others: [] });
  });

  it("[PF-DR-03] can begin as the active site, and step down by updates in place alone", () => {
    assert.deepEqual(switched(active, standby), { updated: UPDATED, others: [] });
  });

  it("[PF-DR-03] is told of a change that replaces what keeps data, by URN and property", async () => {
    const planted = await deployStack("dr", { role: "active" }, () => {
      registerResourceTransform(({ name, props, opts }) => {
        const changed = PLANTED[name]?.(props);
        return changed === undefined ? undefined : { props: changed, opts: opts };
      });
    });
    const { others } = changeTo(new Deployed(standby.run), planted);
    const urn = (name: string) => standby.named(name).urn;
    assert.deepEqual(
      others.map((line) => line.replace(/(is refused: Code="\w+").*$/s, "$1")).sort(),
      [
        `${urn("databases-shard-0-source")} is replaced by administratorLogin`,
        `${urn("platform-storage-classes-fast")} is replaced by parameters.skuName`,
        `${urn("redis-cluster")} is refused: Code="PropertyChangeNotAllowed"`,
      ].sort(),
    );
  });

  it("[PF-DR-03] costs little in standby: everything that has a size is at its smallest", () => {
    const zones = 3;
    const smallest: readonly (readonly [name: string, path: string, value: Value])[] = [
      // One in each zone, for the stores that run on the cluster; the other pools have no node until a pod asks for one.
      ["cluster-general-nodes", "minCount", zones],
      ["cluster-spot-nodes", "minCount", 0],
      ["cluster-accelerated-nodes", "minCount", 0],
      ["machine-learning-machines", "properties.properties.scaleSettings.minNodeCount", 0],
      ["documents-cluster", "properties.compute.tier", documentTiers[0]],
      ["documents-cluster", "properties.highAvailability.targetMode", "Disabled"],
      ["key-values-database", "options.autoscaleSettings.maxThroughput", throughputBounds.least],
      // The smallest machine that is not burstable.
      ["databases-shard-0-source", "sku.name", "Standard_D2ds_v5"],
      ["databases-shard-0-source", "highAvailability.mode", "Disabled"],
      ["databases-shard-0-replica-reader", "sku.name", "Standard_D2ds_v5"],
      ["functions-archive-events-plan", "zoneRedundant", false],
      ["functions-archive-events-app", "functionAppConfig.scaleAndConcurrency.alwaysReady", []],
      ["events-brokers", "spec.resources.requests.cpu", "1"],
      ["queue-rabbitmq", "spec.resources.requests.cpu", "1"],
    ];
    for (const [name, path, value] of smallest) {
      assert.deepEqual(at(standby.named(name).inputs, path), value, `${name}: ${path}`);
    }
    // No setting for standby asks for more than the active role has.
    const amount = (value: Value) => (typeof value === "string" ? Number(/\d+/.exec(value)?.[0]) : Number(value));
    for (const [name, path, before, then] of BY_ROLE) {
      if (Number.isNaN(amount(before)) && Number.isNaN(amount(then))) continue;
      assert.ok(amount(before) < amount(then), `${name}: ${path}`);
    }
  });

  it("[PF-DR-01] keeps all that it keeps in standby too: backups, recovery points, versions, followers", () => {
    for (const stack of [standby, active]) {
      assert.equal(stack.input("databases-shard-0-source", "backup.backupRetentionDays"), 7);
      assert.equal(stack.ofType("azure-native:dataprotection:BackupInstance").length, 2);
      assert.equal(stack.input("key-values-account", "backupPolicy.type"), "Continuous");
      assert.equal(stack.input("databases-shard-0-source-wal-level", "value"), "logical");
      assert.equal(stack.input("events-brokers", "spec.replicas"), 3);
      assert.equal(stack.input("queue-rabbitmq", "spec.replicas"), 3);
    }
  });
});

/** Settings that Azure or Kubernetes change by replacement or not at all, by the resource whose role is made to decide them. */
const PLANTED: Readonly<Record<string, (props: Record<string, unknown>) => Record<string, unknown>>> = {
  "databases-shard-0-source": (props) => ({ ...props, administratorLogin: "owner" }),
  "redis-cluster": (props) => ({ ...props, highAvailability: "Disabled" }),
  "platform-storage-classes-fast": (props) => ({
    ...props,
    parameters: { ...(props["parameters"] as object), skuName: "UltraSSD_LRS" },
  }),
};

describe("bad input of the role: known before anything is registered", () => {
  const setting = (group: string) => JSON.parse(committed("dr").values[`platform:${group}`] ?? "{}") as object;
  const cases: readonly (readonly [what: string, settings: Record<string, unknown>, line: string])[] = [
    ["a role that is none", { role: "primary" }, 'platform:role: is "primary": give one of "standby", "active"'],
    [
      "a switch of Redis that Azure has no update for",
      { cache: { ...setting("cache"), standby: { size: "Balanced_B3", nodes: 1 } } },
      "platform:cache.standby.nodes: there is no such setting: take it out, or use one of size",
    ],
    [
      "a switch of storage, which never shrinks",
      { database: { ...setting("database"), standby: { storageGiB: 32 } } },
      "platform:database.standby.storageGiB: there is no such setting: take it out, or use one of compute, availability",
    ],
    [
      "a machine for databases that no server leaves in one update",
      { database: { ...setting("database"), standby: { compute: "Standard_B2s" } } },
      'platform:database.standby.compute: is "Standard_B2s": give a machine of series D or E such as Standard_D2ds_v5',
    ],
    [
      "a switch of the documents' storage",
      { documents: { ...setting("documents"), standby: { storageGiB: 32 } } },
      "platform:documents.standby.storageGiB: there is no such setting: take it out, or use one of tier, availability",
    ],
    [
      "throughput below a tenth, to which Cosmos DB does not go back",
      { keyValues: { mode: "create", maxThroughput: 20_000, standby: { maxThroughput: 1000 } } },
      "platform:keyValues.standby.maxThroughput: standby.maxThroughput (1000) is below a tenth of maxThroughput (20000), to which Cosmos DB goes back at most: raise it to 2000 or more, or lower maxThroughput",
    ],
    [
      "a switch of the brokers' disks, which belong to their pods for life",
      { events: { ...setting("events"), standby: { cpus: 1, memoryGiB: 4, storageGiB: 100 } } },
      "platform:events.standby.storageGiB: there is no such setting: take it out, or use one of cpus, memoryGiB",
    ],
    [
      "a switch of the queue's nodes",
      { queue: { ...setting("queue"), standby: { cpus: 1, memoryGiB: 2, availability: "single-instance" } } },
      "platform:queue.standby.availability: there is no such setting: take it out, or use one of cpus, memoryGiB",
    ],
    [
      "a switch of the functions' memory",
      { functions: { ...setting("functions"), standby: { memoryMiB: 512 } } },
      "platform:functions.standby.memoryMiB: there is no such setting: take it out, or use one of concurrency, alwaysReady, availability",
    ],
    [
      "bounds for a pool that is none",
      { standbyNodes: { generl: { min: 3, max: 6 } } },
      "platform:standbyNodes.generl: is no pool of nodePools (general, spot, accelerated): correct the name, or take it out",
    ],
    [
      "bounds that begin above their end",
      { standbyNodes: { general: { min: 7, max: 6 } } },
      "platform:standbyNodes.general.min: min (7) is above max (6): lower min or raise max",
    ],
  ];
  for (const [what, settings, line] of cases) {
    it(what, () => {
      assert.deepEqual(problems("dr", settings), [line]);
    });
  }
});
