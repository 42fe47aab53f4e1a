import assert from "node:assert/strict";
import fc from "fast-check";
import {
  checkRanges,
  longestPlannedPrefix,
  plannedSubnet,
  subnetPlan,
  tiers,
  zoneLetters,
} from "../../../components/planning/address-plan";
import { contains, overlaps, range, sizeOf } from "../../../components/planning/cidr";

describe("address plan", () => {
  it("gives the private tier the lower half and the others eighths of the upper half", () => {
    assert.deepEqual(subnetPlan("10.16.0.0/16", ["a", "b"]), {
      private: { a: "10.16.0.0/20", b: "10.16.16.0/20" },
      public: { a: "10.16.128.0/23", b: "10.16.130.0/23" },
      database: { a: "10.16.144.0/23", b: "10.16.146.0/23" },
    });
  });

  it("keeps what is given and plans the rest", () => {
    const plan = subnetPlan("10.0.0.0/16", ["a", "b"], { public: { a: "10.0.1.0/24" } });
    assert.deepEqual(plan.public, { a: "10.0.1.0/24", b: "10.0.130.0/23" });
  });

  it("moves no subnet when a zone is added, taken away or the zones are reordered", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...zoneLetters]), fc.shuffledSubarray([...zoneLetters]), (before, after) => {
        const [old, young] = [subnetPlan("10.0.0.0/16", before), subnetPlan("10.0.0.0/16", after)];
        for (const tier of tiers) {
          for (const zone of before.filter((letter) => after.includes(letter))) {
            assert.equal(young[tier][zone], old[tier][zone]);
          }
        }
      }),
    );
  });

  it("has room for every zone in every tier, inside the network, without overlap, and in sizes that AWS accepts", () => {
    for (let prefix = 16; prefix <= longestPlannedPrefix; prefix++) {
      const network = `10.32.0.0/${String(prefix)}`;
      const subnets = tiers.flatMap((tier) => zoneLetters.map((zone) => range(plannedSubnet(network, tier, zone))));
      assert.ok(
        subnets.every((subnet) => contains(range(network), subnet) && subnet.prefix >= 16 && subnet.prefix <= 28),
      );
      assert.ok(subnets.every((a, i) => subnets.every((b, j) => i === j || !overlaps(a, b))));
    }
    assert.throws(() => plannedSubnet("10.0.0.0/30", "database", "a"), RangeError);
  });

  it("gives a zone's pods at least eight times the addresses of its other tiers", () => {
    const size = (tier: (typeof tiers)[number]) => sizeOf(range(plannedSubnet("10.0.0.0/16", tier, "a")));
    assert.equal(size("private"), 4096);
    assert.equal(size("public"), 512);
    assert.equal(size("database"), 512);
  });
});

describe("check of ranges", () => {
  const network = { path: ["cidr"], cidr: "10.0.0.0/16" };
  const messages = (...cidrs: string[]) =>
    checkRanges(
      network,
      cidrs.map((cidr, index) => ({ path: ["subnets", index], cidr })),
    ).map(({ path, message }) => `${path.join(".")}: ${message}`);

  it("finds nothing wrong with the documented ranges", () => {
    assert.deepEqual(messages("10.0.1.0/24", "10.0.2.0/24", "10.0.11.0/24", "10.0.21.0/24"), []);
  });

  it("names both of two overlapping ranges and what to do", () => {
    assert.deepEqual(messages("10.0.1.0/24", "10.0.1.128/25"), [
      "subnets.1: 10.0.1.128/25 overlaps subnets.0 (10.0.1.0/24): give one of them a range of its own",
    ]);
  });

  it("names a range outside the network and both ways out", () => {
    assert.deepEqual(messages("10.1.0.0/24"), [
      "subnets.0: 10.1.0.0/24 lies outside cidr (10.0.0.0/16): give a range inside it, or widen cidr",
    ]);
  });

  it("refuses a subnet that is too small for AWS, and reports every fault", () => {
    assert.deepEqual(messages("10.0.0.0/29", "nonsense"), [
      "subnets.0: 10.0.0.0/29 is not between /16 and /28, which AWS requires: choose a prefix in that range",
      'subnets.1: "nonsense" is not an IPv4 range such as 10.0.0.0/16: give a range inside cidr (10.0.0.0/16)',
    ]);
  });

  it("takes subnets from /28 to /16", () => {
    assert.deepEqual(messages("10.0.0.0/16"), []);
    assert.deepEqual(messages("10.0.0.0/28"), []);
  });

  it("checks the network itself first", () => {
    assert.deepEqual(checkRanges({ path: ["cidr"], cidr: "10.0.0.5/16" }, []), [
      {
        path: ["cidr"],
        message:
          '"10.0.0.5/16" starts inside its range: the first address of a /16 there is 10.0.0.0/16: give a range such as 10.0.0.0/16',
      },
    ]);
  });
});
