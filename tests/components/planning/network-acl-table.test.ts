import assert from "node:assert/strict";
import type { Tier } from "../../../components/contracts/network";
import {
  aclRulesOf,
  networkAclRules,
  type AclNeed,
  type AclRule,
} from "../../../components/planning/network-acl-rules";

/** A rule as `100 in tcp 443-443 anywhere`. */
function line({ number, direction, protocol, ports, icmp, peer }: AclRule): string {
  const what =
    icmp === undefined ? (ports ?? ["all"]).join("-") : `type ${String(icmp.type)} code ${String(icmp.code)}`;
  return `${String(number)} ${direction === "ingress" ? "in" : "out"} ${protocol} ${what} ${peer}`;
}

const expected: Readonly<Record<Tier, readonly string[]>> = {
  public: [
    "100 in all all network",
    "110 in tcp 80-80 anywhere",
    "120 in tcp 443-443 anywhere",
    "130 in tcp 1024-65535 anywhere",
    "140 in icmp type 3 code 4 anywhere",
    "100 out all all network",
    "110 out tcp 80-80 anywhere",
    "120 out tcp 443-443 anywhere",
    "130 out tcp 1024-65535 anywhere",
    "140 out icmp type 3 code 4 anywhere",
  ],
  private: [
    "100 in all all network",
    "110 in tcp 1024-65535 anywhere",
    "120 in icmp type 3 code 4 anywhere",
    "100 out all all network",
    "110 out tcp 80-80 anywhere",
    "120 out tcp 443-443 anywhere",
    "130 out tcp 1024-65535 anywhere",
    "140 out icmp type 3 code 4 anywhere",
  ],
  database: [
    "100 in tcp 5432-5432 private-subnets",
    "120 in tcp 6379-6379 private-subnets",
    "100 out tcp 1024-65535 private-subnets",
  ],
};

/** What the database tier lets through beside that, for each part that a site may have. */
const optional: Readonly<Record<AclNeed, readonly string[]>> = {
  memcached: ["140 in tcp 11211-11211 private-tier"],
  documents: ["160 in tcp 27017-27017 private-tier"],
  events: [
    "180 in tcp 9096-9098 private-tier",
    "210 in tcp 11001-11002 private-tier",
    "220 in tcp 1024-65535 database-tier",
    "240 in tcp 1024-65535 private-tier",
    "120 out tcp 1024-65535 database-tier",
    "140 out tcp 443-443 private-tier",
  ],
  queue: ["280 in tcp 5671-5671 private-tier", "300 in tcp 443-443 private-tier"],
  "linked-sites": [
    "320 in tcp 5432-5432 linked-sites",
    "340 in tcp 9096-9096 linked-sites",
    "360 in tcp 32768-65535 linked-sites",
    "160 out tcp 1024-65535 linked-sites",
  ],
};

describe("table of network ACL rules", () => {
  for (const [tier, lines] of Object.entries(expected) as [Tier, readonly string[]][]) {
    it(`[DP-NET-06] holds exactly these rules for the ${tier} tier`, () => {
      assert.deepEqual((networkAclRules[tier] as readonly AclRule[]).map(line), lines);
    });
  }

  for (const [need, lines] of Object.entries(optional) as [AclNeed, readonly string[]][]) {
    it(`[PF-SEC-04] holds exactly these rules of the database tier for ${need}`, () => {
      const added = aclRulesOf("database", [need]).slice(networkAclRules.database.length);
      assert.deepEqual(added.map(line), lines);
      assert.deepEqual(aclRulesOf("private", [need]), networkAclRules.private);
    });
  }
});
