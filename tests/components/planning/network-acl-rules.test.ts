import assert from "node:assert/strict";
import type { Tier } from "../../../components/contracts/network";
import { tiers } from "../../../components/planning/address-plan";
import { aclRulesOf, type AclNeed, type AclPeer, type AclRule } from "../../../components/planning/network-acl-rules";

type From = "internet" | "linked" | "public" | "private" | "database";

/** Which sources a peer of a rule covers. */
const covers: Record<AclPeer, readonly From[]> = {
  anywhere: ["internet", "linked", "public", "private", "database"],
  network: ["public", "private", "database"],
  "private-subnets": ["private"],
  "private-tier": ["private"],
  "database-tier": ["database"],
  "linked-sites": ["linked"],
};

/** Parts of the site under test. */
let needs: readonly AclNeed[] = [];

function passes(tier: Tier, direction: AclRule["direction"], port: number, other: From): boolean {
  return aclRulesOf(tier, needs).some(
    (rule) =>
      rule.direction === direction &&
      rule.protocol !== "icmp" &&
      covers[rule.peer].includes(other) &&
      (rule.ports === undefined || (port >= rule.ports[0] && port <= rule.ports[1])),
  );
}

/** Whether a connection opens and its answer comes back, past the ACLs of both ends. Ends in one tier may lie in two subnets. */
function connects(from: From, to: From, port: number): boolean {
  const answerPort = 49152;
  const outside = (end: From) => end === "internet" || end === "linked";
  const leaves = outside(from) || passes(from, "egress", port, to);
  const arrives = outside(to) || passes(to, "ingress", port, from);
  const answers = outside(to) || passes(to, "egress", answerPort, from);
  const returns = outside(from) || passes(from, "ingress", answerPort, to);
  return leaves && arrives && answers && returns;
}

const allNeeds: readonly AclNeed[] = ["memcached", "documents", "events", "queue", "linked-sites"];

describe("[DP-NET-06] network ACLs", () => {
  const needed: readonly [what: string, from: From, to: From, port: number][] = [
    ["clients reach load balancers by HTTP", "internet", "public", 80],
    ["clients reach load balancers by HTTPS", "internet", "public", 443],
    ["load balancers reach and check pods on 80", "public", "private", 80],
    ["load balancers reach and check pods on 5000", "public", "private", 5000],
    ["load balancers reach node ports", "public", "private", 30080],
    ["NAT gateways reach services by HTTPS", "public", "internet", 443],
    ["nodes reach NAT gateways for HTTPS", "private", "public", 443],
    ["nodes reach services by HTTPS", "private", "internet", 443],
    ["pods reach MongoDB", "private", "internet", 27017],
    ["the control plane reaches webhooks", "private", "private", 9443],
    ["pods resolve names in another subnet", "private", "private", 53],
    ["pods reach PostgreSQL", "private", "database", 5432],
    ["pods reach Redis", "private", "database", 6379],
  ];
  for (const [what, from, to, port] of needed) {
    it(`let through: ${what}`, () => {
      assert.ok(connects(from, to, port));
    });
  }

  const refused: readonly [what: string, from: From, to: From, port: number][] = [
    ["clients to public subnets by SSH", "internet", "public", 22],
    ["clients to pods by HTTPS", "internet", "private", 443],
    ["clients to kubelets through a privileged port", "internet", "private", 22],
    ["the internet to PostgreSQL", "internet", "database", 5432],
    ["public subnets to PostgreSQL", "public", "database", 5432],
    ["public subnets to Redis", "public", "database", 6379],
    ["pods to databases by SSH", "private", "database", 22],
    ["databases to the internet", "database", "internet", 443],
    ["databases to pods", "database", "private", 443],
  ];
  for (const [what, from, to, port] of refused) {
    it(`hold back: ${what}`, () => {
      assert.ok(!connects(from, to, port));
    });
  }

  it("number their rules by tier and direction without collision, with room for eight zones where a rule takes several", () => {
    for (const rules of tiers.map((tier) => aclRulesOf(tier, allNeeds))) {
      for (const direction of ["ingress", "egress"] as const) {
        const taken = rules
          .filter((rule) => rule.direction === direction)
          .flatMap(({ number, peer }) =>
            Array.from(
              { length: peer === "private-subnets" ? 8 : peer === "linked-sites" ? 2 : 1 },
              (_, i) => number + i,
            ),
          );
        assert.equal(new Set(taken).size, taken.length);
      }
    }
  });

  it("let the message through that a packet is too large, both ways, wherever the internet is near", () => {
    const messages = (tier: Tier) =>
      aclRulesOf(tier, [])
        .filter(({ protocol }) => protocol === "icmp")
        .map(({ direction, icmp, peer }) => ({ direction, icmp, peer }));
    const bothWays = (["ingress", "egress"] as const).map((direction) => ({
      direction,
      icmp: { type: 3, code: 4 },
      peer: "anywhere",
    }));
    assert.deepEqual(messages("public"), bothWays);
    assert.deepEqual(messages("private"), bothWays);
    assert.deepEqual(messages("database"), []);
  });

  it("hold 10, 8 and 3 rules", () => {
    assert.deepEqual(Object.fromEntries(tiers.map((tier) => [tier, aclRulesOf(tier, []).length])), {
      public: 10,
      private: 8,
      database: 3,
    });
  });
});

describe("[PF-SEC-04] network ACLs of a site with more in its database tier", () => {
  before(() => {
    needs = allNeeds;
  });
  after(() => {
    needs = [];
  });

  const needed: readonly [what: string, from: From, to: From, port: number][] = [
    ["pods reach Memcached", "private", "database", 11211],
    ["pods reach documents", "private", "database", 27017],
    ["pods reach Kafka with SCRAM", "private", "database", 9096],
    ["pods reach Kafka with IAM", "private", "database", 9098],
    ["Prometheus reads metrics of brokers", "private", "database", 11001],
    ["pods reach RabbitMQ", "private", "database", 5671],
    ["pods reach the management API of RabbitMQ", "private", "database", 443],
    ["what polls for functions reaches brokers in another zone", "database", "database", 9096],
    ["what polls for functions reaches cloud services", "database", "private", 443],
    ["replicas at other sites reach PostgreSQL", "linked", "database", 5432],
    ["mirrors at other sites reach Kafka", "linked", "database", 9096],
    ["PostgreSQL follows another site after a failover", "database", "linked", 5432],
  ];
  for (const [what, from, to, port] of needed) {
    it(`let through: ${what}`, () => {
      assert.ok(connects(from, to, port));
    });
  }

  const refused: readonly [what: string, from: From, to: From, port: number][] = [
    ["other sites to Redis", "linked", "database", 6379],
    ["other sites to documents", "linked", "database", 27017],
    ["the internet to Kafka", "internet", "database", 9096],
    ["public subnets to RabbitMQ", "public", "database", 5671],
    ["databases to the internet", "database", "internet", 443],
    ["brokers to pods by SSH", "database", "private", 22],
  ];
  for (const [what, from, to, port] of refused) {
    it(`hold back: ${what}`, () => {
      assert.ok(!connects(from, to, port));
    });
  }

  it("fit in the 20 rules of an ACL with three zones and two linked sites", () => {
    const taken = { "private-subnets": 3, "linked-sites": 2 } as Partial<Record<AclPeer, number>>;
    for (const tier of tiers) {
      for (const direction of ["ingress", "egress"] as const) {
        const count = aclRulesOf(tier, allNeeds)
          .filter((rule) => rule.direction === direction)
          .reduce((sum, { peer }) => sum + (taken[peer] ?? 1), 0);
        assert.ok(count <= 20, `${tier} ${direction}: ${String(count)}`);
      }
    }
  });
});
