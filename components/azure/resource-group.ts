import { ResourceGroup as AzureResourceGroup } from "@pulumi/azure-native/resources/resourceGroup";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import type { Place, Subscription } from "./place";

export interface ResourceGroupArgs {
  readonly subscription: Subscription;
  /** Physical name: 1 to 90 letters, digits, `_`, `-`, `.` and brackets. A change replaces all that is in the group. */
  readonly groupName: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly protection: Protection;
}

/**
 * The resource group that a site is made in. Deleting it deletes all that is in it, also what the program does not know, so the
 * engine refuses to where the class protects.
 */
export class ResourceGroup extends ComponentResource implements Place {
  readonly subscription: Subscription;
  readonly groupName: Output<string>;
  readonly region: string;
  readonly tags: Readonly<Record<string, string>>;
  /** The cloud's own name of the group. */
  readonly groupId: Output<string>;

  constructor(name: string, args: ResourceGroupArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:ResourceGroup", name, {}, opts);
    const { subscription, tags } = args;
    const group = new AzureResourceGroup(
      `${name}-group`,
      { resourceGroupName: args.groupName, location: subscription.region, tags: { ...tags } },
      { parent: this, protect: args.protection.protect },
    );
    this.subscription = subscription;
    this.region = subscription.region;
    this.tags = tags;
    this.groupName = group.name;
    this.groupId = group.id;
    this.registerOutputs({ groupName: this.groupName });
  }
}
