import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfiguration } from "../../config/load";
import {
  backendOf,
  backends,
  backendsTable,
  backendUrl,
  secretsProvider,
  statePlace,
  type StatePlace,
} from "../../stacks/backends";
import { catalogue, type CatalogueEntry } from "../../stacks/catalogue";
import { committed, root } from "../config/stack-files";

const account = "111122223333";

describe("table of state backends", () => {
  for (const entry of Object.values<CatalogueEntry>(catalogue)) {
    it(`keeps the state of ${entry.stack} in the stack's own cloud and region`, () => {
      const row = backendOf(entry.stack);
      assert.ok(row);
      assert.deepEqual(entry.clouds, [row.backend.cloud]);
      const config = loadConfiguration(committed(entry.stack));
      assert.equal(row.backend.region, config.region);
      // A bucket's name has 63 characters at most: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
      const place = statePlace(row, account);
      assert.ok(place.cloud === "aws" && place.bucket.length <= 63);
    });
  }

  it("lets none but a site deliver a contract", () => {
    for (const { entry, backend } of Object.keys(catalogue).flatMap((stack) => backendOf(stack) ?? [])) {
      if (backend.siteContract === "delivered") assert.ok(entry.site !== undefined, entry.stack);
    }
  });

  it("has no two stacks in one bucket or with one key", () => {
    const places = Object.keys(catalogue).flatMap((stack) => {
      const row = backendOf(stack);
      return row === undefined ? [] : [statePlace(row, account)];
    });
    assert.equal(new Set(places.map(backendUrl)).size, places.length);
    assert.equal(new Set(places.map(secretsProvider)).size, places.length);
  });

  it("knows no stack that the catalogue does not know", () => {
    assert.equal(backendOf("nobody"), undefined);
    assert.ok(!("nobody" in backends));
  });

  it("is what docs/backends.md shows: copy the table from the message", () => {
    const document = readFileSync(join(root, "docs/backends.md"), "utf8");
    assert.ok(
      document.includes(`\n${backendsTable()}\n`),
      `docs/backends.md has another table than\n${backendsTable()}`,
    );
  });
});

describe("addresses of state and key", () => {
  const cases: readonly [place: StatePlace, url: string, provider: string][] = [
    [
      { cloud: "aws", region: "us-west-2", bucket: "b", keyAlias: "alias/p/state" },
      "s3://b?region=us-west-2&awssdk=v2",
      "awskms:///alias/p/state?region=us-west-2",
    ],
    [
      { cloud: "gcp", project: "p", location: "us-central1", bucket: "b", keyRing: "r", key: "state" },
      "gs://b",
      "gcpkms://projects/p/locations/us-central1/keyRings/r/cryptoKeys/state",
    ],
    [
      { cloud: "azure", storageAccount: "a", container: "state", vault: "v", key: "state" },
      "azblob://state?storage_account=a",
      "azurekeyvault://v.vault.azure.net/keys/state",
    ],
  ];
  for (const [place, url, provider] of cases) {
    it(`on ${place.cloud} are those that the engine takes`, () => {
      assert.deepEqual([backendUrl(place), secretsProvider(place)], [url, provider]);
    });
  }

  it("of durga-puja are its own account's, in us-east-1", () => {
    const row = backendOf("durga-puja");
    assert.ok(row);
    assert.deepEqual(statePlace(row, account), {
      cloud: "aws",
      region: "us-east-1",
      bucket: "durga-puja-state-111122223333-us-east-1",
      keyAlias: "alias/durga-puja/state",
    });
  });
});
