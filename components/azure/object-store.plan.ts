/** How long the objects of a prefix are kept where. */
export interface Aging {
  readonly infrequentAccessAfterDays: number;
  readonly deleteAfterDays: number;
}

/** https://learn.microsoft.com/azure/storage/blobs/lifecycle-management-policy-structure */
const blockBlobs = ["blockBlob"];

/** Objects of a prefix move to the tier Cool and are deleted, both by when they were last written. */
export function agingRule(container: string, prefix: string, aging: Aging) {
  return {
    name: prefix,
    enabled: true,
    type: "Lifecycle",
    definition: {
      filters: { blobTypes: blockBlobs, prefixMatch: [`${container}/${prefix}/`] },
      actions: {
        baseBlob: {
          tierToCool: { daysAfterModificationGreaterThan: aging.infrequentAccessAfterDays },
          delete: { daysAfterModificationGreaterThan: aging.deleteAfterDays },
        },
      },
    },
  };
}

/**
 * Versions that were replaced are deleted. Their days count from when they were written, and not from when they were replaced:
 * it is soft delete that then keeps each of them as long again.
 */
export function oldVersionsRule(keepVersionsDays: number) {
  return {
    name: "old-versions",
    enabled: true,
    type: "Lifecycle",
    definition: {
      filters: { blobTypes: blockBlobs },
      actions: { version: { delete: { daysAfterCreationGreaterThan: keepVersionsDays } } },
    },
  };
}

/** Days that Azure keeps what was deleted at most: https://learn.microsoft.com/azure/storage/blobs/soft-delete-blob-overview */
export const mostRecoveryDays = 365;

/**
 * What becomes of a deleted object or container.
 *
 * @throws RangeError for more days than Azure keeps it.
 */
export function softDelete(days: number) {
  if (!Number.isInteger(days) || days < 1 || days > mostRecoveryDays) {
    throw new RangeError(
      `keepVersionsDays (${String(days)}) is none of the 1 to ${String(mostRecoveryDays)} days that Azure keeps deleted objects: choose among them`,
    );
  }
  return { deleteRetentionPolicy: { enabled: true, days }, containerDeleteRetentionPolicy: { enabled: true, days } };
}
