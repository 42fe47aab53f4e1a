import { ManagementLockByScope } from "@pulumi/azure-native/authorization/managementLockByScope";
import type { Input, Resource } from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";

/**
 * Lets nobody delete a resource, nor what is in it, where the class says so; that includes rights on it, so that one is taken back
 * only after the lock, which goes in the update that takes the stack's protection down. What is stored in it is not settings, and can
 * be deleted. https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
 *
 * @param what names the resource to whom the lock stops
 */
export function lockAgainstDeletion(
  name: string,
  {
    scope,
    what,
    protection,
  }: { readonly scope: Input<string>; readonly what: string; readonly protection: Protection },
  parent: Resource,
): void {
  if (!protection.deletionProtection) return;
  new ManagementLockByScope(
    name,
    {
      scope,
      lockName: "site",
      level: "CanNotDelete",
      notes: `Set the stack's protection to off before ${what} is deleted`,
    },
    { parent },
  );
}
