import type { DatabaseInstanceArgs } from "@pulumi/gcp/sql";
import type { StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type DeleteContext,
  type ResourceType,
  type UpdateContext,
} from "../../cloud/resource-type";
import { equal, type Properties } from "../../cloud/value";
import { certificateText } from "../certificate";
import { requireServiceKey } from "./cmek";
import { PROVIDER } from "./errors";
import { link } from "./links";
import { findNamed, inProject, requireNamed } from "./lookups";
import { privateAddress, privateServices, requireNetwork, reservedRanges } from "./private-services";
import { projectNumber } from "./project";
import { checkInputs, checkSettings, ENHANCED, type Inputs } from "./sql-checks";
import { sqlContentTypes } from "./sql-contents";
import { LOG_DAYS, majorOf, type Edition } from "./sql-versions";
import { block, blocks, text } from "./text";
import { NETWORK, SQL_INSTANCE, USED_SQL_NAME } from "./types";

const API = "sqladmin.googleapis.com";

/** `project:name`, in characters. */
const LONGEST_NAME = 98;

/** https://github.com/terraform-google-modules/terraform-google-gke-gitlab/issues/81 */
const NAME_TAKEN = {
  code: "instanceAlreadyExists",
  message:
    "The Cloud SQL instance already exists. When you delete an instance, you can't reuse the name of the deleted instance until one week from the deletion date.",
} as const;

const MISSING = { code: "notFound", message: "The Cloud SQL instance does not exist: {value}" };

const instance = resourceType<DatabaseInstanceArgs>({
  token: SQL_INSTANCE,
  service: "Cloud SQL",
  actions: { create: "instances.insert", update: "instances.update", delete: "instances.delete" },
  name: {
    property: "name",
    pattern: /^[a-z][a-z0-9-]*(?<!-)$/,
    rule: "lower-case letters, digits and -, a letter first; 98 characters together with the project and a colon",
    source: "https://docs.cloud.google.com/sql/docs/postgres/instance-settings",
    maxLength: 84,
    unique: { within: "account", ...NAME_TAKEN },
  },
  references: [
    link("settings.ipConfiguration.privateNetwork", NETWORK, { holds: false }),
    {
      ...link("masterInstanceName", SQL_INSTANCE),
      missing: MISSING,
    },
  ],
  inUse: {
    code: "invalid",
    message: "Invalid request: The instance {id} cannot be deleted while it has read replicas: {holder}",
  },
  defaults: () => ({ deletionProtection: true }),
  check: checkInputs,
  create: (context) => {
    const { inputs, scope, cloud } = context;
    const name = inputs.name ?? "";
    if (`${scope.account}:${name}`.length > LONGEST_NAME) {
      refuse("invalid", `Invalid request: ${scope.account}:${name} is longer than ${String(LONGEST_NAME)} characters`);
    }
    if (cloud.find(USED_SQL_NAME, name) !== undefined) refuse(NAME_TAKEN.code, NAME_TAKEN.message);
    const edition = checkSettings(inputs, scope.region);
    checkReplica(context, edition);
    requireServiceKey(context, inputs.encryptionKeyName, API, [scope.region]);
    return { id: name, outputs: { ...fixedOutputs(context), ...settled(context, edition) } };
  },
  update: (context) => {
    const { inputs, oldInputs, scope, resource } = context;
    const edition = checkSettings(inputs, scope.region);
    checkUpdate(context);
    checkDecoding(context);
    // Addresses stay as long as the instance has the same ways in.
    const ways = ({ settings }: Inputs) => {
      const ip = settings?.ipConfiguration;
      return `${String(ip?.ipv4Enabled ?? true)} ${ip?.privateNetwork ?? ""}`;
    };
    const kept =
      ways(oldInputs) === ways(inputs)
        ? Object.fromEntries(addressOutputs.map((of) => [of, resource.outputs[of]]))
        : {};
    return { ...settled(context, edition), ...kept };
  },
  delete: deleteInstance,
  replacesWhen: (before, after) => {
    const [old, now] = [block(before["settings"]), block(after["settings"])];
    const size = (settings: Properties) => Number(settings["diskSize"] ?? Number.NaN);
    const network = (settings: Properties) => text(block(settings["ipConfiguration"])["privateNetwork"]);
    const promoted = after["instanceType"] === "CLOUD_SQL_INSTANCE" && before["masterInstanceName"] !== undefined;
    return [
      ...(size(now) < size(old) ? ["settings.diskSize"] : []),
      ...(network(old) !== "" && network(now) === "" ? ["settings.ipConfiguration.privateNetwork"] : []),
      ...(promoted ? [] : ["masterInstanceName"]),
    ];
  },
});

/** A replica is of the version and edition of its primary, which keeps backups. */
function checkReplica(context: CallContext<Inputs>, edition: Edition): void {
  const { inputs } = context;
  if (inputs.masterInstanceName === undefined) return;
  const primary = requireNamed(context, SQL_INSTANCE, inputs.masterInstanceName, MISSING);
  const version = text(primary.inputs["databaseVersion"]);
  if (version !== inputs.databaseVersion) {
    refuse("invalid", `Invalid request: a replica of ${primary.id} must be ${version}, not ${inputs.databaseVersion}`);
  }
  const settings = block(primary.outputs["settings"]);
  if (settings["edition"] !== edition) {
    refuse("invalid", `Invalid request: a replica of ${primary.id} must be of edition ${text(settings["edition"])}`);
  }
  // https://docs.cloud.google.com/sql/docs/postgres/replication/create-replica
  if (
    block(settings["backupConfiguration"])["enabled"] !== true &&
    block(settings["backupConfiguration"])["backupTier"] !== ENHANCED &&
    primary.inputs["masterInstanceName"] === undefined
  ) {
    refuse("invalid", `Invalid request: backups must be enabled on ${primary.id} before it can have a replica`);
  }
}

/** A replica decodes as long as its primary does: https://github.com/terraform-google-modules/terraform-google-sql-db/issues/462 */
function checkDecoding(context: UpdateContext<Inputs>): void {
  const { inputs, resource } = context;
  const primary = primaryOf(context);
  if (primary === undefined) return;
  const flag = "cloudsql.logical_decoding";
  const [on, of] = [inputs.settings, primary.inputs["settings"]].map((settings) =>
    blocks(block(settings as Properties)["databaseFlags"]).some(({ name, value }) => name === flag && value === "on"),
  );
  if (of === true && on !== true) {
    refuse(
      "invalid",
      `Invalid request: Value requested is not valid. Cannot change flag ${flag} to value [default] on replica (${resource.id}) when value is on on primary (${primary.id}).`,
    );
  }
}

function checkUpdate({ inputs, oldInputs, resource }: UpdateContext<Inputs>): void {
  const backupsOf = (settings: unknown) => block(block(settings as Properties)["backupConfiguration"]);
  if (
    backupsOf(resource.inputs["settings"])["backupTier"] === ENHANCED &&
    !equal(backupsOf(oldInputs.settings), backupsOf(inputs.settings))
  ) {
    // https://github.com/hashicorp/terraform-provider-google/issues/24932
    refuse(
      "invalid",
      "Invalid request: Backup configuration cannot be changed for instances with a BackupDR backup plan attached.",
    );
  }
  if (majorOf(inputs.databaseVersion) < majorOf(oldInputs.databaseVersion)) {
    refuse(
      "invalid",
      `Invalid request: Cannot downgrade from ${oldInputs.databaseVersion} to ${inputs.databaseVersion}`,
    );
  }
}

/** The instance that another copies. */
function primaryOf(context: CallContext<Inputs>): StoredResource | undefined {
  const { masterInstanceName: name } = context.inputs;
  return name === undefined ? undefined : findNamed(context, SQL_INSTANCE, name);
}

function fixedOutputs(context: CallContext<Inputs>): Properties {
  const { inputs, scope, hex } = context;
  const name = inputs.name ?? "";
  const number = projectNumber(scope.account);
  return {
    connectionName: `${scope.account}:${scope.region}:${name}`,
    selfLink: `https://sqladmin.googleapis.com/sql/v1beta4/projects/${scope.account}/instances/${name}`,
    serviceAccountEmailAddress: `p${number}-${hex(6)}@gcp-sa-cloud-sql.iam.gserviceaccount.com`,
    instanceType: inputs.masterInstanceName === undefined ? "CLOUD_SQL_INSTANCE" : "READ_REPLICA_INSTANCE",
    replicaNames: [],
    // In one region a replica has the key of its primary: https://docs.cloud.google.com/sql/docs/postgres/cmek
    encryptionKeyName: inputs.encryptionKeyName ?? text(primaryOf(context)?.outputs["encryptionKeyName"]),
    region: scope.region,
    // Each instance has an authority of its own: https://docs.cloud.google.com/sql/docs/postgres/authorize-ssl
    serverCaCerts: [
      {
        cert: certificateText(hex(64)),
        commonName: `C=US,O=Google\\, Inc,CN=Google Cloud SQL Server CA,dnQualifier=${hex(32)}`,
      },
    ],
  };
}

/** What the API answers of the settings: with its own defaults, and with the addresses. */
function settled(context: CallContext<Inputs>, edition: Edition): Properties {
  const { inputs } = context;
  const settings = block(inputs.settings);
  const backup = block(settings["backupConfiguration"]);
  const addresses = addressesOf(context);
  return {
    settings: {
      ...settings,
      edition,
      activationPolicy: settings["activationPolicy"] ?? "ALWAYS",
      availabilityType: settings["availabilityType"] ?? "ZONAL",
      diskAutoresize: settings["diskAutoresize"] ?? true,
      diskSize: settings["diskSize"] ?? 10,
      diskType: settings["diskType"] ?? "PD_SSD",
      pricingPlan: settings["pricingPlan"] ?? "PER_USE",
      version: 1,
      backupConfiguration: {
        ...backup,
        enabled: backup["enabled"] ?? false,
        transactionLogRetentionDays: backup["transactionLogRetentionDays"] ?? LOG_DAYS[edition][1],
      },
    },
    ...addresses,
  };
}

const addressOutputs = ["ipAddresses", "firstIpAddress", "publicIpAddress", "privateIpAddress"] as const;

function addressesOf(context: CallContext<Inputs>): Properties {
  const { inputs, hex } = context;
  const ip = inputs.settings?.ipConfiguration;
  const list: { type: string; ipAddress: string; timeToRetire: string }[] = [];
  // Addresses of the range that RFC 5737 keeps for documentation.
  if (ip?.ipv4Enabled !== false) {
    const last = String(1 + (Number.parseInt(hex(2), 16) % 254));
    list.push({ type: "PRIMARY", ipAddress: `203.0.113.${last}`, timeToRetire: "" });
  }
  if (ip?.privateNetwork !== undefined) {
    const network = requireNetwork(context, ip.privateNetwork);
    const connection = privateServices(context, network);
    if (connection === undefined) {
      // Words of the provider, which looks before it calls: resource_sql_database_instance_test.go of terraform-provider-google
      return refuse(
        PROVIDER,
        "Error, failed to create instance because the network doesn't have at least 1 private services connection. Please see https://cloud.google.com/sql/docs/mysql/private-ip#network_requirements for how to create this connection.",
      );
    }
    const range = ip.allocatedIpRange;
    if (range !== undefined && !reservedRanges(connection).includes(range)) {
      refuse(
        "invalid",
        `Invalid request: The allocated IP range ${range} is not one of the network's private services connection`,
      );
    }
    list.push({ type: "PRIVATE", ipAddress: privateAddress(context, connection, range), timeToRetire: "" });
  }
  const address = (type: string) => list.find((each) => each.type === type)?.ipAddress ?? "";
  return {
    ipAddresses: list,
    firstIpAddress: list[0]?.ipAddress ?? "",
    publicIpAddress: address("PRIMARY"),
    privateIpAddress: address("PRIVATE"),
  };
}

/** Two switches hold an instance: the provider's, then the API's own. Both act from what was stored before. */
function deleteInstance(context: DeleteContext<Inputs>): void {
  const { resource, effects } = context;
  if (resource.inputs["deletionProtection"] !== false) {
    refuse(
      PROVIDER,
      "Error, failed to delete instance because deletion_protection is set to true. Set it to false to proceed with instance deletion",
    );
  }
  // https://github.com/hashicorp/terraform-provider-google/issues/12344
  if (block(resource.inputs["settings"])["deletionProtectionEnabled"] === true) {
    refuse(
      "invalid",
      "The instance is protected. Please disable the deletion protection and try again. To disable deletion protection, update the instance settings with deletionProtectionEnabled set to false.",
    );
  }
  for (const content of sqlContentTypes.flatMap(({ token }) => inProject(context, token))) {
    if (content.inputs["instance"] === resource.id) effects.remove(content);
  }
  const scope = { account: resource.scope.account, region: "" };
  effects.put({ type: USED_SQL_NAME, id: resource.id, inputs: {}, outputs: {}, scope });
}

export const sqlTypes: readonly ResourceType[] = [instance, ...sqlContentTypes];
