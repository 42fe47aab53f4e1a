import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { Account, network, refused, type Made } from "./support";

const ZONE = "aws:route53/zone:Zone";
const RECORD = "aws:route53/record:Record";

function world(zone: Properties = {}) {
  const account = new Account();
  const made = account.create(ZONE, "zone", { name: "example.com", ...zone });
  const record = (name: string, more: Properties = {}, label = name): Made =>
    account.create(RECORD, label, {
      zoneId: made.id,
      name,
      type: "A",
      ...(more["aliases"] === undefined ? { ttl: 60, records: ["192.0.2.1"] } : {}),
      ...more,
    });
  return { account, zone: made, record };
}

describe("AWS hosted zone", () => {
  it("is global, with an id of its own and four name servers", () => {
    const { id, outputs } = world({ name: "Example.com." }).zone;
    assert.match(id, /^Z[0-9A-F]{20}$/);
    assert.equal(outputs["zoneId"], id);
    assert.equal(outputs["name"], "example.com");
    assert.equal(outputs["arn"], `arn:aws:route53:::hostedzone/${id}`);
    const servers = outputs["nameServers"] as string[];
    assert.deepEqual(
      servers.map((server) => server.replace(/^ns-\d+\.awsdns-\d\d\./, "")),
      ["com", "net", "org", "co.uk"],
    );
    assert.equal(outputs["primaryNameServer"], servers[0]);
  });

  for (const name of ["example..com", `${"x".repeat(64)}.com`, "exa mple.com", "-a.com"]) {
    it(`refuses the name ${name.slice(0, 20)}`, () => {
      assert.match(new Account().reasons(ZONE, { name })["name"] ?? "", /InvalidDomainName/);
    });
  }

  it("stays while it has records, unless they may be destroyed with it", () => {
    const { account, zone, record } = world();
    const www = record("www");
    refused(() => {
      account.delete(zone);
    }, "HostedZoneNotEmpty");
    account.delete(www);
    account.delete(zone);
    const forced = world({ forceDestroy: true });
    forced.record("www");
    forced.account.delete(forced.zone);
    assert.deepEqual(forced.account.cloud.all(), []);
  });

  it("is private to the VPCs that it names, each of which resolves a name by one zone", () => {
    const account = new Account();
    const { vpc } = network(account);
    const inner = account.create(ZONE, "inner", { name: "svc.internal", vpcs: [{ vpcId: vpc.id }] });
    assert.deepEqual(inner.outputs["vpcs"], [{ vpcId: vpc.id, vpcRegion: "us-east-1" }]);
    assert.deepEqual(account.update(inner, { comment: "services" })["vpcs"], inner.outputs["vpcs"]);
    const again = { name: "svc.internal", vpcs: [{ vpcId: vpc.id }] };
    refused(() => account.create(ZONE, "again", again), "ConflictingDomainExists", /same domain name/);
    refused(() => account.create(ZONE, "lost", { ...again, vpcs: [{ vpcId: "vpc-0" }] }), "InvalidVPCId");
    const elsewhere = { name: "b.internal", vpcs: [{ vpcId: vpc.id, vpcRegion: "eu-west-1" }] };
    refused(() => account.create(ZONE, "far", elsewhere), "InvalidVPCId", /eu-west-1/);
    assert.match(account.reasons(ZONE, { ...again, delegationSetId: "N1" })["delegationSetId"] ?? "", /conflicts/);
  });
});

describe("AWS record", () => {
  it("is named in full, whatever its name, and identified by zone, name and type", () => {
    const { zone, record } = world();
    for (const [name, fqdn] of [
      ["www", "www.example.com"],
      ["API.example.com.", "api.example.com"],
      ["example.com", "example.com"],
      ["www.other.org", "www.other.org.example.com"],
    ] as const) {
      const made = record(name);
      assert.equal(made.outputs["fqdn"], fqdn);
      assert.equal(made.id, `${zone.id}_${fqdn}_A`);
    }
  });

  it("refuses a zone that does not exist and a record that exists already", () => {
    const { record } = world();
    record("www");
    refused(() => record("lost", { zoneId: "Z0" }), "NoSuchHostedZone", /No hosted zone found with ID: Z0/);
    refused(
      () => record("www.example.com", {}, "again"),
      "InvalidChangeBatch",
      /Tried to create resource record set \[name='www\.example\.com\.', type='A'\] but it already exists/,
    );
    assert.ok(record("www", { allowOverwrite: true }, "over"));
  });

  it("finds the NS record of the apex there from the start", () => {
    const { record } = world();
    const servers = { type: "NS", records: ["ns1.example.net"] };
    refused(() => record("example.com", servers), "InvalidChangeBatch", /type='NS'\] but it already exists/);
    assert.ok(record("example.com", { ...servers, allowOverwrite: true }));
    assert.ok(record("sub", servers));
  });

  it("keeps an alias name to itself: no CNAME at the apex or beside another record", () => {
    const { record } = world();
    const alias = { type: "CNAME", records: ["target.example.net"] };
    refused(() => record("example.com", alias), "InvalidChangeBatch", /not permitted at apex/);
    record("www");
    refused(() => record("www", alias, "c"), "InvalidChangeBatch", /conflicts with other records/);
    record("cdn", alias);
    refused(() => record("cdn", { type: "TXT", records: ["x"] }, "t"), "InvalidChangeBatch", /conflicts/);
  });

  for (const [type, value] of [
    ["A", "192.0.2"],
    ["AAAA", "192.0.2.1"],
    ["MX", "mail.example.com"],
    ["TXT", "x".repeat(256)],
  ] as const) {
    it(`refuses the ${type} value ${value.slice(0, 20)}`, () => {
      const { record } = world();
      refused(() => record("r", { type, records: [value] }), "InvalidChangeBatch", /FATAL problem/);
    });
  }

  it("takes several answers under a policy, each with an identifier", () => {
    const { record } = world();
    const weighted = (setIdentifier: string) => ({ setIdentifier, weightedRoutingPolicies: [{ weight: 1 }] });
    assert.match(record("www", weighted("blue"), "blue").id, /_A_blue$/);
    assert.ok(record("www", weighted("green"), "green"));
    refused(() => record("www", weighted("green"), "g2"), "InvalidChangeBatch", /already exists/);
    refused(() => record("www", {}, "simple"), "InvalidChangeBatch", /simple/);
  });

  it("finds the target of an alias where the zone is its own", () => {
    const { zone, record } = world();
    const aliases = [{ zoneId: zone.id, name: "origin.example.com", evaluateTargetHealth: true }];
    refused(() => record("www", { aliases }), "InvalidChangeBatch", /target was not found/);
    record("origin");
    assert.ok(record("www", { aliases }));
    const balancer = [{ zoneId: "Z35SXDOTRQ7X7K", name: "x.elb.amazonaws.com", evaluateTargetHealth: true }];
    assert.ok(record("app", { aliases: balancer }));
  });

  it("wants values with a time to live, or an alias without", () => {
    const reasons = (more: Properties) =>
      new Account().reasons(RECORD, { zoneId: "Z0", name: "a", type: "A", ...more });
    const aliases = [{ zoneId: "Z0", name: "b", evaluateTargetHealth: false }];
    assert.match(reasons({})["records"] ?? "", /exactly one of aliases, records/);
    assert.match(reasons({ records: ["192.0.2.1"] })["ttl"] ?? "", /all of records, ttl/);
    assert.match(reasons({ aliases, ttl: 60 })["ttl"] ?? "", /conflicts with aliases/);
    assert.match(reasons({ records: ["192.0.2.1"], ttl: -1 })["ttl"] ?? "", /range/);
    assert.match(reasons({ records: ["192.0.2.1"], ttl: 1, type: "WWW" })["type"] ?? "", /got WWW/);
    const policy = { records: ["192.0.2.1"], ttl: 1, weightedRoutingPolicies: [{ weight: 1 }] };
    assert.match(reasons(policy)["setIdentifier"] ?? "", /setIdentifier must be specified/);
    assert.deepEqual(reasons({ aliases }), {});
  });
});
