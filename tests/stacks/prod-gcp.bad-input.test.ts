import assert from "node:assert/strict";
import { registerResourceTransform } from "@pulumi/pulumi/runtime";
import program from "../../index";
import { problems } from "../config/problems";
import { committed, withSettings } from "../config/stack-files";
import { runInProcess } from "../support/in-process";
import { attemptStack } from "./deployed";

const zones = ["a", "b", "c"];
const general = { cpus: 4, memoryGiB: 16, diskGiB: 100, nodes: { min: 3, max: 12 } };

describe("bad input of a site on Google Cloud: known before anything is registered", () => {
  const cases: readonly (readonly [what: string, settings: Record<string, unknown>, line: string])[] = [
    [
      "a project id that is none",
      { project: "Portfolio_1" },
      'platform:project: is "Portfolio_1": give the id of a project: 6 to 30 small letters, digits and hyphens, a letter first and no hyphen last',
    ],
    [
      "a region of another cloud",
      { region: "us-west-2" },
      'platform:region: is "us-west-2": give a region of Google Cloud such as us-central1',
    ],
    [
      "a group that is none",
      { memcache: { mode: "create" } },
      'platform:memcache: there is no such setting: did you mean "memcached"?',
    ],
    [
      "a setting that is none",
      { cluster: { name: "portfolio-prod-gke", acces: "network" } },
      'platform:cluster.acces: there is no such setting: did you mean "access"?',
    ],
    [
      "a setting of the site on AWS",
      { network: { cidr: "10.48.0.0/16", zones } },
      "platform:network.cidr: there is no such setting: take it out, or use one of zones, natAddresses, adopt",
    ],
    [
      "Memcached, which Google Cloud refuses",
      { memcached: { mode: "create" } },
      'platform:memcached.mode: is "create", which cannot be had on Google Cloud: Memorystore for Memcached ends on 2029-01-31, and new projects cannot have it from 2027-02-01 on; set it to "skip" and keep such values in Redis',
    ],
    [
      "copies of tables in other regions, which Google Cloud refuses",
      { keyValues: { mode: "create", replicaRegions: ["us-east1"] } },
      'platform:keyValues.replicaRegions: is ["us-east1"], which cannot be had on Google Cloud: the location of a Firestore database is chosen once, and no region can be added to it; leave the list empty, and let each site fill tables of its own from the event stream',
    ],
    [
      "an accelerator that is none",
      { nodePools: { general, accelerated: { ...general, accelerator: "nvidia-a100" } } },
      'platform:nodePools.accelerated.accelerator: is "nvidia-a100": give one of "none", "nvidia-l4", "nvidia-t4"',
    ],
    [
      "an accelerator that no machine of the architecture has",
      { nodePools: { general, accelerated: { ...general, architecture: "arm64", accelerator: "nvidia-l4" } } },
      'platform:nodePools.accelerated: nodePools.accelerated: Google Cloud rents no arm64 machine with nvidia-l4: set architecture to "amd64" or accelerator to "none"',
    ],
    [
      "a pool that begins above its end",
      { nodePools: { general: { ...general, nodes: { min: 13, max: 12 } } } },
      "platform:nodePools.general.nodes.min: min (13) is above max (12): lower min or raise max",
    ],
    [
      "a subscriber with a standby",
      { database: { availability: "standby", logicalReplication: "on", replicationRole: "subscriber" } },
      'platform:database.availability: is "standby" while replicationRole is "subscriber", which Cloud SQL rules out: set availability to "by-class" or "single-zone", or replicationRole to "publisher"',
    ],
    [
      "a machine for databases that is none",
      { database: { tier: "db-custom-3-8192" } },
      "platform:database.tier: db-custom-3-8192 has 3 processors: give 1 or an even number up to 96",
    ],
    [
      "a replica in a zone that the network has not",
      { database: { replicas: { reader: "f" } } },
      'platform:database.replicas.reader: is "f", which is not in network.zones (a, b, c): add it there or choose one of them',
    ],
    [
      "more replicas of Redis than it may have",
      { cache: { memoryGiB: 5, nodes: 3, readReplicas: "off" } },
      "platform:cache.nodes: is 3 while readReplicas is off, which allows one replica: give 2, or set readReplicas to on",
    ],
    [
      "read replicas of a Redis that is too small",
      { cache: { memoryGiB: 1, nodes: 3, readReplicas: "on" } },
      "platform:cache.memoryGiB: is 1 while readReplicas is on: give 5 or more, or set readReplicas to off",
    ],
    [
      "an API on the internet for nobody",
      { cluster: { access: "internet" } },
      "platform:cluster.publicCidrs: is empty while access is internet: name the ranges of your offices and runners, or choose another access",
    ],
    [
      "a bastion for nobody",
      { cluster: { access: "bastion" } },
      "platform:cluster.operators: is empty while access is bastion, so nobody opens a tunnel: name a group, or choose another access",
    ],
    [
      "functions without the event stream",
      { events: { mode: "skip" } },
      "platform:functions.mode: is create while events.mode is skip, and functions run on the event stream: set events.mode to create, or functions.mode to skip",
    ],
    [
      "training without the lake",
      { lake: { mode: "skip" }, functions: { mode: "skip" } },
      "platform:machineLearning.mode: is create while lake.mode is skip, and training reads its data there: set lake.mode to create, or machineLearning.mode to skip",
    ],
  ];
  for (const [what, settings, line] of cases) {
    it(what, () => {
      assert.deepEqual(problems("prod-gcp", settings), [line]);
    });
  }

  it("copies in the site's own region, each with what one outage would take", () => {
    const what = (lost: string, remedy: string) =>
      `platform:backupRegion: is us-central1, the stack's own region, so that one outage takes ${lost}: name another region${remedy}`;
    assert.deepEqual(problems("prod-gcp", { backupRegion: "us-central1" }), [
      what("the database and its backups", ", or set database.backupCopy to false"),
      what("both vaults of recovery points", ", or set governance.backups.mode to skip"),
      what("the credentials and the copy that class production keeps of them", ""),
    ]);
  });

  it("every part may be there without the others", () => {
    const skip = { mode: "skip" };
    const none = { functions: skip, machineLearning: skip, lake: skip, events: skip, queue: skip, documents: skip };
    assert.deepEqual(problems("prod-gcp", { ...none, keyValues: skip, governance: skip, cluster: skip }), []);
  });
});

describe("bad input of a site on Google Cloud: refused as the cloud would", function () {
  this.timeout(60_000);

  /** What is refused, by the logical name of the resource; what is looked up has none. */
  async function refused(settings: Record<string, unknown>): Promise<readonly string[]> {
    const { run } = await attemptStack("prod-gcp", { siteContract: "skip", ...settings });
    return run.errors.map((error) => error.replace(/^urn:\S*::([^:]+): /, "$1: "));
  }

  const cases: readonly (readonly [what: string, settings: Record<string, unknown>, refusals: readonly RegExp[]])[] = [
    ["a region that is none", { region: "us-west8" }, [/^gcp: region: there is no Google Cloud region "us-west8"$/]],
    [
      "a zone that the region has not",
      { network: { zones: ["a", "b", "e"] }, database: { replicas: {} } },
      [
        /^cluster-control-plane-gke: nodeLocations\[2\]: zone "us-central1-e" is not in us-central1, which has us-central1-a, us-central1-b, us-central1-c, us-central1-f$/,
      ],
    ],
    [
      "an accelerator that a zone has not",
      { network: { zones: ["a", "b", "f"] }, database: { replicas: {} } },
      [/^cluster-accelerated-pool: .*Error 400: Accelerator type "nvidia-l4" does not exist in zone us-central1-f/],
    ],
    [
      "a version of Kubernetes that is over",
      { cluster: { name: "portfolio-prod-gke", version: "1.20", access: "dns-endpoint" } },
      [
        /^cluster-control-plane-gke: .*Error 400: No valid versions with the prefix "1\.20" found/,
        /^chart "cert-manager" v[\d.]+ supports Kubernetes 1\.22 or later, the cluster runs 1\.20: change the cluster's version/,
      ],
    ],
    [
      "an adopted cluster that nobody has made",
      { cluster: { mode: "adopt", name: "theirs", access: "dns-endpoint" } },
      [/projects\/portfolio-prod-gcp\/locations\/us-central1\/clusters\/theirs/],
    ],
    [
      "an adopted key that nobody has made",
      { keys: { images: "projects/keys-of-others/locations/us-central1/keyRings/ours/cryptoKeys/images" } },
      [
        /^keys-images-artifactregistry: .*Error 404: CryptoKey projects\/keys-of-others\/.*\/cryptoKeys\/images not found/,
      ],
    ],
  ];
  for (const [what, settings, refusals] of cases) {
    it(what, async () => {
      const found = await refused(settings);
      assert.equal(found.length, refusals.length, found.join("\n"));
      for (const refusal of refusals) {
        assert.ok(
          found.some((error) => refusal.test(error)),
          `${String(refusal)} is not in:\n${found.join("\n")}`,
        );
      }
    });
  }

  it("an API that is off, by what it would have made, with the page that switches it on", async () => {
    const off = ["identitytoolkit.googleapis.com", "biglake.googleapis.com"];
    const { values } = withSettings(committed("prod-gcp"), { siteContract: "skip" });
    const run = await runInProcess(
      () => {
        registerResourceTransform(({ type, props, opts }) =>
          type === "gcp:projects/service:Service" && off.includes(String(props["service"]))
            ? { props: { ...props, service: "storage.googleapis.com" }, opts }
            : undefined,
        );
        return program();
      },
      { stack: "prod-gcp", config: values },
    );
    const errors = run.errors.join("\n");
    for (const [name, api] of [
      ["identity-provider-config", "identitytoolkit"],
      ["lake-catalog", "biglake"],
    ] as const) {
      assert.match(
        errors,
        new RegExp(
          `::${name}: .*API has not been used in project \\d+ before or it is disabled\\. Enable it by visiting \\S*${api}`,
        ),
      );
    }
  });
});
