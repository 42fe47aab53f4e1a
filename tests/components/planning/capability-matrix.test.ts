import assert from "node:assert/strict";
import { clouds, features, type Capability, type Feature } from "../../../components/contracts/capabilities";
import { capabilityMatrix, refusals } from "../../../components/planning/capability-matrix";

const ids = Object.keys(features) as Feature[];

const cells = clouds.flatMap((cloud) =>
  ids.map((feature) => ({ cell: `${cloud} ${feature}`, capability: capabilityMatrix[cloud][feature] })),
);

/** Cells that something is wrong with. */
const wrong = (fault: (capability: Capability) => boolean) =>
  cells.filter(({ capability }) => fault(capability)).map(({ cell }) => cell);

describe("capability matrix", () => {
  it("has a cell for every feature and cloud, and none besides", () => {
    for (const cloud of clouds) assert.deepEqual(Object.keys(capabilityMatrix[cloud]), ids);
    assert.equal(cells.length, 56 * 3);
  });

  it("counts what each cloud does, does in part and refuses", () => {
    const count = (cloud: (typeof clouds)[number], level: Capability["level"]) =>
      ids.filter((id) => capabilityMatrix[cloud][id].level === level).length;
    assert.deepEqual(
      clouds.map((cloud) => [cloud, count(cloud, "supported"), count(cloud, "partial"), count(cloud, "refused")]),
      [
        ["aws", 54, 1, 1],
        ["gcp", 37, 17, 2],
        ["azure", 37, 16, 3],
      ],
    );
  });

  it("gives a reason of one line and a page on the web for every cell", () => {
    assert.deepEqual(
      wrong(({ reason }) => reason.length < 5 || /\n|\.$/.test(reason)),
      [],
    );
    assert.deepEqual(
      wrong(({ source }) => !/^https:\/\/[\w.-]+\.\w+\/\S+$/.test(source)),
      [],
    );
  });

  it("says of nothing supported that something is missing, and of everything partial what", () => {
    assert.deepEqual(
      wrong(({ level, reason }) => level === "supported" && /\b(not|missing|cannot|without a)\b/i.test(reason)),
      [],
    );
    assert.deepEqual(
      wrong(
        ({ level, reason }) => level === "partial" && !/\b(missing|sample|reads only|look(s|ing)? back)\b/.test(reason),
      ),
      [],
    );
  });

  it("says of everything refused what to do instead", () => {
    assert.deepEqual(
      wrong((capability) => capability.level === "refused" && !/^(take|set|leave) /.test(capability.instead)),
      [],
    );
  });

  it("cites pages of the cloud itself, of the engine that runs there, or of the registry", () => {
    const homes = {
      aws: ["docs.aws.amazon.com", "www.pulumi.com"],
      gcp: ["docs.cloud.google.com", "strimzi.io", "www.rabbitmq.com", "www.pulumi.com"],
      azure: ["learn.microsoft.com", "strimzi.io", "www.rabbitmq.com", "www.pulumi.com"],
    };
    for (const cloud of clouds) {
      const found = new Set(ids.map((id) => new URL(capabilityMatrix[cloud][id].source).host));
      assert.deepEqual(
        [...found].filter((host) => !homes[cloud].includes(host)),
        [],
      );
    }
  });
});

describe("refusals", () => {
  it("are the features that the cloud refuses, each once, in the order of the question", () => {
    const asked: readonly Feature[] = [
      "memcached.nodes",
      "postgres.standby",
      "kubernetes.api.dns-endpoint",
      "memcached.nodes",
      "documents.mongodb",
    ];
    const refused = (cloud: (typeof clouds)[number]) => refusals(cloud, asked).map(({ feature }) => feature);
    assert.deepEqual(refused("aws"), ["kubernetes.api.dns-endpoint"]);
    assert.deepEqual(refused("gcp"), ["memcached.nodes"]);
    assert.deepEqual(refused("azure"), ["memcached.nodes", "kubernetes.api.dns-endpoint"]);
  });

  it("carry reason, remedy and source", () => {
    assert.deepEqual(refusals("azure", ["kubernetes.nvidia-l4-pool"]), [
      {
        feature: "kubernetes.nvidia-l4-pool",
        level: "refused",
        reason: "no machine size of Azure has an NVIDIA L4",
        instead: 'take "nvidia-t4", which Azure has as NCasT4_v3',
        source: "https://learn.microsoft.com/azure/virtual-machines/sizes/overview",
      },
    ]);
    assert.deepEqual(refusals("gcp", []), []);
  });
});
