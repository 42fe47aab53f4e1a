import assert from "node:assert/strict";
import { problems } from "../config/problems";
import { attemptStack } from "./deployed";

describe("bad input of a site: known before anything is registered", () => {
  const zones = ["a", "b", "c"];
  const cases: readonly (readonly [what: string, stack: string, settings: Record<string, unknown>, line: string])[] = [
    [
      "ranges of another site",
      "prod",
      { network: { cidr: "10.48.0.0/16", zones } },
      "platform:network.cidr: is 10.48.0.0/16, which overlaps the ranges of site prod-gcp (10.48.0.0/12): give a range of site prod, as 10.32.0.0/16 in the address plan, or set site to prod-gcp",
    ],
    [
      "the site dev with ranges of prod",
      "dev",
      { site: "dev", network: { cidr: "10.32.0.0/16" } },
      "platform:network.cidr: is 10.32.0.0/16, which overlaps the ranges of site prod (10.32.0.0/12): give a range of site dev, as 10.16.0.0/16 in the address plan, or set site to prod",
    ],
    [
      "ranges of nobody",
      "prod",
      { network: { cidr: "10.0.0.0/16", zones } },
      "platform:network.cidr: is 10.0.0.0/16, which is outside 10.32.0.0/12, the block of site prod: give a range of site prod, as 10.32.0.0/16 in the address plan",
    ],
    [
      "the network in the range of Services",
      "prod",
      { network: { cidr: "10.33.0.0/16", zones } },
      "platform:network.cidr: is 10.33.0.0/16, which overlaps 10.33.0.0/16, the range of site prod for services: give another one, as 10.32.0.0/16 in the address plan",
    ],
    [
      "an account that is none",
      "prod",
      { accounts: ["1111"] },
      'platform:accounts[0]: is "1111": give the twelve digits of an account, in quotes',
    ],
    [
      "functions without the event stream",
      "prod",
      { events: { mode: "skip" } },
      "platform:functions.mode: is create while events.mode is skip, and functions run on the event stream: set events.mode to create, or functions.mode to skip",
    ],
    [
      "functions without the lake",
      "prod",
      { lake: { mode: "skip" }, machineLearning: { mode: "skip" } },
      "platform:functions.mode: is create while lake.mode is skip, and functions write the events to the lake: set lake.mode to create, or functions.mode to skip",
    ],
    [
      "training without the lake",
      "prod",
      { lake: { mode: "skip" }, functions: { mode: "skip" } },
      "platform:machineLearning.mode: is create while lake.mode is skip, and training reads its data there: set lake.mode to create, or machineLearning.mode to skip",
    ],
    [
      "functions on a topic that is none",
      "prod",
      { functions: { mode: "create", topic: "event" } },
      'platform:functions.topic: is "event", which is not in events.topics (events): add it there or choose one of them',
    ],
    [
      "a replica in a zone that the network has not",
      "prod",
      { database: { replicas: { reader: "d" } } },
      'platform:database.replicas.reader: is "d", which is not in network.zones (a, b, c): add it there or choose one of them',
    ],
    [
      "a copy of tables in the site's own region",
      "prod",
      { keyValues: { mode: "create", replicaRegions: ["us-east-2", "us-west-2"] } },
      "platform:keyValues.replicaRegions[1]: is us-west-2, the stack's own region, which has the tables already: take it out or name another",
    ],
    [
      "an API on the internet that has no address there",
      "prod",
      { cluster: { access: "internet", endpoint: { private: true, public: false } } },
      "platform:cluster.access: is internet while endpoint.public is false, so nobody on the internet reaches the API: set access to network or bastion, or endpoint.public to true",
    ],
    [
      "a feature that the cloud refuses",
      "prod",
      { cluster: { access: "dns-endpoint", endpoint: { private: true, public: false } } },
      'platform:cluster.access: is "dns-endpoint", which cannot be had on AWS',
    ],
  ];
  for (const [what, stack, settings, line] of cases) {
    it(what, () => {
      const [found = "", ...more] = problems(stack, settings);
      assert.equal(found.slice(0, line.length), line);
      assert.deepEqual(more, []);
    });
  }

  it("copies in the site's own region, each with what one outage would take", () => {
    const what = (lost: string, remedy: string) =>
      `platform:backupRegion: is us-west-2, the stack's own region, so that one outage takes ${lost}: name another region${remedy}`;
    const database = { replicas: {}, backupCopy: true };
    assert.deepEqual(problems("prod", { backupRegion: "us-west-2", database }), [
      what("the database and its backups", ", or set database.backupCopy to false"),
      what("both vaults of recovery points", ", or set governance.backups.mode to skip"),
      what("the credentials and the copy that class production keeps of them", ""),
    ]);
    assert.deepEqual(problems("dev", { backupRegion: "us-west-2" }), []);
  });

  it("an adopted network lies in nobody else's ranges, and else where its owner put it", () => {
    const tier = (digit: string) => ({ a: `subnet-${digit.repeat(16)}a`, b: `subnet-${digit.repeat(16)}b` });
    const subnetIds = { public: tier("1"), private: tier("2"), database: tier("3") };
    const adopt = { vpcId: "vpc-00000000000000000", subnetIds };
    const network = (cidr: string) => ({ network: { cidr, zones: ["a", "b"], adopt } });
    const said = (cidr: string) =>
      problems("dev", network(cidr)).filter((line) => line.startsWith("platform:network.cidr"));
    assert.deepEqual(said("172.31.0.0/16"), []);
    assert.match(said("10.64.0.0/16").join(), /overlaps the ranges of site dr \(10\.64\.0\.0\/12\)/);
  });

  it("every part may be there without the others", () => {
    const skip = { mode: "skip" };
    const none = { functions: skip, machineLearning: skip, lake: skip, events: skip, queue: skip, documents: skip };
    assert.deepEqual(problems("prod", { ...none, keyValues: skip, governance: skip, siteContract: "create" }), []);
    assert.deepEqual(problems("dev", { siteContract: "create" }), []);
  });
});

describe("bad input of a site: refused as the cloud would", function () {
  this.timeout(60_000);

  it("a zone that the region has not", async () => {
    const zones = ["a", "b", "c", "e"];
    const { run } = await attemptStack("prod", { network: { cidr: "10.32.0.0/16", zones, nat: "single" } });
    assert.match(run.errors.join("\n"), /network-(private|public|database)-e: .*us-west-2e/);
  });

  it("a service that the region has not", async () => {
    const settings = { region: "us-west-1", network: { cidr: "10.32.0.0/16", zones: ["a", "c"], nat: "single" } };
    const database = { replicas: { reader: "c" } };
    const { run } = await attemptStack("prod", { ...settings, database, siteContract: "skip" });
    assert.match(run.errors.join("\n"), /::documents-parameters: .*DocDB.*Unrecognized engine name: docdb/);
  });

  it("an account that is not among those the stack may be deployed to", async () => {
    const { run } = await attemptStack("prod", { accounts: ["999988887777"] });
    assert.match(run.errors.join("\n"), /111122223333/);
    assert.equal(run.resources.filter(({ type, id }) => type.startsWith("aws:") && id !== undefined).length, 0);
  });
});
