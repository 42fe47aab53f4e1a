import type { AppServicePlanArgs, WebAppArgs } from "@pulumi/azure-native/web";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { CallContext, CheckContext, Resolved, ResourceType } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { sameId } from "./arm";
import { zonesOf } from "./regions";
import {
  azureType,
  byId,
  checkChoices,
  checkRanges,
  globalName,
  guidFor,
  locationOf,
  made,
  requireIdentities,
} from "./service-support";
import { block, blocks, text } from "./text";
import { SERVICE_PLAN, STORAGE_ACCOUNT, SUBNET, WEB_APP } from "./types";

type Plan = Resolved<AppServicePlanArgs>;
type App = Resolved<WebAppArgs>;

/** Tier of each SKU: https://learn.microsoft.com/azure/app-service/overview-hosting-plans */
const TIERS: readonly (readonly [name: RegExp, tier: string])[] = [
  [/^FC1$/, "FlexConsumption"],
  [/^Y1$/, "Dynamic"],
  [/^EP[123]$/, "ElasticPremium"],
  [/^F1$/, "Free"],
  [/^D1$/, "Shared"],
  [/^B[123]$/, "Basic"],
  [/^S[123]$/, "Standard"],
  [/^P[123]v2$/, "PremiumV2"],
  [/^P(?:0v3|[1-3]v3|[1-5]mv3)$/, "PremiumV3"],
  [/^P(?:0v4|[1-3]v4|[1-5]mv4)$/, "PremiumV4"],
  [/^I[1-6]v2$/, "IsolatedV2"],
];

/** Tiers that spread over zones: https://learn.microsoft.com/azure/reliability/reliability-functions */
const ZONED = ["FlexConsumption", "ElasticPremium", "PremiumV2", "PremiumV3", "PremiumV4", "IsolatedV2"];
/** Tiers whose apps join a network. */
const NETWORKED = [...ZONED, "Basic", "Standard"];

/** Delegation of the subnet of outgoing traffic: https://learn.microsoft.com/azure/azure-functions/functions-networking-options */
const DELEGATION = { flex: "Microsoft.App/environments", other: "Microsoft.Web/serverFarms" } as const;

function tierOf(name: string): string | undefined {
  return TIERS.find(([pattern]) => pattern.test(name))?.[1];
}

const plan = azureType<AppServicePlanArgs>({
  token: SERVICE_PLAN,
  name: {
    property: "name",
    pattern: /^[A-Za-z0-9-]{1,60}$/,
    rule: "1 to 60 letters, digits and -",
    source: "https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules",
    maxLength: 60,
  },
  inUse: {
    code: "Conflict",
    message: "Server farm '{id}' cannot be deleted because it has web app(s) assigned to it.",
  },
  check: (context) => {
    const { inputs, refuse: report } = context;
    const { name, tier } = inputs.sku ?? {};
    const known = name === undefined ? undefined : tierOf(name);
    if (name !== undefined && known === undefined) report("sku.name", `there is no SKU ${name}`);
    if (known !== undefined && tier !== undefined && tier !== known)
      report("sku.tier", `${name ?? ""} is of the tier ${known}, got ${tier}`);
    if (known === "FlexConsumption" && inputs.reserved !== true)
      report("reserved", "Flex Consumption is Linux alone: set it to true");
    checkRanges(context, [["maximumElasticWorkerCount", inputs.maximumElasticWorkerCount, 1, 100]]);
    if (inputs.maximumElasticWorkerCount !== undefined && known !== undefined && known !== "ElasticPremium") {
      report("maximumElasticWorkerCount", `is of the tier ElasticPremium alone, got ${known}`);
    }
  },
  create: (context) => {
    checkZones(context);
    return made(planSettings(context));
  },
  update: (context) => {
    checkZones(context);
    const [before, after] = [tierOf(context.oldInputs.sku?.name ?? ""), tierOf(context.inputs.sku?.name ?? "")];
    if (before !== after && [before, after].includes("FlexConsumption")) {
      refuse("BadRequest", "A plan does not become Flex Consumption, nor does it leave it.");
    }
    return planSettings(context);
  },
});

function checkZones(context: CallContext<Plan>): void {
  const { inputs } = context;
  if (inputs.zoneRedundant !== true) return;
  const tier = tierOf(inputs.sku?.name ?? "") ?? "";
  if (!ZONED.includes(tier)) refuse("BadRequest", `A plan of the tier ${tier} cannot be zone-redundant.`);
  if (zonesOf(locationOf(context)).length === 0) {
    refuse(
      "BadRequest",
      `Zone redundancy is not supported in ${locationOf(context)}, which has no availability zones.`,
    );
  }
}

function planSettings({ inputs, scope }: CallContext<Plan>): Properties {
  const name = inputs.sku?.name ?? "F1";
  return {
    sku: { name, tier: tierOf(name) ?? "", size: name, capacity: inputs.sku?.capacity ?? 1 },
    status: "Ready",
    subscription: scope.account,
    resourceGroup: inputs.resourceGroupName,
    numberOfSites: 0,
    numberOfWorkers: inputs.sku?.capacity ?? 1,
    maximumNumberOfWorkers: inputs.maximumElasticWorkerCount ?? 10,
  };
}

const app = azureType<WebAppArgs>({
  token: WEB_APP,
  name: globalName({
    property: "name",
    pattern: /^[A-Za-z0-9][A-Za-z0-9-]{0,58}[A-Za-z0-9]$/,
    rule: "2 to 60 letters, digits and -, none of - first or last",
    maxLength: 60,
    unique: { within: "world", code: "Conflict", message: "Website with given name {value} already exists." },
  }),
  references: [
    {
      path: "serverFarmId",
      to: SERVICE_PLAN,
      within: "account",
      missing: { code: "NotFound", message: "Cannot find ServerFarm with name {value}." },
    },
    { path: "virtualNetworkSubnetId", to: SUBNET, within: "account" },
  ],
  check: checkApp,
  create: (context) => {
    requireIdentities(context);
    const serverFarm = byId(context.cloud, SERVICE_PLAN, context.inputs.serverFarmId);
    checkHosting(context, serverFarm);
    const name = context.inputs.name ?? "";
    return made({
      defaultHostName: `${name}.azurewebsites.net`,
      hostNames: [`${name}.azurewebsites.net`],
      enabledHostNames: [`${name}.azurewebsites.net`, `${name}.scm.azurewebsites.net`],
      repositorySiteName: name,
      customDomainVerificationId: guidFor(context, "domain").replaceAll("-", "").toUpperCase(),
      outboundIpAddresses: "",
      possibleOutboundIpAddresses: "",
      resourceGroup: context.inputs.resourceGroupName,
      state: "Running",
      usageState: "Normal",
      availabilityState: "Normal",
      ...appSettings(context.inputs),
    });
  },
  update: (context) => {
    checkHosting(context, byId(context.cloud, SERVICE_PLAN, context.inputs.serverFarmId));
    return appSettings(context.inputs);
  },
});

function checkApp(context: CheckContext<App>): void {
  const { inputs } = context;
  const { scaleAndConcurrency, runtime } = inputs.functionAppConfig ?? {};
  checkChoices(context, [
    ["siteConfig.minTlsVersion", inputs.siteConfig?.minTlsVersion, ["1.0", "1.1", "1.2", "1.3"]],
    ["siteConfig.ftpsState", inputs.siteConfig?.ftpsState, ["AllAllowed", "FtpsOnly", "Disabled"]],
    [
      "functionAppConfig.runtime.name",
      runtime?.name,
      ["dotnet-isolated", "node", "java", "powershell", "python", "custom"],
    ],
  ]);
  // https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan
  const memory = scaleAndConcurrency?.instanceMemoryMB;
  if (memory !== undefined && ![512, 2048, 4096].includes(memory)) {
    context.refuse(
      "functionAppConfig.scaleAndConcurrency.instanceMemoryMB",
      `must be 512, 2048 or 4096, got ${String(memory)}`,
    );
  }
  checkRanges(context, [
    ["functionAppConfig.scaleAndConcurrency.maximumInstanceCount", scaleAndConcurrency?.maximumInstanceCount, 1, 1000],
  ]);
}

/** https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan, functions-infrastructure-as-code */
function checkHosting(context: CallContext<App>, serverFarm: StoredResource | undefined): void {
  const { inputs, cloud } = context;
  if (serverFarm === undefined) return;
  if (text(serverFarm.inputs["location"]) !== locationOf(context)) {
    refuse(
      "BadRequest",
      `The app is in ${locationOf(context)} and its plan in ${text(serverFarm.inputs["location"]) ?? ""}: both must be in one region.`,
    );
  }
  const tier = tierOf(text(block(serverFarm.inputs["sku"])["name"]) ?? "") ?? "";
  const isFlex = tier === "FlexConsumption";
  const config = inputs.functionAppConfig;
  if (isFlex && (config?.deployment?.storage?.value === undefined || config.runtime === undefined)) {
    refuse("BadRequest", "An app of Flex Consumption needs functionAppConfig with a deployment storage and a runtime.");
  }
  if (!isFlex && config !== undefined)
    refuse("BadRequest", `functionAppConfig is of Flex Consumption alone: the plan is ${tier}.`);
  const store = /^https:\/\/([a-z0-9]+)\.blob\.core\.windows\.net\//.exec(
    config?.deployment?.storage?.value ?? "",
  )?.[1];
  if (
    store !== undefined &&
    !cloud.list(STORAGE_ACCOUNT, "anywhere").some((each) => each.inputs["accountName"] === store)
  ) {
    refuse("BadRequest", `The storage account ${store} of the deployment does not exist.`);
  }
  checkSubnet(context, tier, isFlex ? DELEGATION.flex : DELEGATION.other);
}

function checkSubnet({ inputs, cloud }: CallContext<App>, tier: string, delegation: string): void {
  const subnetId = inputs.virtualNetworkSubnetId;
  if (subnetId === undefined) return;
  if (!NETWORKED.includes(tier)) refuse("BadRequest", `An app of the tier ${tier} cannot join a virtual network.`);
  const subnet = byId(cloud, SUBNET, subnetId) ?? refuse("NotFound", `The subnet ${subnetId} was not found.`);
  if (blocks(subnet.inputs["delegations"]).some(({ serviceName }) => sameId(serviceName, delegation))) return;
  refuse("BadRequest", `The subnet ${subnetId} is missing the delegation ${delegation}.`);
}

function appSettings(inputs: App): Properties {
  return {
    enabled: inputs.enabled ?? true,
    httpsOnly: inputs.httpsOnly ?? false,
    kind: inputs.kind ?? "app",
    publicNetworkAccess: inputs.publicNetworkAccess ?? "Enabled",
    siteConfig: { minTlsVersion: "1.2", ftpsState: "FtpsOnly", ...inputs.siteConfig },
  };
}

export const functionTypes: readonly ResourceType[] = [plan, app];
