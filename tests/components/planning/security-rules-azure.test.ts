import assert from "node:assert/strict";
import {
  azureSecurityRules,
  orderedRules,
  type AzureSecurityRule,
  type GuardedSubnet,
} from "../../../components/planning/security-rules-azure";
import { azureSubnets } from "../../../components/planning/subnets-azure";

const linked = [{ site: "prod", block: "10.32.0.0/12" }];
const guarded = azureSubnets.filter((subnet): subnet is GuardedSubnet => subnet !== "gateway");
const closed = azureSecurityRules({ linked: [], ingress: "private" });
const told = ({ id, ports, peer, protocol }: AzureSecurityRule) => [id, protocol, ports, peer];

function allowed(rules: readonly AzureSecurityRule[], subnet: GuardedSubnet, direction: "Inbound" | "Outbound") {
  return rules.filter((rule) => rule.subnet === subnet && rule.direction === direction && rule.access === "Allow");
}

describe("security rules of Azure", () => {
  it("databases answer to nodes, functions, runners and each other, and dial out for three things", () => {
    const ports = ["5432", "6432"];
    assert.deepEqual(allowed(closed, "database", "Inbound").map(told), [
      ["nodes-in", "Tcp", ports, "nodes"],
      ["functions-in", "Tcp", ports, "functions"],
      ["runners-in", "Tcp", ports, "runners"],
      ["self-in", "Tcp", ports, "database"],
    ]);
    assert.deepEqual(allowed(closed, "database", "Outbound").map(told), [
      ["self-out", "Tcp", ports, "database"],
      ["storage-out", "Tcp", ["443"], "Storage"],
      ["log-in-out", "Tcp", ["443"], "AzureActiveDirectory"],
    ]);
  });

  it("a linked site adds replication both ways and the API for its runners", () => {
    const [prod] = linked;
    const added = azureSecurityRules({ linked, ingress: "private" }).filter(
      ({ id }) => !closed.some((rule) => rule.id === id),
    );
    assert.deepEqual(
      added.map((rule) => [rule.subnet, rule.direction, ...told(rule)]),
      [
        ["database", "Inbound", "from-prod", "Tcp", ["5432"], prod],
        ["database", "Outbound", "to-prod", "Tcp", ["5432"], prod],
        ["api-server", "Inbound", "from-prod", "Tcp", ["443"], prod],
        ["nodes", "Inbound", "from-prod", "Tcp", ["443", "5671", "9094"], prod],
        ["endpoints", "Inbound", "from-prod", "Tcp", ["443", "10000", "10260"], prod],
      ],
    );
  });

  it("load balancers answer functions, runners and linked sites, at the addresses that were asked for", () => {
    const open = azureSecurityRules({ linked, ingress: "private" }).filter(
      ({ subnet, access, direction, ports }) =>
        subnet === "nodes" && access === "Allow" && direction === "Inbound" && ports.includes("5671"),
    );
    assert.deepEqual(
      open.map(({ id, peer, ports, own }) => [id, peer, ports, own]),
      [
        ["functions-in", "functions", ["443", "5671", "9094"], "ingress"],
        ["runners-in", "runners", ["443", "5671", "9094"], "ingress"],
        ["from-prod", linked[0], ["443", "5671", "9094"], "ingress"],
      ],
    );
  });

  it("nothing is open to the internet but the bastion, and the load balancers where asked for", () => {
    const open = (ingress: "internet" | "private") =>
      azureSecurityRules({ linked, ingress })
        .filter(({ access, direction, peer }) => access === "Allow" && direction === "Inbound" && peer === "Internet")
        .map(({ subnet, id }) => `${subnet}/${id}`);
    assert.deepEqual(open("private"), ["bastion/clients-in"]);
    assert.deepEqual(open("internet"), ["bastion/clients-in", "nodes/http", "nodes/https"]);
  });

  it("what is not allowed is denied last, inwards everywhere, outwards where data lies", () => {
    const denials = (direction: "Inbound" | "Outbound") =>
      guarded.filter((subnet) =>
        orderedRules(closed, subnet).some(
          (rule) => rule.direction === direction && rule.access === "Deny" && rule.priority === 4096,
        ),
      );
    assert.deepEqual(denials("Inbound"), guarded);
    assert.deepEqual(denials("Outbound"), ["database", "bastion", "endpoints"]);
  });

  it("priorities and names differ within a subnet and direction, and reasons fit", () => {
    const rules = azureSecurityRules({ linked, ingress: "internet" });
    for (const subnet of guarded) {
      const ordered = orderedRules(rules, subnet);
      assert.equal(new Set(ordered.map(({ id }) => id)).size, ordered.length, subnet);
      const places = ordered.map(({ direction, priority }) => `${direction} ${String(priority)}`);
      assert.equal(new Set(places).size, ordered.length, subnet);
      for (const { reason, priority } of ordered) {
        assert.ok(reason.length > 0 && reason.length <= 140);
        assert.ok(priority >= 100 && priority <= 4096);
      }
    }
  });
});
