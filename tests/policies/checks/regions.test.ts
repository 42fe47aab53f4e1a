import assert from "node:assert/strict";
import { contains, overlap, rangeOf, type Range } from "../../../policies/checks/ranges";
import {
  DEFAULT_BACKUP_REGIONS,
  declaredRegions,
  isOneRegion,
  region,
  regionNamed,
  regionOf,
} from "../../../policies/checks/regions";
import { loadConfiguration } from "../../../config/load";
import { committed } from "../../config/stack-files";
import { fixture, written } from "../fixtures";

const facts = (config: Record<string, string>) =>
  ({ stack: "a", project: "b", class: "production", isPreview: false, config }) as const;

describe("policies/checks/regions", () => {
  it("[PR-05] reads a region however a cloud writes it", () => {
    assert.deepEqual(["East US", "US-CENTRAL1", "us-central1-b", "us-west-2", "NAM4"].map(region), [
      "eastus",
      "us-central1",
      "us-central1",
      "us-west-2",
      "nam4",
    ]);
    assert.deepEqual(["us-central1", "nam4", "us", "eur3"].map(isOneRegion), [true, false, false, false]);
  });

  it("[PR-05] finds the region in a name", () => {
    assert.equal(regionNamed("arn:aws:kms:us-east-2:111122223333:key/1"), "us-east-2");
    assert.equal(regionNamed("arn:aws:s3:::bucket"), undefined);
    assert.equal(regionNamed("projects/p/locations/us-east1/keyRings/r/cryptoKeys/k"), "us-east1");
    assert.equal(regionNamed("projects/p/zones/us-east1-b/disks/d"), "us-east1");
    assert.equal(regionNamed("alias/a"), undefined);
  });

  it("[PR-05] takes a resource's own region before that of its provider", () => {
    assert.equal(regionOf(fixture("prod", "aws:backup/vault:Vault", "backup-vaults-copy")), "us-east-2");
    assert.equal(regionOf(written("aws:s3/bucket:Bucket", { region: "eu-west-1" })), "eu-west-1");
    assert.equal(regionOf(written("aws:s3/bucket:Bucket", {})), undefined);
    assert.equal(regionOf(written("kubernetes:core/v1:Pod", { region: "a" })), undefined);
  });

  it("[PR-05] knows what a stack declares", () => {
    const backups = { "portfolio-aws": "us-east-2" };
    const declared = (config: Record<string, string>) => [...declaredRegions(facts(config), backups)];
    assert.deepEqual(declared({}), []);
    assert.deepEqual(declared({ "platform:region": "us-west-2" }), ["us-west-2"]);
    assert.deepEqual(declared({ "platform:region": "us-west-2", "platform:blueprint": "portfolio-aws" }), [
      "us-west-2",
      "us-east-2",
    ]);
    assert.deepEqual(
      declared({
        "platform:region": "us-west-2",
        "platform:backupRegion": "us-east-1",
        "platform:blueprint": "portfolio-aws",
        "platform:keyValues": '{"mode":"create","replicaRegions":["eu-west-1"]}',
      }),
      ["us-west-2", "us-east-1", "eu-west-1"],
    );
  });

  for (const stack of ["dev", "durga-puja"]) {
    it(`[PR-05] knows where ${stack} keeps copies, although its file does not say`, () => {
      const { values } = committed(stack);
      const config = loadConfiguration(committed(stack));
      assert.ok("backupRegion" in config && values["platform:backupRegion"] === undefined);
      assert.equal(DEFAULT_BACKUP_REGIONS[values["platform:blueprint"] ?? ""], config.backupRegion);
    });
  }

  it("[PR-05] reads blocks of IPv4, and no others", () => {
    const [a, b] = [rangeOf("10.0.0.0/8"), rangeOf("10.255.0.0/16")] as [Range, Range];
    assert.deepEqual(rangeOf("10.0.0.5/30"), { first: 167_772_164, last: 167_772_167 });
    assert.deepEqual(rangeOf("0.0.0.0/0"), { first: 0, last: 4_294_967_295 });
    assert.equal(rangeOf("/14"), undefined);
    assert.equal(rangeOf("fd00::/8"), undefined);
    assert.deepEqual([contains(a, b), contains(b, a), overlap(a, b)], [true, false, true]);
  });
});
