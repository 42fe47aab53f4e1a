import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi/errors";
import { features, type Feature } from "../../components/contracts/capabilities";
import { blueprints } from "../../config/blueprints";
import { askedFeatures, capabilityChecks, groupFeatures, type AskingSettings } from "../../config/capability-checks";
import { settingsSchema, type SettingSchema } from "../../config/json-schema";
import { loadConfiguration } from "../../config/load";
import { committed, withSettings } from "./stack-files";

const asked = (settings: AskingSettings) => askedFeatures(settings).map(({ feature }) => feature);

const onDemand = { capacity: "on-demand", architecture: "amd64", accelerator: "none" } as const;

/** Asks for everything that one configuration can ask for, and for the rest in a second one. */
const everything: AskingSettings & Record<string, unknown> = {
  class: "production",
  network: { zones: ["a", "b", "c"] },
  gateway: "create",
  serviceEndpoints: ["ecr.api"],
  cluster: { access: "bastion" },
  nodePools: {
    spot: { ...onDemand, capacity: "spot" },
    arm: { ...onDemand, architecture: "arm64" },
    l4: { ...onDemand, accelerator: "nvidia-l4" },
    t4: { ...onDemand, accelerator: "nvidia-t4" },
  },
  images: ["gateway"],
  database: {
    availability: "by-class",
    replicaZone: "none",
    replicas: { reports: "a" },
    slots: { "shard-0": [], "shard-1": [] },
    logicalReplication: "on",
  },
  cache: { nodes: "by-class" },
  memcached: { mode: "create" },
  documents: { mode: "create" },
  keyValues: { mode: "create", replicaRegions: ["us-east-2"] },
  events: { mode: "create" },
  queue: { mode: "create", availability: "by-class" },
  objects: {},
  lake: { mode: "create" },
  functions: { mode: "create" },
  machineLearning: { mode: "create" },
  identityProvider: { mode: "create", mfa: "required" },
  alarms: "create",
  governance: { mode: "create", backups: { mode: "create" } },
};

const adopted = Object.fromEntries(
  ["network", "cluster", "dns", "keys", "images"].map((group) => [group, { mode: "adopt", zones: [] }]),
) as AskingSettings;

describe("features that a configuration asks for", () => {
  it("are all that there are: every feature can be asked for", () => {
    const all = new Set<Feature>([
      ...asked(everything),
      ...asked(adopted),
      ...(["network", "dns-endpoint", "internet"] as const).flatMap((access) => asked({ cluster: { access } })),
    ]);
    assert.deepEqual([...all].sort(), Object.keys(features).sort());
  });

  it("are named with the setting and its value", () => {
    assert.deepEqual(askedFeatures({ nodePools: { ml: { ...onDemand, accelerator: "nvidia-t4" } } }), [
      { feature: "kubernetes.nvidia-t4-pool", path: "platform:nodePools.ml.accelerator", value: "nvidia-t4" },
    ]);
    assert.deepEqual(askedFeatures({ keyValues: { mode: "create", replicaRegions: ["us-east-2"] } }).slice(-1), [
      { feature: "key-values.global", path: "platform:keyValues.replicaRegions", value: ["us-east-2"] },
    ]);
  });

  it("follow the class where the choice is left to it", () => {
    const settings = (stackClass: "development" | "production"): AskingSettings => ({
      class: stackClass,
      database: { availability: "by-class", replicaZone: "none" },
      cache: { nodes: "by-class" },
      queue: { mode: "create", availability: "by-class" },
    });
    const redundant = ["postgres.standby", "redis.standby", "queue.zones"];
    const found = (stackClass: "development" | "production") =>
      asked(settings(stackClass)).filter((feature) => redundant.includes(feature));
    assert.deepEqual(found("development"), []);
    assert.deepEqual(found("production"), redundant);
  });

  it("are none of a group that is skipped, whatever else it says", () => {
    assert.deepEqual(
      asked({
        keyValues: { mode: "skip", replicaRegions: ["us-east-2"] },
        queue: { mode: "skip", availability: "cluster" },
        identityProvider: { mode: "skip", mfa: "required" },
        ...({ gateway: "skip", images: [] } as object),
      }),
      [],
    );
  });
});

describe("checks of capabilities", () => {
  const messages = (cloud: "aws" | "gcp" | "azure", settings: AskingSettings) =>
    capabilityChecks(cloud, settings).map(({ path, message }) => `${path}: ${message}`);

  it("name the setting, the value, the reason and the remedy", () => {
    assert.deepEqual(messages("azure", { nodePools: { ml: { ...onDemand, accelerator: "nvidia-l4" } } }), [
      'platform:nodePools.ml.accelerator: is "nvidia-l4", which cannot be had on Azure: no machine size of Azure has an NVIDIA L4; take "nvidia-t4", which Azure has as NCasT4_v3',
    ]);
    assert.deepEqual(messages("gcp", { keyValues: { mode: "create", replicaRegions: ["us-east1"] } }), [
      'platform:keyValues.replicaRegions: is ["us-east1"], which cannot be had on Google Cloud: the location of a Firestore database is chosen once, and no region can be added to it; leave the list empty, and let each site fill tables of its own from the event stream',
    ]);
  });

  it("report everything that is refused at once", () => {
    const paths = (cloud: "aws" | "gcp" | "azure") => capabilityChecks(cloud, everything).map(({ path }) => path);
    assert.deepEqual(paths("aws"), []);
    assert.deepEqual(paths("gcp"), ["platform:memcached.mode", "platform:keyValues.replicaRegions"]);
    assert.deepEqual(paths("azure"), ["platform:memcached.mode", "platform:nodePools.l4.accelerator"]);
  });

  it("never pass over a mode that no row speaks of", () => {
    assert.deepEqual(
      messages("aws", { memcached: { mode: "adopt" }, mainframe: { mode: "create" } } as AskingSettings),
      [
        'platform:memcached.mode: is "adopt", of which the table of capabilities says nothing: give one of "create", "skip"',
        'platform:mainframe.mode: is "create", of which the table of capabilities says nothing: give one of "skip"',
      ],
    );
  });
});

/** Modes that the schema of a group and of the groups in it lets through. */
function modesOf(path: string, setting: SettingSchema): readonly { readonly path: string; readonly mode: unknown }[] {
  const own = setting.enum?.includes("skip") === true ? setting.enum : [];
  const { mode, ...others } = setting.properties ?? {};
  return [
    ...[...own, ...(mode?.enum ?? [])].map((one) => ({ path, mode: one })),
    ...Object.entries(others).flatMap(([name, inner]) =>
      inner.properties === undefined ? [] : modesOf(`${path}.${name}`, inner),
    ),
  ];
}

describe("configurations of the blueprints", () => {
  for (const [id, schema] of Object.entries(blueprints)) {
    it(`${id}: every mode of every group stands in the table`, () => {
      const modes = Object.entries(settingsSchema(schema).properties ?? {}).flatMap(([group, setting]) =>
        modesOf(group, setting),
      );
      const table: Readonly<Record<string, object>> = groupFeatures;
      assert.deepEqual(
        modes.filter(({ path, mode }) => mode !== "skip" && !(String(mode) in (table[path] ?? {}))),
        [],
      );
    });
  }

  it("portfolio-aws: every group is one that the table knows, or asks for nothing", () => {
    const silent = ["blueprint", "class", "protection", "region", "backupRegion", "accounts", "site", "platformLayer"];
    const read = ["nodePools", "serviceEndpoints"];
    const known = [...silent, ...read, ...Object.keys(groupFeatures)];
    assert.deepEqual(
      Object.keys(blueprints["portfolio-aws"].shape).filter((group) => !known.includes(group)),
      [],
    );
  });

  it("are refused when they ask for what AWS cannot do, with all else that is wrong", () => {
    const source = withSettings(committed("dev"), { cluster: { access: "dns-endpoint" }, region: "us-east-2" });
    assert.throws(
      () => loadConfiguration(withSettings(source, { backupRegion: "nowhere" })),
      (error) => {
        assert.ok(RunError.isInstance(error));
        assert.deepEqual(error.message.split("\n"), [
          "The configuration of stack dev (Pulumi.dev.yaml) has 2 problems:",
          '  platform:backupRegion: is "nowhere": give a region such as us-east-1',
          '  platform:cluster.access: is "dns-endpoint", which cannot be had on AWS: a public endpoint of EKS accepts connections from anybody in its ranges, and identities are checked only then; take "bastion" for a tunnel by Systems Manager, or "network" for a runner in the network',
        ]);
        return true;
      },
    );
  });
});
