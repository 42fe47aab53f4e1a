import { FederatedIdentityCredential } from "@pulumi/azure-native/managedidentity/federatedIdentityCredential";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import type { Grant } from "../contracts/grant";
import type { WorkloadIdentity as WorkloadIdentityContract } from "../contracts/workload-identity";
import { giveGrants } from "./grants";
import type { Place } from "./place";

export interface WorkloadIdentityArgs {
  readonly place: Place;
  /** First part of the identity's name: `<prefix>-<namespace>-<service account>`. */
  readonly prefix: string;
  readonly namespace: string;
  readonly serviceAccount: string;
  /**
   * Issuers of the clusters whose service account it is, by a name of 3 to 120 letters, digits, `-` and `_` that never changes. At most 20.
   * https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations
   */
  readonly issuers: Readonly<Record<string, Input<string>>>;
  readonly grants: readonly Grant[];
}

/** What a token of a service account has to be made for. */
const audience = "api://AzureADTokenExchange";

const mostIssuers = 20;

/**
 * Binds one Kubernetes service account to a managed identity of its own: Microsoft Entra trusts the tokens of the cluster's issuer
 * for this service account alone. https://learn.microsoft.com/azure/aks/workload-identity-overview
 *
 * @throws Error for more than 20 issuers, or none.
 */
export class WorkloadIdentity extends ComponentResource implements WorkloadIdentityContract {
  readonly namespace: string;
  readonly serviceAccount: string;
  /** Which identity the webhook of AKS gives to the pods. */
  readonly annotations: Readonly<Record<string, Input<string>>>;
  /** Pods without it are left alone by the webhook. */
  readonly podLabels: Readonly<Record<string, string>> = { "azure.workload.identity/use": "true" };
  readonly identityId: Output<string>;
  readonly principalId: Output<string>;

  constructor(name: string, args: WorkloadIdentityArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:WorkloadIdentity", name, {}, opts);
    const { place, namespace, serviceAccount } = args;
    const issuers = Object.entries(args.issuers);
    if (issuers.length === 0 || issuers.length > mostIssuers) {
      throw new Error(
        `identity "${name}" is to trust ${String(issuers.length)} issuers, and Microsoft Entra takes 1 to ${String(mostIssuers)}: ` +
          "give each cluster beyond them an identity of its own",
      );
    }
    const identity = new UserAssignedIdentity(
      `${name}-identity`,
      {
        resourceGroupName: place.groupName,
        location: place.region,
        tags: { ...place.tags },
        resourceName: `${args.prefix}-${namespace}-${serviceAccount}`,
      },
      { parent: this },
    );
    let before: FederatedIdentityCredential | undefined;
    for (const [cluster, issuer] of issuers) {
      before = new FederatedIdentityCredential(
        `${name}-${cluster}`,
        {
          resourceGroupName: place.groupName,
          resourceName: identity.name,
          federatedIdentityCredentialResourceName: cluster,
          issuer,
          subject: `system:serviceaccount:${namespace}:${serviceAccount}`,
          audiences: [audience],
        },
        // One after the other: an identity takes one write of a credential at a time.
        // https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations#concurrent-updates-arent-supported-user-assigned-managed-identities
        { parent: this, ...(before === undefined ? {} : { dependsOn: [before] }) },
      );
    }
    giveGrants(name, { subscription: place.subscription, grants: args.grants, identity }, this);
    this.namespace = namespace;
    this.serviceAccount = serviceAccount;
    this.annotations = { "azure.workload.identity/client-id": identity.clientId };
    this.identityId = identity.id;
    this.principalId = identity.principalId;
    this.registerOutputs({ identityId: this.identityId });
  }
}
