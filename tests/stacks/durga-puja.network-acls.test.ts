import assert from "node:assert/strict";
import { deployed, type Deployed } from "./deployed";

/** Rules by tier, as `in 110 6 1024-65535 0.0.0.0/0`: direction, number, protocol number of IANA, ports or ICMP, range. */
const expected = {
  public: [
    "in 100 -1 0-0 10.0.0.0/16",
    "in 110 6 80-80 0.0.0.0/0",
    "in 120 6 443-443 0.0.0.0/0",
    "in 130 6 1024-65535 0.0.0.0/0",
    "in 140 1 type 3 code 4 0.0.0.0/0",
    "out 100 -1 0-0 10.0.0.0/16",
    "out 110 6 80-80 0.0.0.0/0",
    "out 120 6 443-443 0.0.0.0/0",
    "out 130 6 1024-65535 0.0.0.0/0",
    "out 140 1 type 3 code 4 0.0.0.0/0",
  ],
  private: [
    "in 100 -1 0-0 10.0.0.0/16",
    "in 110 6 1024-65535 0.0.0.0/0",
    "in 120 1 type 3 code 4 0.0.0.0/0",
    "out 100 -1 0-0 10.0.0.0/16",
    "out 110 6 80-80 0.0.0.0/0",
    "out 120 6 443-443 0.0.0.0/0",
    "out 130 6 1024-65535 0.0.0.0/0",
    "out 140 1 type 3 code 4 0.0.0.0/0",
  ],
  database: [
    "in 100 6 5432-5432 10.0.11.0/24",
    "in 101 6 5432-5432 10.0.12.0/24",
    "in 102 6 5432-5432 10.0.13.0/24",
    "in 120 6 6379-6379 10.0.11.0/24",
    "in 121 6 6379-6379 10.0.12.0/24",
    "in 122 6 6379-6379 10.0.13.0/24",
    "out 100 6 1024-65535 10.0.11.0/24",
    "out 101 6 1024-65535 10.0.12.0/24",
    "out 102 6 1024-65535 10.0.13.0/24",
  ],
} as const;

describe("durga-puja: network ACLs", function () {
  this.timeout(60_000);
  let stack: Deployed;
  before(async () => {
    stack = await deployed("durga-puja");
  });

  for (const [tier, rules] of Object.entries(expected)) {
    it(`[DP-NET-06] deploys exactly these rules for the ${tier} tier`, () => {
      const acl = stack.id(`network-acls-${tier}`);
      const made = stack
        .ofType("aws:ec2/networkAclRule:NetworkAclRule")
        .filter(({ inputs }) => inputs["networkAclId"] === acl)
        .map(({ inputs }) => {
          const text = (key: string) => JSON.stringify(inputs[key] ?? null).replaceAll('"', "");
          const what =
            inputs["icmpType"] === undefined
              ? `${text("fromPort")}-${text("toPort")}`
              : `type ${text("icmpType")} code ${text("icmpCode")}`;
          const direction = inputs["egress"] === true ? "out" : "in";
          return `${direction} ${text("ruleNumber")} ${text("protocol")} ${what} ${text("cidrBlock")}`;
        });
      assert.deepEqual(made.sort(), rules);
    });
  }
});
