import { Component } from "@pulumi/azure-native/applicationinsights/component";
import { Secret } from "@pulumi/azure-native/keyvault/secret";
import { UserAssignedIdentity } from "@pulumi/azure-native/managedidentity/userAssignedIdentity";
import { BlobContainer } from "@pulumi/azure-native/storage/blobContainer";
import { AppServicePlan } from "@pulumi/azure-native/web/appServicePlan";
import { WebApp, type WebAppArgs } from "@pulumi/azure-native/web/webApp";
import { WebAppFtpAllowed } from "@pulumi/azure-native/web/webAppFtpAllowed";
import { WebAppScmAllowed } from "@pulumi/azure-native/web/webAppScmAllowed";
import {
  all,
  ComponentResource,
  interpolate,
  secret as secretOutput,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";
import type { FunctionRuntime as FunctionRuntimeContract } from "../contracts/function-runtime";
import type { Grant } from "../contracts/grant";
import type { SecretStore } from "../contracts/secret-store";
import { sharedName, vaultSecretName } from "../planning/names-azure";
import type { Protection } from "../planning/protection";
import { hostSettings, vaultOf, vaultReference, type InstanceMemory } from "./functions.plan";
import { giveGrants } from "./grants";
import type { LogWorkspace } from "./log-workspace";
import type { Place } from "./place";
import { PrivateEndpoint, type EndpointHome } from "./private-endpoint";
import { assignRole, type Role } from "./roles";
import { secretAttributes } from "./secret-attributes";
import { ServiceStorage } from "./service-storage";
import type { AzureKey } from "./vault-key";

/** A function that runs for batches of events of one topic. All of it changes in place. */
export interface FunctionSpec {
  /** Topic of the event stream. */
  readonly topic: string;
  /** Memory of an instance in MB; processors come with it. */
  readonly memoryMiB: InstanceMemory;
  /** Seconds until a run is broken off. */
  readonly timeoutSeconds: number;
  /** Records in a batch at most. */
  readonly batchSize: number;
  /** Seconds that a batch is filled for. */
  readonly batchWindowSeconds: number;
  /** Instances at most, 1 to 1,000. More than the topic has partitions are never used. */
  readonly concurrency: number;
  /** Instances that run all the time, and are billed for it: 0 for none. */
  readonly alwaysReady: number;
  /** `zones`: two instances at least run all the time, each in a zone of its own. */
  readonly availability: "single-zone" | "zones";
  /** Settings of the host; secrets do not belong here. */
  readonly environment: Readonly<Record<string, Input<string>>>;
  /** What its code may do. */
  readonly grants: readonly Grant[];
}

/** How functions log in to the event stream, by SCRAM-SHA-512 over TLS. */
export interface StreamAccess {
  readonly bootstrapServers: Input<string>;
  /** Names by key. */
  readonly topicNames: Readonly<Record<string, string>>;
  readonly username: Input<string>;
  readonly password: Input<string>;
  /** Certificate of the authority that the brokers' are signed by, in PEM. Default: one that everybody trusts. */
  readonly authority?: Input<string>;
}

export interface FunctionRuntimeArgs extends EndpointHome {
  readonly place: Place;
  /** First part of the names. */
  readonly prefix: string;
  /** By key, which is also the name of the function in its code. */
  readonly functions: Readonly<Record<string, FunctionSpec>>;
  readonly stream: StreamAccess;
  readonly secrets: SecretStore;
  /** Day by which the password that they log in with has a new value, `YYYY-MM-DD`. Default: it has no end. */
  readonly renewBy?: string | undefined;
  readonly key: AzureKey;
  readonly logs: LogWorkspace;
  readonly protection: Protection;
  readonly transform?: (app: WebAppArgs, id: string) => WebAppArgs;
}

/** Longest name of an app that is a host name too: https://learn.microsoft.com/azure/azure-functions/storage-considerations#avoiding-host-id-collisions */
const longestAppName = 32;

/** What the host does with its own storage: https://learn.microsoft.com/azure/azure-functions/functions-reference#connecting-to-host-storage-with-an-identity */
const hostRoles: readonly Role[] = [
  "Storage Blob Data Owner",
  "Storage Queue Data Contributor",
  "Storage Table Data Contributor",
];

/**
 * Functions on Azure Functions (Node.js 22, Flex Consumption) that run for batches of the event stream, in the subnet `functions`, each
 * on a plan of its own, since this plan hosts one. Storage without shared keys rules out the plan Premium, whose file share takes one.
 * https://learn.microsoft.com/azure/azure-functions/storage-considerations#create-an-app-without-azure-files
 *
 * The program makes hosts without code: Azure takes a package from the network alone, logged in by Microsoft Entra, which the provider
 * is not (https://github.com/pulumi/pulumi-azure-native/issues/2015). A runner there publishes it: the files of
 * `functions/azure-functions/<id>` and of `functions/<id>`, by `az functionapp deployment source config-zip --build-remote true`.
 *
 * Cost: each run by memory and time, instances that are always ready by the hour.
 */
export class FunctionRuntime extends ComponentResource implements FunctionRuntimeContract {
  readonly functionIds: Readonly<Record<string, Output<string>>>;
  /** What they report to, which alarms watch. */
  readonly insightsId: Output<string>;

  constructor(name: string, args: FunctionRuntimeArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:FunctionRuntime", name, {}, opts);
    const { place, prefix, network, dns, protection } = args;
    const parent = { parent: this };
    const storage = new ServiceStorage(
      `${name}-storage`,
      {
        place,
        prefix,
        part: "functions",
        key: args.key,
        reached: { network, dns, parts: ["blob", "queue", "table"] },
        blobs: args.logs,
        protection,
      },
      parent,
    );
    const insights = new Component(
      `${name}-insights`,
      {
        resourceGroupName: place.groupName,
        location: place.region,
        tags: { ...place.tags },
        resourceName: `${prefix}-functions`,
        kind: "web",
        applicationType: "web",
        workspaceResourceId: args.logs.workspaceId,
        disableLocalAuth: true,
      },
      parent,
    );
    const [vaultId] = args.secrets.resourceIds;
    if (vaultId === undefined) throw new Error("the store of secrets has no vault: make it with one");
    const vaultName = vaultId.apply(vaultOf);
    // By itself, and not as a field of the stream's own secret: a reference takes a whole secret.
    const password = new Secret(
      `${name}-login`,
      {
        resourceGroupName: place.groupName,
        vaultName,
        secretName: vaultSecretName(prefix, "functions-kafka-password"),
        tags: { ...place.tags },
        properties: {
          value: secretOutput(args.stream.password),
          contentType: "text/plain",
          attributes: secretAttributes(args.renewBy),
        },
      },
      { parent: this, protect: protection.protect },
    );
    const shared: Shared = {
      ...args,
      storage,
      insights,
      password,
      passwordReference: all([vaultName, password.name]).apply(([vault, secret]) => vaultReference(vault, secret)),
    };
    this.functionIds = Object.fromEntries(
      Object.entries(args.functions).map(([id, spec]) => [id, this.#host(`${name}-${id}`, id, spec, shared)]),
    );
    this.insightsId = insights.id;
    this.registerOutputs({ functionIds: this.functionIds });
  }

  #host(name: string, id: string, spec: FunctionSpec, shared: Shared): Output<string> {
    const { place, prefix, network, dns, storage, insights, password, stream } = shared;
    const parent = { parent: this };
    const topic = stream.topicNames[spec.topic];
    if (topic === undefined) {
      throw new Error(
        `function "${id}" reads topic "${spec.topic}", which the event stream does not have (${Object.keys(stream.topicNames).join(", ")}): name one of them, or add it`,
      );
    }
    const common = { resourceGroupName: place.groupName, location: place.region, tags: { ...place.tags } };
    const identity = new UserAssignedIdentity(
      `${name}-identity`,
      { ...common, resourceName: `${prefix}-function-${id}` },
      parent,
    );
    const right = (part: string, role: Role, scope: Input<string>) =>
      assignRole(
        `${name}-${part}`,
        { subscription: place.subscription, role, scope, principalId: identity.principalId },
        parent,
      );
    const rights = [
      ...hostRoles.map((role) => right(role.split(" ")[1]?.toLowerCase() ?? role, role, storage.accountId)),
      right("login", "Key Vault Secrets User", password.id),
      right("metrics", "Monitoring Metrics Publisher", insights.id),
    ];
    giveGrants(name, { subscription: place.subscription, grants: spec.grants, identity }, this);
    const packages = new BlobContainer(
      `${name}-packages`,
      {
        resourceGroupName: place.groupName,
        accountName: storage.accountName,
        containerName: `packages-${id}`,
        publicAccess: "None",
      },
      parent,
    );
    const plan = new AppServicePlan(
      `${name}-plan`,
      {
        ...common,
        name: `${prefix}-${id}`,
        kind: "functionapp",
        reserved: true,
        sku: { name: "FC1", tier: "FlexConsumption" },
        zoneRedundant: spec.availability === "zones",
      },
      parent,
    );
    const settings: Readonly<Record<string, Input<string>>> = {
      ...spec.environment,
      ...hostSettings({ ...spec, topic, consumerGroup: `${prefix}-${id}` }),
      KAFKA_BROKERS: stream.bootstrapServers,
      KAFKA_USERNAME: stream.username,
      KAFKA_PASSWORD: shared.passwordReference,
      ...(stream.authority === undefined ? {} : { KAFKA_CA_PEM: stream.authority }),
      IDENTITY_CLIENT_ID: identity.clientId,
      AzureWebJobsStorage__accountName: storage.accountName,
      AzureWebJobsStorage__credential: "managedidentity",
      AzureWebJobsStorage__clientId: identity.clientId,
      APPLICATIONINSIGHTS_CONNECTION_STRING: insights.connectionString,
      APPLICATIONINSIGHTS_AUTHENTICATION_STRING: interpolate`ClientId=${identity.clientId};Authorization=AAD`,
    };
    const appArgs: WebAppArgs = {
      ...common,
      name: place.subscription.id.apply((subscription) =>
        sharedName(prefix, id, subscription, { longest: longestAppName, hyphens: true }),
      ),
      kind: "functionapp,linux",
      reserved: true,
      serverFarmId: plan.id,
      httpsOnly: true,
      publicNetworkAccess: "Disabled",
      virtualNetworkSubnetId: network.subnetId("functions"),
      identity: { type: "UserAssigned", userAssignedIdentities: [identity.id] },
      keyVaultReferenceIdentity: identity.id,
      functionAppConfig: {
        deployment: {
          storage: {
            type: "blobContainer",
            value: interpolate`https://${storage.accountName}.blob.core.windows.net/${packages.name}`,
            authentication: { type: "UserAssignedIdentity", userAssignedIdentityResourceId: identity.id },
          },
        },
        runtime: { name: "node", version: "22" },
        scaleAndConcurrency: {
          instanceMemoryMB: spec.memoryMiB,
          maximumInstanceCount: spec.concurrency,
          alwaysReady: spec.alwaysReady === 0 ? [] : [{ name: `function:${id}`, instanceCount: spec.alwaysReady }],
        },
      },
      siteConfig: {
        minTlsVersion: "1.3",
        scmMinTlsVersion: "1.3",
        ftpsState: "Disabled",
        http20Enabled: true,
        appSettings: Object.entries(settings).map(([setting, value]) => ({ name: setting, value })),
      },
    };
    const app = new WebApp(`${name}-app`, shared.transform?.(appArgs, id) ?? appArgs, {
      parent: this,
      dependsOn: [...rights, ...storage.endpoints],
    });
    // Publishing takes a log-in by Microsoft Entra: no user and password of the app.
    const ofApp = { resourceGroupName: place.groupName, name: app.name, allow: false };
    new WebAppFtpAllowed(`${name}-ftp`, ofApp, parent);
    new WebAppScmAllowed(`${name}-scm`, ofApp, parent);
    new PrivateEndpoint(
      `${name}-private`,
      {
        place,
        network,
        dns,
        endpointName: `${prefix}-function-${id}`,
        serviceId: app.id,
        groupId: "sites",
        zones: ["functions"],
      },
      parent,
    );
    shared.logs.diagnose(`${name}-logs`, app.id, { categories: ["FunctionAppLogs"] }, this);
    return app.id;
  }
}

/** What all functions use together. */
interface Shared extends FunctionRuntimeArgs {
  readonly storage: ServiceStorage;
  readonly insights: Component;
  readonly password: Secret;
  readonly passwordReference: Output<string>;
}
