import assert from "node:assert/strict";
import { contains, overlaps, range, sizeOf } from "../../../components/planning/cidr";
import { siteNames, siteRanges } from "../../../components/planning/site-plan";
import {
  azureSubnetName,
  azureSubnetPlan,
  azureSubnets,
  outboundSubnets,
  privateZoneName,
} from "../../../components/planning/subnets-azure";

/** Sources: the sizes that the plan's own comment names. */
const smallest = { gateway: 27, bastion: 26, "api-server": 28, database: 28, functions: 27 } as const;

describe("subnets of Azure", () => {
  it("lie in the network of every site and overlap neither each other nor the pods", () => {
    for (const site of siteNames) {
      const { network, pods, services } = siteRanges(site);
      const plan = Object.values(azureSubnetPlan(network)).map(range);
      assert.equal(plan.length, azureSubnets.length);
      plan.forEach((subnet, index) => {
        assert.ok(contains(range(network), subnet));
        for (const outside of [pods, services]) assert.ok(!overlaps(subnet, range(outside)));
        for (const another of plan.slice(index + 1)) assert.ok(!overlaps(subnet, another));
      });
    }
  });

  it("are as large as their services ask for", () => {
    const plan = azureSubnetPlan(siteRanges("dr").network);
    for (const [subnet, prefix] of Object.entries(smallest)) {
      assert.ok(range(plan[subnet as keyof typeof smallest]).prefix <= prefix, subnet);
    }
    assert.equal(sizeOf(range(plan.nodes)), 16_384);
  });

  it("refuse a network of another size", () => {
    assert.throws(
      () => azureSubnetPlan("10.0.0.0/20"),
      new RangeError("10.0.0.0/20 is no /16: give the network a range of that size"),
    );
  });

  it("have the names that Azure demands", () => {
    assert.deepEqual(azureSubnets.map(azureSubnetName), [
      "nodes",
      "ingress",
      "database",
      "GatewaySubnet",
      "api-server",
      "AzureBastionSubnet",
      "endpoints",
      "functions",
      "runners",
    ]);
  });

  it("have no way out where data lies", () => {
    for (const subnet of ["database", "endpoints"] as const) assert.ok(!outboundSubnets.includes(subnet));
  });

  it("have a zone of databases that ends as their names do", () => {
    assert.equal(privateZoneName("postgres", "portfolio-dr"), "portfolio-dr.private.postgres.database.azure.com");
    assert.equal(privateZoneName("vault", "portfolio-dr"), "privatelink.vaultcore.azure.net");
  });
});
