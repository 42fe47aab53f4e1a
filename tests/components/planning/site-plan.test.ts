import assert from "node:assert/strict";
import { contains, overlaps, parseRange, range } from "../../../components/planning/cidr";
import {
  linkedSites,
  siteNames,
  siteOf,
  siteRanges,
  tunnelRanges,
  type SiteName,
} from "../../../components/planning/site-plan";

const parts = ["network", "services", "privateServices", "pods"] as const;

describe("address plan of all sites", () => {
  it("[PF-CLOUD-01] gives the three sites and the small one these ranges, for ever", () => {
    assert.deepEqual(Object.fromEntries(siteNames.map((site) => [site, siteRanges(site)])), {
      dev: {
        block: "10.16.0.0/12",
        network: "10.16.0.0/16",
        services: "10.17.0.0/16",
        privateServices: "10.18.0.0/16",
        pods: "10.20.0.0/14",
        asn: 64516,
      },
      prod: {
        block: "10.32.0.0/12",
        network: "10.32.0.0/16",
        services: "10.33.0.0/16",
        privateServices: "10.34.0.0/16",
        pods: "10.36.0.0/14",
        asn: 64512,
      },
      "prod-gcp": {
        block: "10.48.0.0/12",
        network: "10.48.0.0/16",
        services: "10.49.0.0/16",
        privateServices: "10.50.0.0/16",
        pods: "10.52.0.0/14",
        asn: 64514,
      },
      dr: {
        block: "10.64.0.0/12",
        network: "10.64.0.0/16",
        services: "10.65.0.0/16",
        privateServices: "10.66.0.0/16",
        pods: "10.68.0.0/14",
        asn: 65010,
      },
    });
  });

  it("lets no two ranges of any sites overlap, and keeps each in its site's block", () => {
    const ranges = siteNames.flatMap((site) =>
      parts.map((of) => ({ name: `${site}.${of}`, site, cidr: siteRanges(site)[of] })),
    );
    for (const [index, a] of ranges.entries()) {
      assert.ok(contains(range(siteRanges(a.site).block), range(a.cidr)), a.name);
      for (const b of ranges.slice(index + 1)) {
        assert.ok(!overlaps(range(a.cidr), range(b.cidr)), `${a.name} overlaps ${b.name}`);
      }
    }
  });

  it("numbers every gateway differently, in the private range and not as Azure's own", () => {
    const numbers = siteNames.map((site) => siteRanges(site).asn);
    assert.equal(new Set(numbers).size, numbers.length);
    for (const asn of numbers) assert.ok(asn >= 64512 && asn <= 65534 && asn !== 65515, String(asn));
  });

  it("leaves half of every block free", () => {
    for (const site of siteNames) {
      const block = range(siteRanges(site).block);
      const used = parts
        .map((of) => range(siteRanges(site)[of]))
        .reduce((sum, { prefix }) => sum + 2 ** (16 - prefix), 0);
      assert.equal(used, 7, site);
      assert.equal(2 ** (16 - block.prefix), 16, site);
    }
  });

  it("finds the site of a range", () => {
    assert.equal(siteOf("10.52.3.0/24"), "prod-gcp");
    assert.equal(siteOf("10.0.0.0/16"), undefined);
    assert.equal(siteOf("10.0.0.0/8"), undefined);
  });

  it("links the three sites with each other, and the small one with none", () => {
    const linked = (site: SiteName) => linkedSites(site).map(({ site: other }) => other);
    assert.deepEqual(linked("prod"), ["prod-gcp", "dr"]);
    assert.deepEqual(linked("prod-gcp"), ["prod", "dr"]);
    assert.deepEqual(linked("dr"), ["prod", "prod-gcp"]);
    assert.deepEqual(linked("dev"), []);
    assert.deepEqual(linkedSites("dr")[0], { site: "prod", block: "10.32.0.0/12" });
  });

  it("gives every pair of linked sites four tunnels with /30 of their own, those of Azure where Azure takes them", () => {
    const pairs = siteNames.flatMap((site) =>
      linkedSites(site).map(({ site: other }) => [site, other].sort().join(" ")),
    );
    assert.deepEqual(
      tunnelRanges.map(({ sites: [a, b] }) => [a, b].sort().join(" ")).sort(),
      [...new Set(pairs)].sort(),
    );
    const inside = tunnelRanges.flatMap((tunnel) => [...tunnel.inside]);
    assert.equal(new Set(inside).size, 12);
    for (const { sites, inside: ranges } of tunnelRanges) {
      for (const cidr of ranges) {
        const parsed = parseRange(cidr);
        assert.ok(typeof parsed !== "string" && parsed.prefix === 30, cidr);
        const azure = /^169\.254\.2[12]\./.test(cidr);
        assert.equal(azure, sites.includes("dr"), cidr);
      }
    }
    // https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html
    const reserved = ["0.0", "1.0", "2.0", "3.0", "4.0", "5.0", "169.252"].map((end) => `169.254.${end}/30`);
    assert.deepEqual(
      inside.filter((cidr) => reserved.includes(cidr)),
      [],
    );
  });
});
