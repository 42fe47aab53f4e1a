import assert from "node:assert/strict";
import { firewallRules } from "../../../components/planning/firewall-rules";
import { linkedSites } from "../../../components/planning/site-plan";

describe("rules of the firewall on Google Cloud", () => {
  it("[PF-SEC-04] refuse everything that comes in, where a site needs nothing", () => {
    const rules = firewallRules({});
    assert.equal(rules.length, 1);
    assert.deepEqual(rules[0], {
      id: "deny-ingress",
      direction: "ingress",
      action: "deny",
      priority: 65_534,
      target: "all",
      ranges: ["0.0.0.0/0"],
      ports: undefined,
      reason: "Nothing comes in that no other rule names; what is refused is logged",
    });
  });

  it("let no address of the internet in, but the proxy that asks for an identity", () => {
    const open = firewallRules({ bastion: "create", linked: linkedSites("prod-gcp"), linkedPorts: [9094] }).filter(
      ({ direction, action }) => direction === "ingress" && action === "allow",
    );
    assert.deepEqual(
      open.map(({ id, target, ranges, ports }) => ({ id, target, ranges, ports })),
      [
        { id: "iap-ssh", target: "bastion", ranges: ["35.235.240.0/20"], ports: [22] },
        { id: "from-prod", target: "nodes", ranges: ["10.32.0.0/12"], ports: [9094] },
        { id: "from-dr", target: "nodes", ranges: ["10.64.0.0/12"], ports: [9094] },
      ],
    );
  });

  it("let the bastion out by HTTPS alone", () => {
    const out = firewallRules({ bastion: "create" }).filter(({ direction }) => direction === "egress");
    assert.deepEqual(
      out.map(({ action, priority, target, ports }) => ({ action, priority, target, ports })),
      [
        { action: "allow", priority: 1000, target: "bastion", ports: [443] },
        { action: "deny", priority: 65_534, target: "bastion", ports: undefined },
      ],
    );
  });

  it("name no linked site while none of its ports is reached", () => {
    assert.equal(firewallRules({ linked: linkedSites("prod-gcp") }).length, 1);
  });

  it("have ids and reasons of their own", () => {
    const rules = firewallRules({ bastion: "create", linked: linkedSites("prod-gcp"), linkedPorts: [9094] });
    assert.equal(new Set(rules.map(({ id }) => id)).size, rules.length);
    assert.equal(new Set(rules.map(({ reason }) => reason)).size, rules.length);
  });
});
