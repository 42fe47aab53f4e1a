import type { Registration } from "../../support/in-process";
import { at, text, type Deployed } from "../deployed";
import { azureStores } from "./azure.stores";
import { each, faults, isOpen, list, strings, type CloudFacts } from "./facts";

const GROUP = "azure-native:network:NetworkSecurityGroup";
const SUBNET = "azure-native:network:Subnet";

/** Roles that do everything: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles */
const EVERYTHING: Readonly<Record<string, string>> = {
  Owner: "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
  Contributor: "b24988ac-6180-42a0-ab88-20f7382dd24c",
  "Role Based Access Control Administrator": "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
  "User Access Administrator": "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
};

/** Subnets whose machines go out by the NAT gateway; the others have no way out. */
const OUTWARDS = ["nodes", "functions", "runners"];

/** What the invariants mean on Azure. */
export const azure: CloudFacts = {
  package: "azure-native",
  providerRegion: "location",
  region:
    /\b(?:(?:east|west|central|northcentral|southcentral|westcentral)us\d?|(?:north|west)europe|(?:uk|japan|korea|brazil|france|germany|italy|norway|poland|sweden|switzerland|spain|israel|uae|qatar|canada|australia|southafrica|jioindia)\w*(?:north|south|east|west|central)\d?|(?:east|southeast)asia|(?:central|south|west)india)\b/g,
  stores: azureStores,
  keepNothing: [
    "azure-native:authorization:",
    "azure-native:managedidentity:",
    "azure-native:monitor:",
    "azure-native:network:",
    "azure-native:privatedns:",
    "azure-native:resources:",
    "azure-native:security:",
    "azure-native:applicationinsights:Component",
    "azure-native:compute:DiskEncryptionSet",
    "azure-native:containerservice:MaintenanceConfiguration",
    "azure-native:dataprotection:BackupInstance",
    "azure-native:dataprotection:BackupPolicy",
    "azure-native:dbforpostgresql:AdministratorsMicrosoftEntra",
    "azure-native:dbforpostgresql:Configuration",
    "azure-native:machinelearningservices:Compute",
    "azure-native:machinelearningservices:Datastore",
    "azure-native:machinelearningservices:Schedule",
    "azure-native:storage:Blob",
    "azure-native:storage:BlobServiceProperties",
    "azure-native:storage:ManagementPolicy",
    "azure-native:web:AppServicePlan",
    "azure-native:web:WebAppFtpAllowed",
    "azure-native:web:WebAppScmAllowed",
  ],
  volumes: (parameters) =>
    /\/diskEncryptionSets\/[^/]+$/.test(textOr(at(parameters, "diskEncryptionSetID"))) &&
    at(parameters, "networkAccessPolicy") === "DenyAll",
  privateBalancer: ["service.beta.kubernetes.io/azure-load-balancer-internal", "true"],
  keys: {
    "azure-native:keyvault:Key": ({ inputs }) =>
      at(inputs, "properties.rotationPolicy.lifetimeActions.0.action.type") === "rotate" &&
      at(inputs, "properties.rotationPolicy.lifetimeActions.0.trigger.timeAfterCreate") === "P1Y",
  },
  noAddress: {
    "azure-native:containerservice:AgentPool": ({ inputs }) => inputs["enableNodePublicIP"] === false,
    "azure-native:containerservice:ManagedCluster": ({ inputs }) =>
      each(inputs["agentPoolProfiles"], (pool) => at(pool, "enableNodePublicIP") === false),
    "azure-native:machinelearningservices:Compute": ({ inputs }) =>
      at(inputs, "properties.properties.enableNodePublicIp") === false &&
      at(inputs, "properties.properties.remoteLoginPortPublicAccess") === "Disabled",
    // Addresses of the internet are those of the NAT gateway, of tunnels to other sites and of Azure Bastion.
    "azure-native:network:PublicIPAddress": ({ id }, stack) =>
      [
        "azure-native:network:NatGateway",
        "azure-native:network:VirtualNetworkGateway",
        "azure-native:network:BastionHost",
      ].some((type) => stack.ofType(type).some(({ inputs }) => holdsId(inputs, id))),
    "azure-native:network:Subnet": ({ inputs }) => inputs["defaultOutboundAccess"] === false,
  },
  openings,
  waysOut,
  tooWide: (stack) =>
    faults(stack, "azure-native:authorization:RoleAssignment", (inputs) => {
      const role = text(inputs["roleDefinitionId"]).split("/").at(-1) ?? "";
      const onOneThing = /\/resourceGroups\/[^/]+\/providers\//.test(text(inputs["scope"]));
      return onOneThing ? role !== EVERYTHING["Owner"] : !Object.values(EVERYTHING).includes(role);
    }),
};

function textOr(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function holdsId(inputs: Registration["inputs"], id: string | undefined): boolean {
  return id !== undefined && JSON.stringify(inputs).includes(`"${id}"`);
}

/** Every subnet but that of tunnels is guarded, and what a group lets in from everywhere is 80 and 443, or Azure Bastion's. */
function openings(stack: Deployed): readonly string[] {
  return [
    ...faults(
      stack,
      SUBNET,
      (inputs) => inputs["subnetName"] === "GatewaySubnet" || at(inputs, "networkSecurityGroup.id") !== undefined,
    ),
    ...stack.ofType(GROUP).flatMap(({ urn, inputs }) => {
      const rules = list(inputs["securityRules"]);
      const last = rules.filter((rule) => at(rule, "direction") === "Inbound").at(-1);
      // Without it Azure lets the whole network in.
      const closed = at(last, "access") === "Deny" && at(last, "sourceAddressPrefix") === "*";
      const open = rules.filter(
        (rule) =>
          at(rule, "direction") === "Inbound" &&
          at(rule, "access") === "Allow" &&
          [at(rule, "sourceAddressPrefix"), ...list(at(rule, "sourceAddressPrefixes"))].some(isOpen) &&
          !["80", "443"].includes(textOr(at(rule, "destinationPortRange"))),
      );
      return [
        ...(closed ? [] : [`${urn} does not end with a rule that denies`]),
        ...open.map((rule) => `${urn}: ${textOr(at(rule, "name"))}`),
      ];
    }),
  ];
}

/** Subnets without machines have no NAT gateway; that of databases may reach what its servers need, and nothing else. */
function waysOut(stack: Deployed): readonly string[] {
  const database = stack.ofType(SUBNET).find(({ inputs }) => inputs["subnetName"] === "database");
  const group = stack.ofType(GROUP).find(({ id }) => id === at(database?.inputs, "networkSecurityGroup.id"));
  const outbound = list(group?.inputs["securityRules"]).filter((rule) => at(rule, "direction") === "Outbound");
  return [
    ...faults(
      stack,
      SUBNET,
      (inputs) => inputs["natGateway"] === undefined || OUTWARDS.includes(text(inputs["subnetName"])),
    ),
    ...(at(outbound.at(-1), "access") === "Deny" ? [] : ["databases may go out wherever they want"]),
    ...outbound
      .filter((rule) => at(rule, "access") === "Allow")
      .filter((rule) => [...strings(at(rule, "destinationAddressPrefix"))].some(isOpen))
      .map((rule) => `databases go out by ${textOr(at(rule, "name"))}`),
  ];
}
