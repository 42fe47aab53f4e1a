import assert from "node:assert/strict";
import { giveRights } from "../../../components/gcp/grants";
import { ObjectStore, type ObjectStoreArgs } from "../../../components/gcp/object-store";
import type { Deployed } from "../../stacks/deployed";
import { attempt, onSite, projectId, type Ground, type GroundOptions } from "./ground";

const aging = {
  prefixes: ["invoices", "uploads"],
  infrequentAccessAfterDays: 90,
  deleteAfterDays: 365,
} as const;

type Own = Partial<Pick<ObjectStoreArgs, "keepVersionsDays" | "retention">>;

const objects = (
  { project, keys, protection, onGcp }: Ground,
  life: { readonly prefixes: readonly [] } | typeof aging = aging,
  own: Own = {},
) =>
  new ObjectStore(
    "objects",
    {
      project,
      bucketName: "test-objects-1",
      keepVersionsDays: 30,
      keyId: keys.keyIds.data,
      protection,
      ...own,
      ...life,
    },
    onGcp,
  );

const site = (make: (ground: Ground) => void, options?: GroundOptions): Promise<Deployed> => onSite(make, options);

describe("ObjectStore on Google Cloud", function () {
  this.timeout(60_000);

  it("[PF-DATA-02] keeps versions, moves and deletes what is old by prefix, and old versions everywhere", async () => {
    const stack = await site((ground) => {
      objects(ground);
    });
    const { inputs } = stack.named("objects-bucket");
    assert.deepEqual(inputs["versioning"], { enabled: true });
    assert.deepEqual(inputs["softDeletePolicy"], { retentionDurationSeconds: 604_800 });
    const ages = (prefix: string) => {
      const matching = { matchesPrefixes: [`${prefix}/`], withState: "LIVE" };
      return [
        {
          action: { type: "SetStorageClass", storageClass: "NEARLINE" },
          condition: { ...matching, age: 90, matchesStorageClasses: ["STANDARD"] },
        },
        { action: { type: "Delete" }, condition: { ...matching, age: 365 } },
      ];
    };
    assert.deepEqual(inputs["lifecycleRules"], [
      ...ages("invoices"),
      ...ages("uploads"),
      { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: 30, withState: "ARCHIVED" } },
      { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
    ]);
    assert.equal(inputs["retentionPolicy"], undefined);
  });

  it("[PF-SEC-05] is private, in the site's region, and encrypted with the key of data", async () => {
    const stack = await site((ground) => {
      objects(ground);
    });
    const { inputs } = stack.named("objects-bucket");
    assert.equal(inputs["location"], "US-CENTRAL1");
    assert.equal(inputs["uniformBucketLevelAccess"], true);
    assert.equal(inputs["publicAccessPrevention"], "enforced");
    assert.deepEqual(inputs["encryption"], {
      defaultKmsKeyName: `projects/${projectId}/locations/us-central1/keyRings/test/cryptoKeys/data`,
    });
    assert.ok(
      stack.waitsFor("objects-bucket").has("keys-data-storage"),
      "the bucket does not wait for its key's right",
    );
  });

  it("deletes nothing by age where objects last, as a state does", async () => {
    const stack = await site((ground) => {
      objects(ground, { prefixes: [] });
    });
    assert.deepEqual(stack.input("objects-bucket", "lifecycleRules"), [
      { action: { type: "Delete" }, condition: { daysSinceNoncurrentTime: 30, withState: "ARCHIVED" } },
      { action: { type: "AbortIncompleteMultipartUpload" }, condition: { age: 7 } },
    ]);
  });

  it("is protected with what is in it in production, and neither in development", async () => {
    for (const [stackClass, kept] of [
      ["production", true],
      ["development", false],
    ] as const) {
      const stack = await site(
        (ground) => {
          objects(ground);
        },
        { class: stackClass },
      );
      const { inputs, protect } = stack.named("objects-bucket");
      assert.deepEqual([protect, inputs["forceDestroy"]], [kept, !kept], stackClass);
    }
  });

  it("locks what it retains where the mode says so", async () => {
    for (const mode of ["locked", "open"] as const) {
      const stack = await site((ground) => {
        objects(ground, { prefixes: [] }, { retention: { days: 30, mode } });
      });
      assert.deepEqual(stack.input("objects-bucket", "retentionPolicy"), {
        retentionPeriod: "2592000",
        isLocked: mode === "locked",
      });
    }
  });

  it("gives rights on the bucket alone", async () => {
    const stack = await site((ground) => {
      const member = "group:readers@example.com";
      giveRights("readers", ground.project, member, [{ to: objects(ground), access: "read" }], {
        provider: ground.gcp,
      });
    });
    const { inputs } = stack.named("readers-objects-bucket");
    assert.deepEqual([inputs["bucket"], inputs["role"]], ["test-objects-1", "roles/storage.objectViewer"]);
  });

  it("is refused under a key that Cloud Storage may not use", async () => {
    const { run } = await attempt(({ project, keys, protection, onGcp }) => {
      new ObjectStore(
        "objects",
        { project, bucketName: "b-1", keepVersionsDays: 7, keyId: keys.keyIds.images, protection, prefixes: [] },
        onGcp,
      );
    });
    assert.equal(run.errors.length, 1);
    assert.match(run.errors[0] ?? "", /::objects-bucket: .*gs-project-accounts/);
  });
});
