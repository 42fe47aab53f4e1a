import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeSiteContract, saveSiteContract } from "../../cli/site-contracts";
import { writeSiteContract, type SiteContract } from "../../components/contracts/site-contract";
import { readSiteContractFile } from "../../stacks/site-contracts";

const contract: SiteContract = {
  version: 1,
  site: "dev",
  system: "portfolio",
  stack: "dev",
  class: "development",
  cloud: "aws",
  region: "us-west-2",
  zones: ["a"],
  network: {
    block: "10.16.0.0/12",
    network: "10.16.0.0/16",
    pods: "10.20.0.0/14",
    services: "10.17.0.0/16",
    privateServices: "10.18.0.0/16",
    asn: 64516,
  },
  registries: [],
  data: { postgres: [], redis: { host: "redis.invalid", port: 6379 }, buckets: {}, tables: {} },
  health: [],
};
const siteContract = writeSiteContract(contract);

describe("contracts beside the state", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "platform-contracts-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const file = () => join(folder, "site-contracts/dev.json");

  it("are read as a stack gave them", () => {
    assert.equal(saveSiteContract(folder, "dev", { siteContract, other: 1 }), file());
    assert.equal(readFileSync(file(), "utf8"), siteContract);
    assert.deepEqual(readdirSync(join(folder, "site-contracts")), ["dev.json"]);
    assert.deepEqual(readSiteContractFile(folder, "dev"), contract);
  });

  it("are written for none that gives none, and for none that is no site", () => {
    assert.equal(saveSiteContract(folder, "dev", {}), undefined);
    assert.equal(saveSiteContract(folder, "durga-puja", { siteContract }), undefined);
    assert.equal(saveSiteContract(folder, "nobody", { siteContract }), undefined);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("are not written when they are no contract, or that of another site", () => {
    const save = (text: string) => () => saveSiteContract(folder, "dev", { siteContract: text });
    assert.throws(save("[unknown]"), /^Error: the output siteContract of stack dev is not JSON/);
    assert.throws(
      save(writeSiteContract({ ...contract, site: "prod" })),
      /the output siteContract of stack dev is the contract of prod, not of dev/,
    );
    assert.ok(!existsSync(file()));
  });

  it("are gone with the site", () => {
    saveSiteContract(folder, "dev", { siteContract });
    removeSiteContract(folder, "durga-puja");
    assert.ok(existsSync(file()));
    removeSiteContract(folder, "dev");
    assert.ok(!existsSync(file()));
    removeSiteContract(folder, "dev");
  });

  it("that are missing are refused with the command that writes them", () => {
    assert.throws(() => readSiteContractFile(folder, "dev"), {
      message: `there is no contract of site dev at ${file()}: deploy it, with npx platform up dev (offline with --offline), which writes it`,
    });
  });

  it("of another version are refused by their file", () => {
    saveSiteContract(folder, "dev", { siteContract });
    writeFileSync(file(), siteContract.replace('"version": 1', '"version": 2'));
    assert.throws(() => readSiteContractFile(folder, "dev"), {
      message: `${file()} is a site contract of version 2, and this program reads 1: run the program that wrote it, or a newer one`,
    });
  });
});
