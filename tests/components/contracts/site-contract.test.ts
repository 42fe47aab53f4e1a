import assert from "node:assert/strict";
import {
  readSiteContract,
  siteContractPath,
  writeSiteContract,
  type SiteContract,
} from "../../../components/contracts/site-contract";

const contract: SiteContract = {
  version: 1,
  site: "prod",
  system: "portfolio",
  stack: "prod",
  class: "production",
  cloud: "aws",
  region: "us-west-2",
  zones: ["a", "b", "c"],
  network: {
    block: "10.32.0.0/12",
    network: "10.32.0.0/16",
    pods: "10.36.0.0/14",
    services: "10.33.0.0/16",
    privateServices: "10.34.0.0/16",
    asn: 64512,
    gatewayId: "tgw-0123456789abcdef0",
  },
  kubernetes: {
    clusterName: "portfolio-prod-eks",
    version: "1.36",
    issuer: "https://oidc.eks.us-west-2.amazonaws.com/id/0123456789ABCDEF",
    apiAccess: "network",
  },
  registries: ["111122223333.dkr.ecr.us-west-2.amazonaws.com"],
  data: {
    postgres: [{ host: "a.rds.amazonaws.com", port: 5432, database: "portfolio", replicas: ["b.rds.amazonaws.com"] }],
    redis: { host: "c.cache.amazonaws.com", port: 6379 },
    buckets: { objects: "portfolio-prod-assets" },
    tables: {},
  },
  health: [],
};
const expected = { site: "prod", source: "site-contracts/prod.json" };

/** The message of what reading throws. */
function refusal(text: string, of = expected): string {
  try {
    readSiteContract(text, of);
  } catch (error) {
    return (error as Error).message;
  }
  return assert.fail("nothing was refused");
}

describe("site contract", () => {
  it("is read as it was written", () => {
    assert.deepEqual(readSiteContract(writeSiteContract(contract), expected), contract);
    assert.equal(siteContractPath("prod"), "site-contracts/prod.json");
  });

  it("is the same text each time, whatever is added by a newer writer is left alone", () => {
    assert.equal(writeSiteContract(contract), writeSiteContract({ ...contract }));
    const newer = JSON.stringify({ ...contract, weather: "fine" });
    assert.deepEqual(readSiteContract(newer, expected), contract);
  });

  it("[PF-CLOUD-02] says whom clients in other clouds have to trust, and how documents are asked for", () => {
    const certificateAuthority = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n";
    const [server] = contract.data.postgres;
    assert.ok(server);
    const told: SiteContract = {
      ...contract,
      data: {
        ...contract.data,
        postgres: [{ ...server, certificateAuthority }],
        events: { bootstrapServers: "10.64.0.1:9094", certificateAuthority },
        queue: { endpoint: "amqps://10.64.0.5:5671", certificateAuthority },
        documents: { host: "d.firestore.goog", port: 443, scheme: "mongodb", database: "portfolio" },
      },
    };
    assert.deepEqual(readSiteContract(writeSiteContract(told), expected), told);
    const faulty = {
      ...told,
      data: {
        ...told.data,
        events: { bootstrapServers: "10.64.0.1:9094", certificateAuthority: "AA==" },
        documents: { host: "d.firestore.goog", port: 443, scheme: "https" },
      },
    };
    const said = refusal(JSON.stringify(faulty));
    assert.match(said, /^ {2}data\.events\.certificateAuthority: /m);
    assert.match(said, /^ {2}data\.documents\.scheme: /m);
  });

  it("refuses what is not JSON, and what has no version", () => {
    assert.match(refusal("{"), /^site-contracts\/prod\.json is not JSON .*: write it again by an update of prod$/);
    assert.equal(
      refusal("{}"),
      "site-contracts/prod.json is no site contract, since it has no version: write it again by an update of prod",
    );
  });

  it("says of an older or newer version who has to move", () => {
    assert.equal(
      refusal(JSON.stringify({ ...contract, version: 2 })),
      "site-contracts/prod.json is a site contract of version 2, and this program reads 1: run the program that wrote it, or a newer one",
    );
    assert.equal(
      refusal(JSON.stringify({ ...contract, version: 0 })),
      "site-contracts/prod.json is a site contract of version 0, and this program reads 1: update prod with this program, which writes the new form",
    );
  });

  it("names every field that is missing or wrong", () => {
    const broken = { ...contract, region: undefined, data: { ...contract.data, redis: { host: "c", port: 0 } } };
    assert.equal(
      refusal(JSON.stringify(broken)),
      [
        "site-contracts/prod.json is not a whole site contract:",
        "  region: Invalid input: expected string, received undefined",
        "  data.redis.port: Too small: expected number to be >=1",
      ].join("\n"),
    );
  });

  it("refuses the contract of another site", () => {
    assert.equal(
      refusal(writeSiteContract({ ...contract, site: "dr" })),
      "site-contracts/prod.json is the contract of dr, not of prod: the file lies in the wrong place",
    );
  });
});
