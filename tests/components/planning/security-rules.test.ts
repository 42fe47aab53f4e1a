import assert from "node:assert/strict";
import { securityGroups, securityRules, type SecurityGroupId } from "../../../components/planning/security-rules";

const rules = securityRules({ podPorts: [80, 5000], webhookPorts: [9443] });

/** The rules of a group as `in 443 from worker`. */
function lines(group: SecurityGroupId, origin: "documented" | "required"): readonly string[] {
  return rules
    .filter((rule) => rule.group === group && rule.origin === origin)
    .map(({ direction, ports, protocol, peer }) => {
      const [first, last] = ports ?? [];
      const range = first === undefined ? "all" : first === last ? String(first) : `${String(first)}-${String(last)}`;
      const which = protocol === "all" ? "all" : `${protocol} ${range}`;
      return direction === "ingress" ? `in ${which} from ${peer}` : `out ${which} to ${peer}`;
    })
    .sort();
}

describe("security rules", () => {
  const documented: Record<SecurityGroupId, { id: string; rules: readonly string[] }> = {
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
