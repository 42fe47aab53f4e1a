import assert from "node:assert/strict";
import { Zone } from "@pulumi/aws/route53/zone";
import { DnsZone } from "../../../components/aws/dns-zone";
import { protectionOf, type StackClass } from "../../../components/planning/protection";
import { adopt, owned } from "./adoption-ground";
import { childrenOf, onNetwork } from "./ground";

describe("DnsZone", function () {
  this.timeout(60_000);

  const created = (stackClass: StackClass) =>
    onNetwork(
      ({ onAws, protection }) => {
        new DnsZone("dns", { zoneName: "example.com", mode: "create", protection }, onAws);
      },
      { class: stackClass },
    );

  it("is guarded by the class", async () => {
    for (const [stackClass, guarded] of [
      ["production", true],
      ["development", false],
    ] as const) {
      const stack = await created(stackClass);
      const { inputs, protect } = stack.named("dns-zone");
      assert.deepEqual(inputs, { name: "example.com", comment: "Managed by Pulumi", forceDestroy: !guarded });
      assert.equal(protect, guarded);
    }
  });

  it("can be one that the account has, and then makes nothing", async () => {
    const owner = await owned(({ aws }) => {
      new Zone("zone", { name: "example.com" }, { provider: aws });
    });
    const stack = await adopt(owner, (onAws) => {
      const args = { zoneName: "example.com", mode: "adopt", protection: protectionOf("production") } as const;
      const zone = new DnsZone("dns", args, onAws);
      return { zoneId: zone.zoneId, nameServers: zone.nameServers };
    });
    assert.deepEqual(stack.run.errors, []);
    assert.deepEqual(childrenOf(stack, "dns"), []);
    assert.deepEqual(stack.run.outputs, {
      zoneId: owner.output("zone", "zoneId"),
      nameServers: owner.output("zone", "nameServers"),
    });
  });

  it("is found by its id where a name is not enough, and must have the name", async () => {
    const owner = await owned(({ aws }) => {
      new Zone("first", { name: "example.com" }, { provider: aws });
      new Zone("second", { name: "example.com" }, { provider: aws });
      new Zone("other", { name: "example.org" }, { provider: aws });
    });
    const zone = (zoneId?: string) =>
      adopt(owner, (onAws) => {
        const args = { zoneName: "example.com", mode: "adopt", protection: protectionOf("production") } as const;
        return { zoneId: new DnsZone("dns", { ...args, ...(zoneId === undefined ? {} : { zoneId }) }, onAws).zoneId };
      });
    assert.match((await zone()).run.errors.join("\n"), /multiple Route 53 Hosted Zones matched/);
    assert.deepEqual((await zone(owner.id("second"))).run.outputs, { zoneId: owner.id("second") });
    assert.deepEqual((await zone(owner.id("other"))).run.errors, [
      `zone ${owner.id("other")} is of example.org, not of example.com: correct dns.zoneId or dns.name`,
    ]);
  });
});
