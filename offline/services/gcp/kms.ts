import type { CryptoKeyArgs, KeyRingArgs } from "@pulumi/gcp/kms";
import { refuse } from "../../cloud/errors";
import { resourceType, type CheckContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { seconds } from "./lookups";
import { isRegion } from "./regions";
import { CRYPTO_KEY, KEY_RING, USED_KMS_NAME } from "./types";

/** https://docs.cloud.google.com/kms/docs/resource-hierarchy */
const NAME = {
  property: "name",
  pattern: /^[a-zA-Z0-9_-]{1,63}$/,
  rule: "1 to 63 letters, digits, underscores and hyphens",
  source: "https://docs.cloud.google.com/kms/docs/resource-hierarchy",
  maxLength: 63,
} as const;

/** Multi-regions: https://docs.cloud.google.com/kms/docs/locations */
const MULTI_REGIONS = [
  ...["global", "us", "europe", "asia", "asia1", "ca", "eur3", "eur4", "eur5", "eur6", "in", "nam3", "nam4", "nam6"],
  ...["nam7", "nam8", "nam9", "nam10", "nam11", "nam12", "nam-eur-asia1", "uk", "au", "de", "it"],
];

/** https://docs.cloud.google.com/kms/docs/key-destruction: rings and keys are never deleted, and their names are used up. */
const keyRing = resourceType<KeyRingArgs>({
  token: KEY_RING,
  service: "cloudkms",
  actions: { create: "keyRings.create", delete: "none" },
  name: NAME,
  check: ({ inputs, refuse: report }) => {
    const { location } = inputs;
    if (location === undefined || isRegion(location) || MULTI_REGIONS.includes(location)) return;
    report(
      "location",
      `The request concerns location '${location}' but was sent to location 'global'. Cloud KMS has no such location.`,
    );
  },
  create: ({ inputs, scope, cloud }) => {
    const id = `projects/${scope.account}/locations/${inputs.location}/keyRings/${inputs.name ?? ""}`;
    if (isUsed(cloud.list(USED_KMS_NAME, "anywhere"), id)) refuse("alreadyExists", `KeyRing ${id} already exists.`);
    return { id, outputs: {} };
  },
  delete: ({ resource, effects }) => {
    effects.put({ type: USED_KMS_NAME, id: resource.id, inputs: {}, outputs: { kind: "KeyRing" } });
  },
});

function isUsed(names: readonly { readonly id: string }[], id: string): boolean {
  return names.some((each) => each.id === id);
}

const DAY = 86_400;

/** https://docs.cloud.google.com/kms/docs/reference/rest/v1/CryptoKeyVersionAlgorithm */
const SYMMETRIC = "GOOGLE_SYMMETRIC_ENCRYPTION";

function checkKey({ inputs, refuse: report }: CheckContext<Resolved<CryptoKeyArgs>>): void {
  const { rotationPeriod, destroyScheduledDuration, purpose, versionTemplate } = inputs;
  const isSymmetric = (purpose ?? "ENCRYPT_DECRYPT") === "ENCRYPT_DECRYPT";
  if (rotationPeriod !== undefined) {
    const period = seconds(rotationPeriod);
    if (period === undefined)
      report("rotationPeriod", `"${rotationPeriod}" is no duration: seconds followed by s, such as 7776000s`);
    else if (period < DAY)
      report("rotationPeriod", `rotation period must be greater than or equal to 86400s, got ${rotationPeriod}`);
    if (!isSymmetric) report("rotationPeriod", `a key for ${purpose ?? ""} cannot be rotated automatically`);
  }
  if (destroyScheduledDuration !== undefined) {
    const wait = seconds(destroyScheduledDuration);
    // https://docs.cloud.google.com/kms/docs/key-destruction#scheduled_for_destruction_duration
    if (wait === undefined || wait < DAY || wait > 120 * DAY) {
      report(
        "destroyScheduledDuration",
        `24 hours to 120 days as seconds (86400s to 10368000s), got ${destroyScheduledDuration}`,
      );
    }
  }
  if (
    isSymmetric &&
    versionTemplate !== undefined &&
    ![SYMMETRIC, "EXTERNAL_SYMMETRIC_ENCRYPTION"].includes(versionTemplate.algorithm)
  ) {
    report(
      "versionTemplate.algorithm",
      `a key for ENCRYPT_DECRYPT has the algorithm ${SYMMETRIC}, got ${versionTemplate.algorithm}`,
    );
  }
}

const cryptoKey = resourceType<CryptoKeyArgs>({
  token: CRYPTO_KEY,
  service: "cloudkms",
  actions: { create: "cryptoKeys.create", update: "cryptoKeys.patch", delete: "cryptoKeyVersions.destroy" },
  name: NAME,
  references: [
    {
      path: "keyRing",
      to: KEY_RING,
      within: "anywhere",
      missing: { code: "notFound", message: "KeyRing {value} not found." },
      // A ring is only forgotten, never deleted.
      holds: false,
    },
  ],
  check: checkKey,
  create: ({ inputs, cloud }) => {
    const id = `${inputs.keyRing}/cryptoKeys/${inputs.name ?? ""}`;
    if (isUsed(cloud.list(USED_KMS_NAME, "anywhere"), id)) refuse("alreadyExists", `CryptoKey ${id} already exists.`);
    const template = inputs.versionTemplate;
    const primary =
      inputs.skipInitialVersionCreation === true ? [] : [{ name: `${id}/cryptoKeyVersions/1`, state: "ENABLED" }];
    return {
      id,
      outputs: {
        cryptoKeyBackend: inputs.cryptoKeyBackend ?? "",
        deletionPolicy: inputs.deletionPolicy ?? "DELETE",
        destroyScheduledDuration: inputs.destroyScheduledDuration ?? `${String(30 * DAY)}s`,
        importOnly: inputs.importOnly ?? false,
        primaries: primary,
        purpose: inputs.purpose ?? "ENCRYPT_DECRYPT",
        versionTemplate: {
          algorithm: template?.algorithm ?? SYMMETRIC,
          protectionLevel: template?.protectionLevel ?? "SOFTWARE",
        },
      },
    };
  },
  delete: ({ resource, effects }) => {
    effects.put({ type: USED_KMS_NAME, id: resource.id, inputs: {}, outputs: { kind: "CryptoKey" } });
  },
});

export const kmsTypes: readonly ResourceType[] = [keyRing, cryptoKey];
