import assert from "node:assert/strict";
import type { Tier } from "../../../components/contracts/network";
import { networkAclRules, type AclRule } from "../../../components/planning/network-acl-rules";

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

describe("table of network ACL rules", () => {
  for (const [tier, lines] of Object.entries(expected) as [Tier, readonly string[]][]) {
    it(`[DP-NET-06] holds exactly these rules for the ${tier} tier`, () => {
      assert.deepEqual((networkAclRules[tier] as readonly AclRule[]).map(line), lines);
    });
  }
});
