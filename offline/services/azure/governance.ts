import type { PolicyAssignmentArgs } from "@pulumi/azure-native/authorization";
import type { B2CTenantArgs, CIAMTenantArgs } from "@pulumi/azure-native/azureactivedirectory";
import type { PricingArgs, SecurityContactArgs } from "@pulumi/azure-native/security";
import { refuse } from "../../cloud/errors";
import type { CheckContext, ResourceType } from "../../cloud/resource-type";
import { azureType, byId, checkChoices, globalName, guidFor, made, requireIdentities } from "./service-support";
import { text } from "./text";

const PRICING = "azure-native:security:Pricing";
const CONTACT = "azure-native:security:SecurityContact";
const POLICY_ASSIGNMENT = "azure-native:authorization:PolicyAssignment";
const POLICY_DEFINITION = "azure-native:authorization:PolicyDefinition";
const POLICY_SET = "azure-native:authorization:PolicySetDefinition";
const CIAM = "azure-native:azureactivedirectory:CIAMTenant";
const B2C = "azure-native:azureactivedirectory:B2CTenant";

/** Plans of Microsoft Defender for Cloud, with their sub-plans: https://learn.microsoft.com/rest/api/defenderforcloud/pricings/update */
const PLANS: Readonly<Record<string, readonly string[]>> = {
  AI: [],
  Api: ["P1", "P2", "P3", "P4", "P5"],
  AppServices: [],
  Arm: ["PerApiCall", "PerSubscription"],
  CloudPosture: [],
  Containers: [],
  CosmosDbs: [],
  Dns: [],
  KeyVaults: ["PerKeyVault", "PerTransaction"],
  OpenSourceRelationalDatabases: [],
  SqlServerVirtualMachines: [],
  SqlServers: [],
  StorageAccounts: ["DefenderForStorageV2", "PerStorageAccount", "PerTransaction"],
  VirtualMachines: ["P1", "P2"],
};

const pricing = azureType<PricingArgs>({
  token: PRICING,
  check: (context) => {
    const { inputs, refuse: report } = context;
    const { pricingName, subPlan, pricingTier } = inputs;
    checkChoices(context, [
      ["pricingName", pricingName, Object.keys(PLANS)],
      ["pricingTier", pricingTier, ["Free", "Standard"]],
    ]);
    const plans = PLANS[pricingName ?? ""] ?? [];
    if (subPlan !== undefined && !plans.includes(subPlan)) {
      report(
        "subPlan",
        `${pricingName ?? ""} has ${plans.length === 0 ? "no sub-plans" : `the sub-plans ${plans.join(", ")}`}, got ${subPlan}`,
      );
    }
    if (pricingTier === "Free" && subPlan !== undefined) report("subPlan", "a free plan has none");
  },
  create: ({ inputs }) =>
    made({
      subPlan: inputs.subPlan,
      deprecated: inputs.pricingName === "Dns",
      enforce: inputs.enforce ?? "False",
      freeTrialRemainingTime: "P0D",
      resourcesCoverageStatus: inputs.pricingTier === "Standard" ? "FullyCovered" : "NotCovered",
      replacedBy: [],
    }),
  update: ({ inputs, oldInputs }) => {
    if (inputs.subPlan !== oldInputs.subPlan && oldInputs.subPlan !== undefined && inputs.subPlan === undefined) {
      refuse("BadRequest", "A plan keeps its sub-plan, or gets another one.");
    }
    return { resourcesCoverageStatus: inputs.pricingTier === "Standard" ? "FullyCovered" : "NotCovered" };
  },
});

const contact = azureType<SecurityContactArgs>({
  token: CONTACT,
  name: {
    property: "securityContactName",
    pattern: /^default$/,
    rule: "a subscription has one contact, default",
    source: "https://learn.microsoft.com/rest/api/defenderforcloud/security-contacts/create",
    maxLength: 7,
  },
  create: () => made({}),
});

/** A definition that Azure brings: of its form, whichever it is. */
const BUILT_IN = /^\/providers\/Microsoft\.Authorization\/policy(?:Set)?Definitions\/[\w-]+$/i;

/** https://learn.microsoft.com/azure/governance/policy/concepts/assignment-structure */
const policyAssignment = azureType<PolicyAssignmentArgs>({
  token: POLICY_ASSIGNMENT,
  check: ({ inputs, refuse: report }) => {
    const most = /^\/providers\/Microsoft\.Management\//i.test(inputs.scope ?? "") ? 24 : 64;
    if ((inputs.policyAssignmentName ?? "").length > most)
      report("policyAssignmentName", `has at most ${String(most)} characters`);
    if (inputs.identity !== undefined && inputs.location === undefined)
      report("location", "is required with an identity");
  },
  create: (context) => {
    const { inputs, cloud } = context;
    requireIdentities(context);
    const id = text(inputs.policyDefinitionId);
    if (id === undefined) return refuse("InvalidPolicyAssignment", "An assignment needs a policyDefinitionId.");
    const isKnown =
      BUILT_IN.test(id) || [POLICY_DEFINITION, POLICY_SET].some((type) => byId(cloud, type, id) !== undefined);
    if (!isKnown) refuse("PolicyDefinitionNotFound", `The policy definition '${id}' could not be found.`);
    return made({
      enforcementMode: inputs.enforcementMode ?? "Default",
      instanceId: guidFor(context, "assignment"),
      assignmentType: "Custom",
      effectiveDefinitionVersion: "1.0.0",
      latestDefinitionVersion: "1.0.0",
    });
  },
});

/** Where the data of a tenant of Entra External ID is kept: https://learn.microsoft.com/rest/api/activedirectory/ciam-tenants/create */
const PLACES = ["United States", "Europe", "Asia Pacific", "Australia", "Japan"];

const tenantName = globalName({
  property: "resourceName",
  pattern: /^[A-Za-z0-9]{1,26}(?:\.onmicrosoft\.com)?$/,
  rule: "the first part of the tenant's domain, 1 to 26 letters and digits, with or without .onmicrosoft.com",
  maxLength: 42,
  unique: { within: "world", code: "DomainNameNotAvailable", message: "The domain name {value} is not available." },
});

/** The location of a tenant is a place of the world, no region. */
function checkPlace(context: CheckContext<{ readonly location?: string | undefined }>): void {
  checkChoices(context, [
    ["location", context.inputs.location, PLACES.flatMap((place) => [place, place.toLowerCase().replaceAll(" ", "")])],
  ]);
}

const ciamTenant = azureType<CIAMTenantArgs>({
  token: CIAM,
  name: tenantName,
  check: (context) => {
    checkPlace(context);
    const country = context.inputs.createTenantProperties?.countryCode;
    if (country !== undefined && !/^[A-Z]{2}$/.test(country)) {
      context.refuse(
        "createTenantProperties.countryCode",
        `"${country}" is not a country code of two letters, such as US`,
      );
    }
  },
  create: (context) =>
    made({
      tenantId: guidFor(context, "tenant"),
      billingConfig: { billingType: "MAU", effectiveStartDateUtc: "2026-01-01T00:00:00Z" },
      sku: { name: context.inputs.sku.name, tier: context.inputs.sku.tier },
    }),
});

/** https://learn.microsoft.com/azure/active-directory-b2c/faq */
const b2cTenant = azureType<B2CTenantArgs>({
  token: B2C,
  name: tenantName,
  check: checkPlace,
  create: () =>
    refuse(
      "Forbidden",
      "Azure AD B2C is no longer sold to new customers since 2025-05-01: take a tenant of Entra External ID, CIAMTenant.",
    ),
});

export const governanceTypes: readonly ResourceType[] = [pricing, contact, policyAssignment, ciamTenant, b2cTenant];
