import type { BucketArgs, BucketIAMMemberArgs } from "@pulumi/gcp/storage";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CheckContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { checkChoices, checkRanges } from "../input-checks";
import { requireServiceKey } from "./cmek";
import { projectNumber } from "./project";
import { isRegion } from "./regions";
import { block, text } from "./text";
import { BUCKET, BUCKET_OBJECT } from "./types";

type Inputs = Resolved<BucketArgs>;

/** Locations that are no region. https://docs.cloud.google.com/storage/docs/locations */
const MULTI_REGIONS = ["ASIA", "EU", "US"];
const DUAL_REGIONS = ["ASIA1", "EUR4", "EUR5", "EUR7", "EUR8", "NAM4"];

const CLASSES = ["STANDARD", "MULTI_REGIONAL", "REGIONAL", "NEARLINE", "COLDLINE", "ARCHIVE"];
const DAY = 86_400;
/** Seconds. https://docs.cloud.google.com/storage/docs/bucket-lock: 100 years at most */
const LONGEST_RETENTION = 3_155_760_000;

/** https://docs.cloud.google.com/storage/docs/buckets#naming */
const NAME =
  /^(?!goog)(?!.*g[o0]{2}gle)(?!\d+\.\d+\.\d+\.\d+$)(?!.*(?:\.\.|\.-|-\.))[a-z0-9](?:[a-z0-9_-]{1,61}|(?=.*\.)(?!.*[^.]{64})[a-z0-9._-]{1,220})[a-z0-9]$/;

const bucket = resourceType<BucketArgs>({
  token: BUCKET,
  service: "Cloud Storage",
  actions: { create: "buckets.insert", update: "buckets.patch", delete: "buckets.delete" },
  reach: "global",
  name: {
    property: "name",
    pattern: NAME,
    rule: '3 to 63 lower-case letters, digits and -_., a letter or digit at both ends, without "google" and not beginning with "goog"',
    source: "https://docs.cloud.google.com/storage/docs/buckets#naming",
    maxLength: 222,
    unique: {
      within: "world",
      code: "conflict",
      message:
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
    },
  },
  defaults: () => ({ forceDestroy: false }),
  check,
  create: (context) => {
    const { inputs, scope } = context;
    const name = inputs.name ?? "";
    const location = inputs.location.toUpperCase();
    checkPlacement(inputs, location);
    checkEncryption(context);
    return {
      id: name,
      outputs: {
        name,
        location,
        url: `gs://${name}`,
        selfLink: `https://www.googleapis.com/storage/v1/b/${name}`,
        projectNumber: Number(projectNumber(scope.account)),
        storageClass: inputs.storageClass ?? "STANDARD",
        publicAccessPrevention: inputs.publicAccessPrevention ?? "inherited",
        uniformBucketLevelAccess: inputs.uniformBucketLevelAccess ?? false,
        rpo: inputs.rpo ?? (isRegion(inputs.location.toLowerCase()) ? undefined : "DEFAULT"),
        // A week, where nothing is said: https://docs.cloud.google.com/storage/docs/soft-delete
        softDeletePolicy: {
          retentionDurationSeconds: inputs.softDeletePolicy?.retentionDurationSeconds ?? 7 * DAY,
          effectiveTime: "2026-11-21T00:00:00Z",
        },
        ...(inputs.versioning === undefined ? { versioning: { enabled: false } } : {}),
      },
    };
  },
  update: (context) => {
    const { inputs, resource } = context;
    checkEncryption(context);
    const before = block(resource.inputs["retentionPolicy"]);
    if (before["isLocked"] === true) {
      const now = inputs.retentionPolicy;
      // Removing or shortening it asks for another bucket; here only what the service itself refuses is left.
      if (now === undefined || Number(now.retentionPeriod) < Number(before["retentionPeriod"])) {
        refuse(
          "forbidden",
          `Cannot reduce retention duration of a locked Retention Policy for bucket '${resource.id}'.`,
        );
      }
    }
    return {};
  },
  delete: ({ resource, cloud, effects }) => {
    const objects = cloud.list(BUCKET_OBJECT, "anywhere").filter((each) => each.inputs["bucket"] === resource.id);
    if (objects.length === 0) return;
    if (isKept(resource)) {
      refuse(
        "forbidden",
        `Bucket '${resource.id}' holds objects under a retention policy, which nobody can delete before its end`,
      );
    }
    if (resource.inputs["forceDestroy"] !== true) {
      refuse(
        "conflict",
        `Error trying to delete bucket ${resource.id} containing objects without \`forceDestroy\` set to true`,
      );
    }
    for (const each of objects) effects.remove(each);
  },
  // A lock is never taken off: without it the bucket is another one.
  replacesWhen: (before, after) => {
    const [old, now] = [block(before["retentionPolicy"]), block(after["retentionPolicy"])];
    return old["isLocked"] === true && now["isLocked"] !== true ? ["retentionPolicy.isLocked"] : [];
  },
});

/** Whether a retention policy keeps what is in a bucket. On the virtual clock no object is ever old enough. */
export function isKept(resource: StoredResource): boolean {
  return block(resource.inputs["retentionPolicy"])["retentionPeriod"] !== undefined;
}

function check(context: CheckContext<Inputs>): void {
  const { inputs, refuse: report } = context;
  const location = inputs.location?.toUpperCase();
  if (
    location !== undefined &&
    !isRegion(location.toLowerCase()) &&
    ![...MULTI_REGIONS, ...DUAL_REGIONS].includes(location)
  ) {
    report("location", `The specified location constraint is not valid: ${inputs.location ?? ""}`);
  }
  checkChoices(context, [
    ["storageClass", inputs.storageClass, CLASSES],
    ["publicAccessPrevention", inputs.publicAccessPrevention, ["enforced", "inherited"]],
    ["rpo", inputs.rpo, ["DEFAULT", "ASYNC_TURBO"]],
  ]);
  const soft = inputs.softDeletePolicy?.retentionDurationSeconds;
  if (soft !== undefined && soft !== 0) {
    checkRanges(context, [["softDeletePolicy.retentionDurationSeconds", soft, 7 * DAY, 90 * DAY]]);
  }
  const kept = inputs.retentionPolicy?.retentionPeriod;
  if (kept !== undefined) {
    checkRanges(context, [["retentionPolicy.retentionPeriod", Number(kept), 1, LONGEST_RETENTION]]);
  }
  checkLifecycle(context);
}

/** https://docs.cloud.google.com/storage/docs/lifecycle */
function checkLifecycle(context: CheckContext<Inputs>): void {
  const rules = context.inputs.lifecycleRules ?? [];
  if (rules.length > 100) context.refuse("lifecycleRules", `at most 100 rules, got ${String(rules.length)}`);
  for (const [index, { action, condition }] of rules.entries()) {
    const at = `lifecycleRules[${String(index)}]`;
    checkChoices(context, [
      [`${at}.action.type`, action.type, ["Delete", "SetStorageClass", "AbortIncompleteMultipartUpload"]],
      [`${at}.action.storageClass`, action.storageClass, CLASSES],
      [`${at}.condition.withState`, condition.withState, ["LIVE", "ARCHIVED", "ANY"]],
    ]);
    if ((action.type === "SetStorageClass") !== (action.storageClass !== undefined)) {
      context.refuse(`${at}.action.storageClass`, "is for actions of type SetStorageClass, which need it");
    }
    if (Object.keys(condition).length === 0) {
      context.refuse(`${at}.condition`, "a rule needs at least one condition");
    }
    const { age, daysSinceNoncurrentTime: days } = condition;
    if ([age, days].some((value) => value !== undefined && value < 0))
      context.refuse(`${at}.condition`, "days cannot be negative");
  }
}

function checkPlacement({ customPlacementConfig: placement, rpo, storageClass }: Inputs, location: string): void {
  if (placement !== undefined && placement.dataLocations.length !== 2) {
    refuse("invalid", "Invalid custom placement config: a dual-region is two regions");
  }
  const isRegional = isRegion(location.toLowerCase());
  if (rpo === "ASYNC_TURBO" && (isRegional || MULTI_REGIONS.includes(location)) && placement === undefined) {
    refuse("invalid", "Turbo replication is only for dual-regions");
  }
  const misplaced = isRegional ? "MULTI_REGIONAL" : "REGIONAL";
  if (storageClass === misplaced) {
    refuse("invalid", `The storage class you specified is not valid for ${location}.`);
  }
}

/** https://docs.cloud.google.com/storage/docs/encryption/using-customer-managed-keys */
function checkEncryption(context: Parameters<typeof requireServiceKey>[0] & { readonly inputs: Inputs }): void {
  const { inputs } = context;
  const location = inputs.location.toLowerCase();
  requireServiceKey(context, inputs.encryption?.defaultKmsKeyName, "storage.googleapis.com", [location]);
}

const publicMembers = new Set(["allUsers", "allAuthenticatedUsers"]);

const bucketMember = resourceType<BucketIAMMemberArgs>({
  token: "gcp:storage/bucketIAMMember:BucketIAMMember",
  service: "Cloud Storage",
  actions: { create: "buckets.setIamPolicy", delete: "buckets.setIamPolicy" },
  reach: "global",
  references: [
    {
      path: "bucket",
      to: BUCKET,
      within: "anywhere",
      holds: false,
      missing: { code: "notFound", message: "The specified bucket does not exist." },
    },
  ],
  create: ({ inputs, cloud, hex }) => {
    const on = cloud.list(BUCKET, "anywhere").find((each) => each.id === inputs.bucket);
    // https://docs.cloud.google.com/storage/docs/public-access-prevention
    if (publicMembers.has(inputs.member) && on?.outputs["publicAccessPrevention"] === "enforced") {
      refuse(
        "conditionNotMet",
        "The member bindings allUsers and allAuthenticatedUsers are not allowed since public access prevention is enforced.",
      );
    }
    if (inputs.condition !== undefined && on?.outputs["uniformBucketLevelAccess"] !== true) {
      refuse("invalid", "Conditions need uniform bucket-level access to be enabled on the bucket");
    }
    const id = `b/${inputs.bucket}/${inputs.role}/${inputs.member}`;
    const etag = Buffer.from(hex(16), "hex").toString("base64");
    return { id: inputs.condition === undefined ? id : `${id}/${text(inputs.condition.title)}`, outputs: { etag } };
  },
});

export const bucketTypes: readonly ResourceType[] = [bucket, bucketMember];
