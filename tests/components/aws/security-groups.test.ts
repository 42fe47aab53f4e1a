import assert from "node:assert/strict";
import { SecurityGroups } from "../../../components/aws/security-groups";
import type { SecurityNeeds } from "../../../components/planning/security-rules";
import { attempt, onNetwork, type Ground } from "./ground";

function groups({ network, onAws }: Ground, needs: Partial<SecurityNeeds> = {}): SecurityGroups {
  return new SecurityGroups(
    "groups",
    { network, prefix: "test", needs: { podPorts: [], webhookPorts: [], ...needs } },
    onAws,
  );
}

describe("SecurityGroups", function () {
  this.timeout(60_000);

  it("[PF-SEC-04] are five for every site, and one more for each part that not every site has", async () => {
    const names = async (needs?: Partial<SecurityNeeds>) =>
      (await onNetwork((ground) => groups(ground, needs)))
        .ofType("aws:ec2/securityGroup:SecurityGroup")
        .map(({ name }) => name)
        .sort();
    const base = ["groups-alb", "groups-control-plane", "groups-elasticache", "groups-rds", "groups-worker"];
    assert.deepEqual(await names(), base);
    assert.deepEqual(
      await names({ groups: ["events", "endpoints"] }),
      [...base, "groups-endpoints", "groups-msk"].sort(),
    );
  });

  it("[PF-SEC-04] open an optional group to groups that the site has, and to no address", async () => {
    const stack = await onNetwork((ground) => groups(ground, { groups: ["events", "endpoints"] }));
    const peersOf = (group: string) =>
      stack
        .ofType("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
        .filter(({ inputs }) => inputs["securityGroupId"] === stack.id(group))
        .map(
          ({ name, inputs }) =>
            [name, inputs["fromPort"], inputs["referencedSecurityGroupId"], inputs["cidrIpv4"]] as const,
        )
        .sort();
    assert.deepEqual(peersOf("groups-endpoints"), [
      ["groups-endpoints-from-events", 443, stack.id("groups-msk"), undefined],
      ["groups-endpoints-from-worker", 443, stack.id("groups-worker"), undefined],
    ]);
    const peers = ["groups-msk", "groups-worker"].map((group) => stack.id(group));
    const ofBrokers = peersOf("groups-msk");
    assert.ok(ofBrokers.length >= 3);
    for (const [name, , peer, range] of ofBrokers) {
      assert.ok(peers.some((id) => id === peer) && range === undefined, name);
    }
  });

  it("[PF-SEC-04] let a linked site into the database by its addresses alone", async () => {
    const linked = [{ site: "dr", block: "10.64.0.0/12" }];
    const stack = await onNetwork((ground) => groups(ground, { linked }));
    const { inputs } = stack.named("groups-rds-postgres-dr");
    assert.deepEqual(
      [inputs["ipProtocol"], inputs["fromPort"], inputs["toPort"], inputs["cidrIpv4"]],
      ["tcp", 5432, 5432, "10.64.0.0/12"],
    );
  });

  it("have no id for a group that the site did not ask for", async () => {
    const { run } = await attempt((ground) => groups(ground).idOf("queue"));
    assert.deepEqual(run.errors, ['no security group "queue": add it to the needs of the site']);
  });

  it("can have a rule changed by its name", async () => {
    const stack = await onNetwork(({ network, onAws }) => {
      new SecurityGroups(
        "groups",
        {
          network,
          prefix: "test",
          needs: { podPorts: [], webhookPorts: [] },
          transform: (rule, id) => (id === "rds-postgres" ? { ...rule, description: "Changed" } : rule),
        },
        onAws,
      );
    });
    assert.equal(stack.input("groups-rds-postgres", "description"), "Changed");
    assert.equal(stack.input("groups-elasticache-redis", "description"), "Redis from nodes and pods");
  });
});
