import assert from "node:assert/strict";
import {
  optionalSecurityGroups,
  securityGroups,
  securityRules,
  type SecurityGroupId,
  type SecurityRule,
} from "../../../components/planning/security-rules";

const rules = securityRules({ podPorts: [80, 5000], webhookPorts: [9443] });

/** The rules of a group as `in 443 from worker`. */
function lines(
  group: SecurityGroupId,
  origin: "documented" | "required",
  of: readonly SecurityRule[] = rules,
): readonly string[] {
  return of
    .filter((rule) => rule.group === group && rule.origin === origin)
    .map(({ direction, ports, protocol, peer }) => {
      const [first, last] = ports ?? [];
      const range = first === undefined ? "all" : first === last ? String(first) : `${String(first)}-${String(last)}`;
      const which = protocol === "all" ? "all" : `${protocol} ${range}`;
      const other = typeof peer === "string" ? peer : peer.block;
      return direction === "ingress" ? `in ${which} from ${other}` : `out ${which} to ${other}`;
    })
    .sort();
}

describe("security rules", () => {
  const documented: Record<(typeof securityGroups)[number], { id: string; rules: readonly string[] }> = {
    loadBalancer: {
      id: "DP-SG-01",
      rules: ["in tcp 443 from anywhere", "in tcp 80 from anywhere", "out tcp 30000-32767 to worker"],
    },
    worker: {
      id: "DP-SG-02",
      rules: [
        "in all from worker",
        "in tcp 10250 from controlPlane",
        "in tcp 30000-32767 from loadBalancer",
        "in tcp 443 from controlPlane",
        "out all to anywhere",
      ],
    },
    database: { id: "DP-SG-03", rules: ["in tcp 5432 from worker"] },
    cache: { id: "DP-SG-04", rules: ["in tcp 6379 from worker"] },
    controlPlane: {
      id: "DP-SG-05",
      rules: ["in tcp 443 from worker", "out tcp 10250 to worker", "out tcp 443 to worker"],
    },
  };
  for (const group of securityGroups) {
    it(`[${documented[group].id}] are as documented for ${group}`, () => {
      assert.deepEqual(lines(group, "documented"), documented[group].rules);
    });
  }

  it("add no more than both ends of load balancer to pods and control plane to webhooks", () => {
    assert.deepEqual(lines("loadBalancer", "required"), ["out tcp 5000 to worker", "out tcp 80 to worker"]);
    assert.deepEqual(lines("controlPlane", "required"), ["out tcp 9443 to worker"]);
    assert.deepEqual(lines("worker", "required"), [
      "in tcp 5000 from loadBalancer",
      "in tcp 80 from loadBalancer",
      "in tcp 9443 from controlPlane",
    ]);
    assert.deepEqual(lines("database", "required"), []);
    assert.deepEqual(lines("cache", "required"), []);
  });

  it("add nothing where nothing is needed", () => {
    const bare = securityRules({ podPorts: [], webhookPorts: [] });
    assert.equal(bare.length, 13);
    assert.ok(bare.every(({ origin }) => origin === "documented"));
  });

  it("each have a name of their own in their group and a reason that AWS accepts as description", () => {
    const names = rules.map(({ group, id }) => `${group}-${id}`);
    assert.equal(new Set(names).size, names.length);
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html and IpRange: at most 255 of these characters
    for (const { reason } of rules) assert.match(reason, /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{10,255}$/);
  });

  it("open nothing but the load balancer to the internet", () => {
    const open = rules.filter(({ direction, peer }) => direction === "ingress" && peer === "anywhere");
    assert.deepEqual(
      open.map(({ group }) => group),
      ["loadBalancer", "loadBalancer"],
    );
  });
});

describe("[PF-SEC-04] security rules of a site with everything", () => {
  const linked = [
    { site: "prod-gcp", block: "10.48.0.0/12" },
    { site: "dr", block: "10.64.0.0/12" },
  ];
  const all = securityRules({ podPorts: [], webhookPorts: [], groups: optionalSecurityGroups, linked });

  const expected: Readonly<Record<(typeof optionalSecurityGroups)[number], readonly string[]>> = {
    memcached: ["in tcp 11211 from worker"],
    documents: ["in tcp 27017 from worker"],
    events: [
      "in tcp 11001-11002 from worker",
      "in tcp 9096 from 10.48.0.0/12",
      "in tcp 9096 from 10.64.0.0/12",
      "in tcp 9096 from events",
      "in tcp 9096 from worker",
      "in tcp 9098 from worker",
      "out tcp 443 to endpoints",
      "out tcp 9096 to events",
    ],
    queue: ["in tcp 443 from worker", "in tcp 5671 from worker"],
    functions: ["out tcp 443 to anywhere"],
    training: ["in tcp 0-65535 from training", "out tcp 0-65535 to training", "out tcp 443 to anywhere"],
    endpoints: [
      "in tcp 443 from events",
      "in tcp 443 from functions",
      "in tcp 443 from runner",
      "in tcp 443 from training",
      "in tcp 443 from worker",
    ],
    runner: ["out tcp 443 to anywhere"],
  };
  for (const group of optionalSecurityGroups) {
    it(`are the least for ${group}`, () => {
      assert.deepEqual(lines(group, "required", all), expected[group]);
    });
  }

  it("let replicas of linked sites reach PostgreSQL, and runners the Kubernetes API", () => {
    assert.deepEqual(lines("database", "required", all), [
      "in tcp 5432 from 10.48.0.0/12",
      "in tcp 5432 from 10.64.0.0/12",
      "out tcp 5432 to 10.48.0.0/12",
      "out tcp 5432 to 10.64.0.0/12",
    ]);
    assert.deepEqual(lines("controlPlane", "required", all), ["in tcp 443 from runner"]);
  });

  it("leave out the rules whose other end the site lacks", () => {
    const few = securityRules({ podPorts: [], webhookPorts: [], groups: ["endpoints", "events"] });
    assert.deepEqual(lines("endpoints", "required", few), ["in tcp 443 from events", "in tcp 443 from worker"]);
    assert.deepEqual(lines("controlPlane", "required", few), []);
  });

  it("each have a name of their own and a reason that AWS accepts", () => {
    const names = all.map(({ group, direction, id }) => `${group}-${direction}-${id}`);
    assert.equal(new Set(names).size, names.length);
    for (const { reason } of all) assert.match(reason, /^[a-zA-Z0-9. _\-:/()#,@[\]+=&;{}!$*]{10,255}$/);
  });
});
