import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfiguration } from "../../config/load";
import {
  accountsOf,
  backendOf,
  backends,
  backendSettings,
  backendsTable,
  shownStatePlace,
  statePlace,
  type StackBackend,
  type StateBackend,
} from "../../stacks/backends";
import { catalogue, type CatalogueEntry } from "../../stacks/catalogue";
import { backendUrl, secretsProvider, type StatePlace } from "../../stacks/state-place";
import { committed, root } from "../config/stack-files";

const SUBSCRIPTION = "0a1b2c3d-0000-4000-8000-00000000d001";

/** Where the stacks of a cloud are deployed to. */
const accounts = { aws: "111122223333", gcp: "portfolio-prod", azure: SUBSCRIPTION } as const;

/** A row of the portfolio, whether the catalogue knows it or not. */
function row(stack: string, backend: StateBackend): StackBackend {
  const entry = { ...catalogue.prod, stack, clouds: [backend.cloud], region: backend.region };
  return { entry, backend, prefix: `portfolio-${stack}` };
}

const onGcp = row("prod-gcp", { cloud: "gcp", region: "us-central1", siteContract: "delivered" });
const onAzure = row("dr", { cloud: "azure", region: "eastus", siteContract: "delivered" });

describe("table of state backends", () => {
  for (const entry of Object.values<CatalogueEntry>(catalogue)) {
    it(`keeps the state of ${entry.stack} in the stack's own cloud and region`, () => {
      const row = backendOf(entry.stack);
      assert.ok(row);
      assert.deepEqual(entry.clouds, [row.backend.cloud]);
      const config = loadConfiguration(committed(entry.stack));
      assert.equal(row.backend.region, config.region);
      // A bucket's name has 63 characters at most, that of a storage account 24:
      // https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
      // https://docs.cloud.google.com/storage/docs/buckets#naming
      const place = statePlace(row, accounts[row.backend.cloud]);
      assert.ok(place.cloud === "azure" ? place.storageAccount.length <= 24 : place.bucket.length <= 63);
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
      return row === undefined ? [] : [statePlace(row, accounts[row.backend.cloud])];
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
      {
        cloud: "azure",
        resourceGroup: "g",
        storageAccount: "a",
        container: "state",
        vault: "v",
        key: "state",
      },
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
    assert.deepEqual(statePlace(row, accounts.aws), {
      cloud: "aws",
      region: "us-east-1",
      bucket: "durga-puja-state-111122223333-us-east-1",
      keyAlias: "alias/durga-puja/state",
    });
  });

  it("on Google Cloud carry the project, which names of buckets are shared between", () => {
    assert.deepEqual(statePlace(onGcp, "portfolio-prod"), {
      cloud: "gcp",
      project: "portfolio-prod",
      location: "us-central1",
      bucket: "portfolio-prod-gcp-state-portfolio-prod",
      keyRing: "portfolio-prod-gcp-state",
      key: "state",
    });
    const long = statePlace(row("a-stack-with-a-very-long-name", onGcp.backend), "a-project-with-thirty-letters1");
    assert.ok(long.cloud === "gcp");
    assert.match(long.bucket, /^portfolio-a-stack-with-a-very-long-name-state-[a-z0-9-]+-[0-9a-f]{6}$/);
    assert.ok(long.bucket.length <= 63, long.bucket);
  });

  it("on Azure end with a digest of the subscription, in 24 letters", () => {
    const place = statePlace(onAzure, SUBSCRIPTION);
    assert.ok(place.cloud === "azure");
    const { storageAccount, vault, ...rest } = place;
    assert.match(storageAccount, /^portfoliodrstate[a-z0-9]{6}$/);
    assert.match(vault, /^portfolio-d-state-[a-z0-9]{6}$/);
    assert.deepEqual(rest, { cloud: "azure", resourceGroup: "portfolio-dr-state", container: "state", key: "state" });
    const elsewhere = statePlace(onAzure, "0a1b2c3d-0000-4000-8000-00000000d002");
    assert.ok(elsewhere.cloud === "azure" && elsewhere.storageAccount !== storageAccount && elsewhere.vault !== vault);
  });

  it("are shown before an account is known, with what is its own in angle brackets", () => {
    const shown = [onGcp, onAzure].map(shownStatePlace);
    assert.deepEqual(
      shown.map((place) => [backendUrl(place), secretsProvider(place)]),
      [
        [
          "gs://portfolio-prod-gcp-state-<project>",
          "gcpkms://projects/<project>/locations/us-central1/keyRings/portfolio-prod-gcp-state/cryptoKeys/state",
        ],
        [
          "azblob://state?storage_account=portfoliodrstate<digest>",
          "azurekeyvault://portfolio-d-state-<digest>.vault.azure.net/keys/state",
        ],
      ],
    );
  });
});

describe("the configuration of the stack that makes a backend", () => {
  const common = { "platform:system": "portfolio", "platform:class": "production" };
  const team = { principalId: "9c1d2e3f-0000-4000-8000-00000000a001", type: "Group" } as const;
  const cases: readonly [row: StackBackend, settings: Readonly<Record<string, unknown>>][] = [
    [
      row("prod", { cloud: "aws", region: "us-west-2", siteContract: "delivered" }),
      {
        ...common,
        "platform:blueprint": "state-backend",
        "platform:owner": "prod",
        "platform:region": "us-west-2",
        "platform:accounts": ["111122223333"],
      },
    ],
    [
      onGcp,
      {
        ...common,
        "platform:blueprint": "state-backend-gcp",
        "platform:owner": "prod-gcp",
        "platform:region": "us-central1",
        "platform:project": "portfolio-prod",
      },
    ],
    [
      row("dr", { ...onAzure.backend, cloud: "azure", operators: { team }, reachableFrom: ["198.51.100.0/24"] }),
      {
        ...common,
        "platform:blueprint": "state-backend-azure",
        "platform:owner": "dr",
        "platform:region": "eastus",
        "platform:subscription": SUBSCRIPTION,
        "platform:siteContract": "delivered",
        "platform:operators": { team },
        "platform:reachableFrom": ["198.51.100.0/24"],
      },
    ],
  ];
  for (const [one, settings] of cases) {
    const { cloud } = one.backend;
    const made = backendSettings(one, { class: "production", accounts: [accounts[cloud]] });

    it(`on ${cloud} says whose it is and where`, () => {
      assert.deepEqual(made, settings);
    });

    it(`on ${cloud} is one that its blueprint takes`, () => {
      const values = Object.fromEntries(
        Object.entries(made).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
      );
      assert.doesNotThrow(() => loadConfiguration({ stack: `${one.entry.stack}-backend`, values, secretKeys: [] }));
    });
  }

  it("leaves out what the stack's file does not say", () => {
    assert.deepEqual(backendSettings(onAzure, { class: undefined, accounts: [] }), {
      "platform:blueprint": "state-backend-azure",
      "platform:owner": "dr",
      "platform:system": "portfolio",
      "platform:region": "eastus",
      "platform:siteContract": "delivered",
    });
  });

  it("takes accounts, the project or the subscription, whichever a configuration has", () => {
    assert.deepEqual(accountsOf({ accounts: ["111122223333", "444455556666"] }), ["111122223333", "444455556666"]);
    assert.deepEqual(accountsOf({ project: "portfolio-prod" }), ["portfolio-prod"]);
    assert.deepEqual(accountsOf({ subscription: SUBSCRIPTION }), [SUBSCRIPTION]);
    assert.deepEqual(accountsOf({ subscription: undefined }), []);
  });
});
