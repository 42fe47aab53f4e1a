import assert from "node:assert/strict";
import program from "../../index";
import { Cloud } from "../../offline/cloud/cloud";
import { ControlPlane } from "../../offline/cloud/control-plane";
import { packages } from "../../offline/packages";
import { problems } from "../config/problems";
import { committed, withSettings } from "../config/stack-files";
import { runInProcess, type Run } from "../support/in-process";
import { attemptStack } from "./deployed";

const skip = { mode: "skip" };
const zones = ["a", "b", "c"];
const general = { cpus: 4, memoryGiB: 16, diskGiB: 100, nodes: { min: 3, max: 12 } };
const admins = { platform: { principalId: "00000000-0000-4000-8000-00000000000a", type: "Group" } };
const cluster = (settings: object) => ({ cluster: { name: "portfolio-dr-aks", admins, ...settings } });
const pool = (settings: object) => ({ nodePools: { general, other: { ...general, ...settings } }, standbyNodes: {} });
/** A site of nothing but what every site has. */
const bare = {
  ...Object.fromEntries(
    ["functions", "machineLearning", "lake", "events", "queue", "documents", "keyValues", "governance"].map((group) => [
      group,
      skip,
    ]),
  ),
  cluster: skip,
  images: skip,
  identityProvider: skip,
  gateway: "skip",
  alarms: "skip",
  siteContract: "skip",
};

describe("bad input of a site on Azure: known before anything is registered", () => {
  const cases: readonly (readonly [what: string, settings: Record<string, unknown>, line: string])[] = [
    [
      "a subscription that is none",
      { subscription: "my-subscription" },
      'platform:subscription: is "my-subscription": give a GUID in small letters: xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
    ],
    [
      "a region of another cloud",
      { region: "us-east-1" },
      'platform:region: is "us-east-1": give a region of Azure such as eastus',
    ],
    [
      "a group that is none",
      { memcache: { mode: "create" } },
      'platform:memcache: there is no such setting: did you mean "memcached"?',
    ],
    [
      "a setting that is none",
      cluster({ acces: "network" }),
      'platform:cluster.acces: there is no such setting: did you mean "access"?',
    ],
    [
      "a setting of the site on AWS",
      { network: { cidr: "10.64.0.0/16", zones } },
      "platform:network.cidr: there is no such setting: take it out, or use one of zones, adopt",
    ],
    [
      "Memcached, which Azure refuses",
      { memcached: { mode: "create" } },
      'platform:memcached.mode: is "create", which cannot be had on Azure: Azure has no managed Memcached; set it to "skip" and keep such values in Redis',
    ],
    [
      "an accelerator that Azure refuses",
      pool({ accelerator: "nvidia-l4" }),
      'platform:nodePools.other.accelerator: is "nvidia-l4", which cannot be had on Azure: no machine size of Azure has an NVIDIA L4; take "nvidia-t4", which Azure has as NCasT4_v3',
    ],
    [
      "a way to the API that Azure refuses",
      cluster({ access: "dns-endpoint" }),
      'platform:cluster.access: is "dns-endpoint", which cannot be had on Azure: the public name of a private cluster of AKS leads to an address inside the network alone; take "bastion" for a tunnel by Azure Bastion, or "network" for a runner in the network',
    ],
    [
      "an accelerator that is none",
      pool({ accelerator: "nvidia-a100" }),
      'platform:nodePools.other.accelerator: is "nvidia-a100": give one of "none", "nvidia-l4", "nvidia-t4"',
    ],
    [
      "an accelerator that no machine of the architecture has",
      pool({ architecture: "arm64", accelerator: "nvidia-t4" }),
      'platform:nodePools.other: nodePools.other: Azure rents no arm64 machine with nvidia-t4: set architecture to "amd64" or accelerator to "none"',
    ],
    [
      "a cluster in which nobody may work",
      cluster({ admins: {} }),
      "platform:cluster.admins: is empty while mode is create, and local accounts are off, so nobody could work in the cluster, whoever deploys included: name their group",
    ],
    [
      "a group by its name",
      cluster({ admins: { platform: { principalId: "platform-engineers", type: "Group" } } }),
      'platform:cluster.admins.platform.principalId: is "platform-engineers": give a GUID in small letters: xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
    ],
    [
      "an API on the internet for nobody",
      cluster({ access: "internet" }),
      "platform:cluster.publicCidrs: is empty while access is internet: name the ranges of your offices and runners, or choose another access",
    ],
    [
      "one zone",
      { network: { zones: ["a"] }, database: { replicas: {} } },
      'platform:network.zones: is ["a"]: give at least two zones: databases and the cluster need two',
    ],
    [
      "a replica in a zone that the network has not",
      { database: { replicas: { reader: "d" } } },
      'platform:database.replicas.reader: is "d", which is not in network.zones (a, b, c): add it there or choose one of them',
    ],
    [
      "more replicas than a server can have",
      { database: { replicas: Object.fromEntries(["u", "v", "w", "x", "y", "z"].map((key) => [key, "a"])) } },
      "platform:database.replicas: replicas and replicaZone ask for 6 read replicas: give at most 5, the most that a server can have",
    ],
    [
      "a master user that Azure keeps to itself",
      { database: { masterUser: "admin" } },
      'platform:database.masterUser: is "admin": give lower-case letters, digits and _, a letter first, and no name that Azure keeps to itself, such as admin',
    ],
    [
      "a size of storage that no disk has",
      { database: { storageGiB: 100 } },
      "platform:database.storageGiB: is 100: give one of 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32767",
    ],
    [
      "a copy of tables in the site's own region",
      { keyValues: { mode: "create", replicaRegions: ["eastus"] } },
      "platform:keyValues.replicaRegions[0]: is eastus, the stack's own region, which has the tables already: take it out or name another",
    ],
    [
      "a key for two purposes",
      {
        keys: Object.fromEntries(
          ["data", "logs"].map((purpose) => [purpose, { resourceGroup: "keys", vault: "keys-of-others", key: "site" }]),
        ),
      },
      "platform:keys: names a key twice, so that a right to one opens both: name a key for each purpose",
    ],
    [
      "a way to make vaults that is none",
      { vaults: { createMode: "purge" } },
      'platform:vaults.createMode: is "purge": give one of "default", "recover"',
    ],
    [
      "objects that Azure does not keep so long",
      { objects: { keepVersionsDays: 400 } },
      "platform:objects.keepVersionsDays: keepVersionsDays (400) is more than the 365 days that Azure keeps deleted objects: lower it",
    ],
    [
      "functions without the event stream",
      { events: skip },
      "platform:functions.mode: is create while events.mode is skip, and functions run on the event stream: set events.mode to create, or functions.mode to skip",
    ],
    [
      "training without the lake",
      { lake: skip, functions: skip },
      "platform:machineLearning.mode: is create while lake.mode is skip, and training reads its data there: set lake.mode to create, or machineLearning.mode to skip",
    ],
  ];
  for (const [what, settings, line] of cases) {
    it(what, () => {
      assert.deepEqual(problems("dr", settings), [line]);
    });
  }

  it("every part may be there without the others", () => {
    assert.deepEqual(problems("dr", bare), []);
  });
});

describe("bad input of a site on Azure: refused as the cloud would", function () {
  this.timeout(60_000);

  const withoutUrn = (error: string) => error.replace(/^urn:\S*::([^:]+): /, "$1: ");

  const cases: readonly (readonly [what: string, settings: Record<string, unknown>, refusals: readonly RegExp[]])[] = [
    [
      "a region that is none",
      { region: "eastus9" },
      [/^azure-native: location: there is no Azure region "eastus9": take one such as eastus$/],
    ],
    [
      "a region without zones",
      { ...bare, region: "westus" },
      [
        /^network-nat-1: zones: AvailabilityZoneNotSupported: region westus has no zone "1": it has no availability zones$/,
        /^network-nat-2: zones: AvailabilityZoneNotSupported: region westus has no zone "1"/,
        /^flow-logs-storage: Code="InvalidAccountSku" Message="The SKU Standard_ZRS is not available in westus/,
        /^objects-account: Code="InvalidAccountSku" Message="The SKU Standard_GZRS is not available in westus/,
      ],
    ],
    [
      "a region without the machines",
      { region: "norwayeast" },
      [
        /^cluster-accelerated-nodes: Code="BadRequest" Message="The VM size of Standard_NC4as_T4_v3 is not allowed in your subscription in location 'norwayeast'\."/,
      ],
    ],
    [
      "more machines than the subscription may have",
      pool({ cpus: 64, memoryGiB: 256, nodes: { min: 90, max: 100 } }),
      [
        /^cluster-other-nodes: Code="ErrCode_InsufficientVCPUQuota" Message="Insufficient vcpu quota requested 5760, remaining \d+ for family standardDSv5Family for region eastus\."/,
      ],
    ],
    [
      "a version of Kubernetes that is over",
      cluster({ version: "1.20" }),
      [
        /^cluster-aks: Code="K8sVersionNotSupported" Message="Managed cluster portfolio-dr-aks is on version 1\.20, .*1\.35, 1\.36, 1\.37\."/,
        /^chart "cert-manager" v[\d.]+ supports Kubernetes 1\.22 or later, the cluster runs 1\.20: change the cluster's version/,
      ],
    ],
    [
      "an adopted cluster that nobody has made",
      { cluster: { mode: "adopt", name: "theirs" } },
      [/Status=404 Code="ResourceNotFound" .*managedClusters\/theirs/],
    ],
    [
      "an adopted key that nobody has made",
      { ...bare, keys: { data: { resourceGroup: "keys-of-others", vault: "their-vault", key: "data" } } },
      [/Status=404 Code="ResourceNotFound" .*their-vault\/keys\/data/],
    ],
  ];
  for (const [what, settings, refusals] of cases) {
    it(what, async () => {
      const { run } = await attemptStack("dr", { siteContract: "skip", ...settings });
      const found = run.errors.map(withoutUrn);
      for (const refusal of refusals) {
        assert.ok(
          found.some((error) => refusal.test(error)),
          `${String(refusal)} is not in:\n${found.join("\n")}`,
        );
      }
      // Rights to what is not there are refused too, and nothing else is.
      const others = found.filter((error) => !refusals.some((refusal) => refusal.test(error)));
      assert.ok(
        others.every((error) => /-right: Code="ResourceNotFound"/.test(error)),
        others.join("\n"),
      );
    });
  }

  /** Takes everything of Azure away that a deployment made: locks first, as taking down a stack's protection does. */
  function destroy({ resources, cloud }: Run): void {
    const azure = packages(process.cwd()).find(({ name }) => name === "azure-native");
    assert.ok(azure);
    const session = azure.configure({ location: "eastus" }, cloud.view({ account: "", region: "" }));
    const plane = new ControlPlane(cloud, azure);
    const isLock = ({ type }: { readonly type: string }) => type.endsWith(":ManagementLockByScope");
    const made = resources.filter(({ type, custom }) => custom && type.startsWith("azure-native:")).reverse();
    for (const { urn, type, inputs, id = "", deletedWith } of [
      ...made.filter(isLock),
      ...made.filter((resource) => !isLock(resource)),
    ]) {
      if (deletedWith === undefined) plane.delete({ urn, type, inputs, session, id });
    }
  }

  it("the name of a vault that was deleted, with the setting that brings it back", async () => {
    const cloud = Cloud.open();
    const up = (settings: Record<string, unknown>) =>
      runInProcess(program, {
        stack: "dr",
        config: withSettings(committed("dr"), { ...bare, ...settings }).values,
        cloud,
      });
    const first = await up({});
    assert.deepEqual(first.errors, []);
    destroy(first);

    const again = await up({});
    assert.deepEqual(
      again.errors.map(withoutUrn).map((error) => error.slice(0, error.indexOf(" Message="))),
      ["keys-vault-vault", "secrets-vault-vault"].map((vault) => `${vault}: Code="ConflictError"`),
    );
    for (const error of again.errors) {
      assert.match(
        error,
        /already exists in deleted state\. .*purge protection, so the name is taken for 30 days: take another name, or bring it back with createMode "recover", the setting vaults\.createMode of a site/,
      );
    }
    destroy(again);

    assert.deepEqual((await up({ vaults: { createMode: "recover" } })).errors, []);
  });
});
