import type {
  CatalogDatabaseArgs,
  DataCatalogEncryptionSettingsArgs,
  SecurityConfigurationArgs,
} from "@pulumi/aws/glue";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { arn } from "./arn";
import { requireKey, roleReference } from "./references";

// Error codes: https://docs.aws.amazon.com/glue/latest/webapi/API_CreateDatabase.html and its siblings

export const GLUE_DATABASE = "aws:glue/catalogDatabase:CatalogDatabase";
export const GLUE_TABLE = "aws:glue/catalogTable:CatalogTable";
export const GLUE_OPTIMIZER = "aws:glue/catalogTableOptimizer:CatalogTableOptimizer";

/** The provider refuses capitals: the catalog folds names to lower case, and the next preview would differ. */
export const glueName = {
  property: "name",
  pattern: /^[^\p{Lu}\p{Cc}]+$/u,
  rule: "1 to 255 characters, no capitals",
  source: "https://github.com/hashicorp/terraform-provider-aws, internal/service/glue/catalog_database.go",
  maxLength: 255,
};

const database = resourceType<CatalogDatabaseArgs>({
  token: GLUE_DATABASE,
  service: "Glue",
  actions: { create: "CreateDatabase", update: "UpdateDatabase", delete: "DeleteDatabase" },
  name: { ...glueName, spell: (name) => name.toLowerCase() },
  create: ({ inputs, scope, cloud }) => {
    const name = inputs.name ?? "";
    const catalogId = inputs.catalogId ?? scope.account;
    const id = `${catalogId}:${name}`;
    if (cloud.find(GLUE_DATABASE, id) !== undefined) refuse("AlreadyExistsException", "Database already exists.");
    return { id, outputs: { arn: arn(scope, "glue", `database/${name}`), catalogId } };
  },
  // Glue deletes the tables of a database with it.
  delete: ({ resource, cloud, effects }) => {
    const name = resource.outputs["name"] ?? resource.inputs["name"];
    for (const each of [GLUE_TABLE, GLUE_OPTIMIZER].flatMap((type) => cloud.list(type))) {
      if (each.inputs["databaseName"] === name) effects.remove(each);
    }
  },
});

const NO_KEY = { code: "InvalidInputException", message: "The KMS key {value} does not exist or is not enabled" };

type Settings = Resolved<DataCatalogEncryptionSettingsArgs>;

const MODES = ["DISABLED", "SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE"];

const encryptionSettings = resourceType<DataCatalogEncryptionSettingsArgs>({
  token: "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
  service: "Glue",
  actions: {
    create: "PutDataCatalogEncryptionSettings",
    update: "PutDataCatalogEncryptionSettings",
    delete: "PutDataCatalogEncryptionSettings",
  },
  references: [
    roleReference(
      "dataCatalogEncryptionSettings.encryptionAtRest.catalogEncryptionServiceRole",
      "InvalidInputException",
    ),
  ],
  check: ({ inputs, isUnknown, refuse: report }) => {
    const path = "dataCatalogEncryptionSettings";
    const { encryptionAtRest: rest, connectionPasswordEncryption: passwords } =
      inputs.dataCatalogEncryptionSettings ?? {};
    if (rest !== undefined && !MODES.includes(rest.catalogEncryptionMode)) {
      const reason = `expected one of ${MODES.join(", ")}, got ${rest.catalogEncryptionMode}`;
      report(`${path}.encryptionAtRest.catalogEncryptionMode`, reason);
    }
    const keyPath = `${path}.connectionPasswordEncryption.awsKmsKeyId`;
    if (
      passwords?.returnConnectionPasswordEncrypted === true &&
      passwords.awsKmsKeyId === undefined &&
      !isUnknown(keyPath)
    ) {
      report(keyPath, "InvalidInputException: passwords are encrypted with a key: give awsKmsKeyId");
    }
    const rolePath = `${path}.encryptionAtRest.catalogEncryptionServiceRole`;
    if (
      rest?.catalogEncryptionMode === "SSE-KMS-WITH-SERVICE-ROLE" &&
      rest.catalogEncryptionServiceRole === undefined &&
      !isUnknown(rolePath)
    ) {
      report(rolePath, "InvalidInputException: this mode needs a role");
    }
  },
  // One for each catalog: a second one replaces what the first has set.
  create: (context) => {
    requireSettingKeys(context);
    const catalogId = context.inputs.catalogId ?? context.scope.account;
    return { id: catalogId, outputs: { catalogId } };
  },
  update: (context) => {
    requireSettingKeys(context);
    return {};
  },
});

function requireSettingKeys(context: CallContext<Settings>): void {
  const { encryptionAtRest, connectionPasswordEncryption } = context.inputs.dataCatalogEncryptionSettings;
  requireKey(context, encryptionAtRest.sseAwsKmsKeyId, NO_KEY);
  requireKey(context, connectionPasswordEncryption.awsKmsKeyId, NO_KEY);
}

const securityConfiguration = resourceType<SecurityConfigurationArgs>({
  token: "aws:glue/securityConfiguration:SecurityConfiguration",
  service: "Glue",
  actions: { create: "CreateSecurityConfiguration", delete: "DeleteSecurityConfiguration" },
  name: {
    property: "name",
    pattern: /^[^\p{Cc}]+$/u,
    rule: "1 to 255 characters",
    source: "https://docs.aws.amazon.com/glue/latest/webapi/API_CreateSecurityConfiguration.html",
    maxLength: 255,
    unique: {
      within: "region",
      code: "AlreadyExistsException",
      message: "Security configuration {value} already exists",
    },
  },
  check: ({ inputs, isUnknown, refuse: report }) => {
    for (const { path, mode, modes, key } of parts(inputs)) {
      if (mode !== undefined && !modes.includes(mode)) {
        report(path, `expected one of ${modes.join(", ")}, got ${mode}`);
      }
      const keyPath = path.replace(/[^.]+$/, "kmsKeyArn");
      if (mode?.endsWith("-KMS") === true && key === undefined && !isUnknown(keyPath)) {
        report(keyPath, `InvalidInputException: the mode ${mode} needs a key`);
      }
    }
  },
  create: (context) => {
    for (const { key } of parts(context.inputs)) requireKey(context, key, NO_KEY);
    return { id: context.inputs.name ?? "", outputs: {} };
  },
});

/** The three things that a configuration encrypts, each with the modes it has. */
function parts({ encryptionConfiguration: all }: Partial<Resolved<SecurityConfigurationArgs>>) {
  const { cloudwatchEncryption: logs, jobBookmarksEncryption: bookmarks, s3Encryption: objects } = all ?? {};
  const at = "encryptionConfiguration";
  return [
    {
      path: `${at}.cloudwatchEncryption.cloudwatchEncryptionMode`,
      mode: logs?.cloudwatchEncryptionMode,
      modes: ["DISABLED", "SSE-KMS"],
      key: logs?.kmsKeyArn,
    },
    {
      path: `${at}.jobBookmarksEncryption.jobBookmarksEncryptionMode`,
      mode: bookmarks?.jobBookmarksEncryptionMode,
      modes: ["DISABLED", "CSE-KMS"],
      key: bookmarks?.kmsKeyArn,
    },
    {
      path: `${at}.s3Encryption.s3EncryptionMode`,
      mode: objects?.s3EncryptionMode,
      modes: ["DISABLED", "SSE-KMS", "SSE-S3"],
      key: objects?.kmsKeyArn,
    },
  ];
}

export const glueTypes: readonly ResourceType[] = [database, encryptionSettings, securityConfiguration];
