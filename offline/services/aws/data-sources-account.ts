import type { CloudView, StoredResource } from "../../cloud/cloud";
import { ServiceError } from "../../cloud/errors";
import { isList, isProperties, type Properties } from "../../cloud/value";
import { arn, bareArn } from "./arn";
import type { DataSource } from "./data-sources";
import { iamArn } from "./iam";
import { isManagedPolicy } from "./managed-policies";
import { renderPolicyDocument } from "./policy-rendering";
import { findKey } from "./references";
import { partitionOf } from "../../cloud/partition";
import { dnsSuffix, isRegion, regionDescription, zonesOf } from "./regions";
import { BUCKET, BUCKET_V2, IAM_POLICY, KMS_ALIAS, KMS_KEY, KMS_REPLICA_KEY, ROLE } from "./types";
import { text } from "./text";

/** The resource that a data source asks for, or the provider's error for one that does not exist. */
export function found(resource: StoredResource | undefined, what: string, code: string): StoredResource {
  if (resource === undefined) throw new ServiceError(code, `reading ${what}: couldn't find resource`);
  return resource;
}

const getRegion: DataSource = (args, { scope }) => {
  const name = typeof args["name"] === "string" ? args["name"] : scope.region;
  if (!isRegion(name)) throw new ServiceError("InvalidParameterValue", `no EC2 Region found for name (${name})`);
  const endpoint = `ec2.${name}.${dnsSuffix(name)}`;
  return { id: name, name, region: name, description: regionDescription(name), endpoint };
};

const getCallerIdentity: DataSource = (_args, { session }) => ({
  id: session.scope.account,
  accountId: session.scope.account,
  arn: `arn:${partitionOf(session.scope.region)}:sts::${session.scope.account}:assumed-role/offline/platform`,
  userId: "AROAOFFLINE000000000:platform",
});

const getPartition: DataSource = (_args, { scope }) => {
  const partition = partitionOf(scope.region);
  const suffix = dnsSuffix(scope.region);
  const reverseDnsPrefix = suffix.split(".").reverse().join(".");
  return { id: partition, partition, dnsSuffix: suffix, reverseDnsPrefix };
};

const getDefaultTags: DataSource = (_args, { session }) => {
  const { defaultTags } = session.config;
  const tags = isProperties(defaultTags) && isProperties(defaultTags["tags"]) ? defaultTags["tags"] : {};
  return { id: partitionOf(session.scope.region), tags };
};

const getAvailabilityZones: DataSource = (args, { scope }) => {
  const excludedNames = strings(args["excludeNames"]);
  const excludedIds = strings(args["excludeZoneIds"]);
  const zones = zonesOf(scope.region).filter(
    ({ name, id }) =>
      !excludedNames.includes(name) && !excludedIds.includes(id) && matchesZone(name, id, args["filters"]),
  );
  return {
    ...args,
    id: scope.region,
    region: scope.region,
    names: args["state"] === undefined || args["state"] === "available" ? zones.map(({ name }) => name) : [],
    zoneIds: args["state"] === undefined || args["state"] === "available" ? zones.map(({ id }) => id) : [],
    groupNames: [scope.region],
  };
};

function matchesZone(name: string, id: string, filters: Properties[string]): boolean {
  const facts: Readonly<Record<string, string>> = {
    "zone-name": name,
    "zone-id": id,
    "opt-in-status": "opt-in-not-required",
    "zone-type": "availability-zone",
    state: "available",
    "group-name": name.slice(0, -1),
    "region-name": name.slice(0, -1),
  };
  return blocks(filters).every((filter) => {
    const fact = facts[text(filter["name"])];
    if (fact === undefined)
      throw new ServiceError("InvalidParameterValue", `The filter '${text(filter["name"])}' is invalid`);
    return strings(filter["values"]).includes(fact);
  });
}

const getRole: DataSource = (args, { cloud }) => {
  const name = text(args["name"]);
  const { outputs, inputs } = found(cloud.find(ROLE, name), `IAM Role (${name})`, "NoSuchEntity");
  return {
    id: name,
    name,
    arn: outputs["arn"],
    assumeRolePolicy: inputs["assumeRolePolicy"],
    createDate: outputs["createDate"],
    description: inputs["description"] ?? "",
    maxSessionDuration: outputs["maxSessionDuration"],
    path: outputs["path"],
    permissionsBoundary: inputs["permissionsBoundary"] ?? "",
    roleLastUseds: [],
    tags: inputs["tags"] ?? {},
    uniqueId: outputs["uniqueId"],
  };
};

const getPolicy: DataSource = (args, { cloud, session }) => {
  const { name } = args;
  const managed = `arn:${partitionOf(session.scope.region)}:iam::aws:policy/${text(name)}`;
  const wanted = typeof args["arn"] === "string" ? args["arn"] : managed;
  if (isManagedPolicy(wanted)) {
    const short = wanted.split("/").at(-1) ?? "";
    const rest = {
      description: "",
      path: "/",
      policy: "{}",
      policyId: "ANPAOFFLINE0000000000",
      attachmentCount: 0,
      tags: {},
    };
    return { id: wanted, arn: wanted, name: short, ...rest };
  }
  const policy =
    cloud.findBy(IAM_POLICY, "arn", wanted) ?? cloud.list(IAM_POLICY).find(({ inputs }) => inputs["name"] === name);
  const { outputs, inputs, id } = found(policy, `IAM Policy (${text(args["arn"] ?? name)})`, "NoSuchEntity");
  return {
    id,
    arn: id,
    name: inputs["name"],
    description: inputs["description"] ?? "",
    path: outputs["path"],
    policy: inputs["policy"],
    policyId: outputs["policyId"],
    attachmentCount: 0,
    tags: inputs["tags"] ?? {},
  };
};

const getAlias: DataSource = (args, { cloud, scope }) => {
  const name = text(args["name"]);
  const base = { id: arn(scope, "kms", name), arn: arn(scope, "kms", name), name, region: scope.region };
  if (name.startsWith("alias/aws/")) {
    // The key that AWS makes for a service on first use: its id follows from the name alone.
    const id = `00000000-0000-4000-a000-${Buffer.from(name).toString("hex").slice(-12)}`;
    return { ...base, targetKeyId: id, targetKeyArn: arn(scope, "kms", `key/${id}`) };
  }
  const alias = cloud.list(KMS_ALIAS, scope).find(({ inputs }) => inputs["name"] === name);
  const { outputs } = found(alias, `KMS Alias (${name})`, "NotFoundException");
  return { ...base, targetKeyId: outputs["targetKeyId"], targetKeyArn: outputs["targetKeyArn"] };
};

const getKey: DataSource = (args, { cloud, scope }) => {
  const wanted = text(args["keyId"]);
  const id = findKey(cloud, scope.account, wanted) ?? "";
  const key = cloud.find(KMS_KEY, id) ?? cloud.find(KMS_REPLICA_KEY, id);
  const { outputs } = found(key, `KMS Key (${wanted})`, "NotFoundException");
  return {
    id: outputs["keyId"],
    arn: outputs["arn"],
    keyId: wanted,
    awsAccountId: scope.account,
    description: outputs["description"],
    enabled: outputs["isEnabled"],
    keySpec: outputs["customerMasterKeySpec"],
    customerMasterKeySpec: outputs["customerMasterKeySpec"],
    keyManager: "CUSTOMER",
    keyState: outputs["isEnabled"] === false ? "Disabled" : "Enabled",
    keyUsage: outputs["keyUsage"],
    multiRegion: outputs["multiRegion"],
    multiRegionConfigurations: [],
    origin: "AWS_KMS",
    region: scope.region,
    xksKeyConfigurations: [],
  };
};

const getBucket: DataSource = (args, { cloud }) => {
  const name = text(args["bucket"]);
  const bucket = [BUCKET, BUCKET_V2].map((type) => findAnywhere(cloud, type, name)).find((each) => each !== undefined);
  const { outputs, scope } = found(bucket, `S3 Bucket (${name})`, "NoSuchBucket");
  const keys = [
    "bucketDomainName",
    "bucketRegionalDomainName",
    "bucketRegion",
    "hostedZoneId",
    "websiteDomain",
    "websiteEndpoint",
  ];
  const echoed = Object.fromEntries(keys.map((key) => [key, outputs[key]]));
  return { ...echoed, id: name, bucket: name, arn: bareArn(scope, "s3", name), region: scope.region };
};

function findAnywhere(cloud: CloudView, type: string, id: string): StoredResource | undefined {
  return cloud.list(type, "anywhere").find((each) => each.id === id);
}

/** Accounts of the load balancers that write access logs: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html */
const LOG_ACCOUNTS: Readonly<Record<string, string>> = {
  "us-east-1": "127311923021",
  "us-east-2": "033677994240",
  "us-west-1": "027434742980",
  "us-west-2": "797873946194",
  "ca-central-1": "985666609251",
  "eu-central-1": "054676820928",
  "eu-west-1": "156460612806",
  "eu-west-2": "652711504416",
  "eu-west-3": "009996457667",
  "eu-north-1": "897822967062",
  "ap-northeast-1": "582318560864",
  "ap-southeast-1": "114774131450",
  "ap-southeast-2": "783225319266",
  "ap-south-1": "718504428378",
  "sa-east-1": "507241528517",
};

const getServiceAccount: DataSource = (_args, { scope }) => {
  const account = LOG_ACCOUNTS[scope.region];
  if (account === undefined) {
    throw new ServiceError(
      "InvalidParameterValue",
      `unsupported Elastic Load Balancing service account region: ${scope.region}`,
    );
  }
  return { id: account, arn: iamArn({ account, region: "" }, "root"), region: scope.region };
};

export function strings(value: Properties[string]): readonly string[] {
  return (isList(value) ? value : []).filter((each) => typeof each === "string");
}

export function blocks(value: Properties[string]): readonly Properties[] {
  return (isList(value) ? value : []).filter(isProperties);
}

export const accountDataSources: Readonly<Record<string, DataSource>> = {
  "aws:index/getRegion:getRegion": getRegion,
  "aws:index/getCallerIdentity:getCallerIdentity": getCallerIdentity,
  "aws:index/getPartition:getPartition": getPartition,
  "aws:index/getDefaultTags:getDefaultTags": getDefaultTags,
  "aws:index/getAvailabilityZones:getAvailabilityZones": getAvailabilityZones,
  "aws:iam/getPolicyDocument:getPolicyDocument": renderPolicyDocument,
  "aws:iam/getRole:getRole": getRole,
  "aws:iam/getPolicy:getPolicy": getPolicy,
  "aws:kms/getAlias:getAlias": getAlias,
  "aws:kms/getKey:getKey": getKey,
  "aws:s3/getBucket:getBucket": getBucket,
  "aws:elb/getServiceAccount:getServiceAccount": getServiceAccount,
};
