import type { FederatedIdentityCredentialArgs, UserAssignedIdentityArgs } from "@pulumi/azure-native/managedidentity";
import { refuse } from "../../cloud/errors";
import type { ResourceType } from "../../cloud/resource-type";
import { DEFAULT_TENANT } from "./provider-config";
import { azureType, childrenOf, guidFor, parentOf } from "./service-support";
import { FEDERATED_CREDENTIAL, IDENTITY } from "./types";

const NAMES =
  "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftmanagedidentity";

const identity = azureType<UserAssignedIdentityArgs>({
  token: IDENTITY,
  name: {
    property: "resourceName",
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{2,127}$/,
    rule: "3 to 128 letters, digits, underscores and hyphens, a letter or digit first",
    source: NAMES,
    maxLength: 128,
  },
  create: (context) => ({
    id: "",
    outputs: {
      clientId: guidFor(context, "client"),
      principalId: guidFor(context, "principal"),
      tenantId: DEFAULT_TENANT,
    },
  }),
});

/** https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations */
const CREDENTIALS = 20;

const credential = azureType<FederatedIdentityCredentialArgs>({
  token: FEDERATED_CREDENTIAL,
  name: {
    property: "federatedIdentityCredentialResourceName",
    pattern: /^[A-Za-z0-9][A-Za-z0-9_-]{2,119}$/,
    rule: "3 to 120 letters, digits, underscores and hyphens, a letter or digit first",
    source: "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations",
    maxLength: 120,
  },
  check: (context) => {
    const { inputs } = context;
    const audiences = inputs.audiences ?? [];
    if (audiences.length !== 1 && !context.isUnknown("audiences")) {
      context.refuse(
        "audiences",
        `InvalidFederatedIdentityCredentialAudience: exactly one audience, got ${String(audiences.length)}`,
      );
    }
    if (inputs.issuer !== undefined && !/^https:\/\/[^\s/]+/.test(inputs.issuer)) {
      context.refuse(
        "issuer",
        `InvalidFederatedIdentityCredentialIssuer: the issuer must be an HTTPS URL, got "${inputs.issuer}"`,
      );
    }
    if ((inputs.subject ?? "").length > 600) context.refuse("subject", "at most 600 characters");
  },
  create: (context) => {
    const owner = parentOf(context, FEDERATED_CREDENTIAL, IDENTITY);
    const others = owner === undefined ? [] : childrenOf(context.cloud, FEDERATED_CREDENTIAL, owner.id);
    if (others.length >= CREDENTIALS) {
      refuse(
        "FederatedIdentityCredentialLimitReached",
        `Too many Federated Identity Credentials: an identity has at most ${String(CREDENTIALS)}.`,
      );
    }
    refuseTwin(context.inputs, others);
    return { id: "", outputs: {} };
  },
  update: (context) => {
    const owner = parentOf(context, FEDERATED_CREDENTIAL, IDENTITY);
    const others = owner === undefined ? [] : childrenOf(context.cloud, FEDERATED_CREDENTIAL, owner.id);
    refuseTwin(
      context.inputs,
      others.filter(({ id }) => id !== context.resource.id),
    );
    return {};
  },
});

function refuseTwin(
  {
    issuer,
    subject,
    audiences,
  }: { readonly issuer: string; readonly subject: string; readonly audiences: readonly string[] },
  others: readonly { readonly inputs: { readonly [property: string]: unknown } }[],
): void {
  const twin = others.some(({ inputs }) => inputs["issuer"] === issuer && inputs["subject"] === subject);
  if (twin) {
    refuse(
      "FederatedIdentityCredentialDuplicate",
      `Issuer and subject combination already exists for this Managed Identity: ${issuer}, ${subject} (audience ${audiences.join(", ")}).`,
    );
  }
}

export const identityTypes: readonly ResourceType[] = [identity, credential];
