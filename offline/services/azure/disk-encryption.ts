import type { DiskEncryptionSetArgs } from "@pulumi/azure-native/compute";
import type { ResourceType } from "../../cloud/resource-type";
import { networkName } from "./references";
import { azureType, requireIdentities, requireKey } from "./service-support";
import { DISK_ENCRYPTION_SET } from "./types";

/** https://learn.microsoft.com/azure/virtual-machines/disk-encryption#customer-managed-keys */
const encryptionSet = azureType<DiskEncryptionSetArgs>({
  token: DISK_ENCRYPTION_SET,
  name: networkName("diskEncryptionSetName"),
  check: (context) => {
    if (context.inputs.identity === undefined && !context.isUnknown("identity")) {
      context.refuse("identity", "InvalidParameter: a disk encryption set needs an identity that reads its key");
    }
  },
  create: (context) => {
    requireIdentities(context);
    requireKey(context, context.inputs.activeKey?.keyUrl, "KeyVaultAccessForbidden");
    return {
      id: "",
      outputs: {
        encryptionType: context.inputs.encryptionType ?? "EncryptionAtRestWithCustomerKey",
      },
    };
  },
  update: (context) => {
    requireIdentities(context);
    requireKey(context, context.inputs.activeKey?.keyUrl, "KeyVaultAccessForbidden");
    return {};
  },
});

export const diskEncryptionTypes: readonly ResourceType[] = [encryptionSet];
