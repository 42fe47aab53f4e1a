import { ServiceError } from "../../cloud/errors";
import { isProperties, valuesAt } from "../../cloud/value";
import type { DataSource } from "./data-sources";
import { blocks, found, strings } from "./data-sources-account";
import { only, tagsOf, wildcard } from "./data-sources-lookup";
import { instanceTypes, zonesOffering } from "./instance-types";
import { zonesOf } from "./regions";
import { recordsOf } from "./route53";
import { ECR_REPOSITORY, ZONE } from "./types";
import { text } from "./text";

/** https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/route53/zone_data_source.go */
const getZone: DataSource = (args, { cloud }) => {
  const { zoneId, name, vpcId } = args;
  if ((zoneId === undefined) === (name === undefined) && args["tags"] === undefined) {
    throw new ServiceError("InvalidParameterCombination", "one of `name,tags,vpcId,zoneId` must be specified");
  }
  const isPrivate = args["privateZone"] === true || vpcId !== undefined;
  const tags = isProperties(args["tags"]) ? args["tags"] : {};
  const vpcsOf = (zone: { readonly inputs: typeof args }) => valuesAt(zone.inputs, "vpcs[*].vpcId");
  const zone = only(
    cloud
      .list(ZONE)
      .filter(
        (each) =>
          (zoneId === undefined
            ? (name === undefined || each.outputs["name"] === text(name).toLowerCase().replace(/\.$/, "")) &&
              vpcsOf(each).length > 0 === isPrivate
            : each.id === zoneId) &&
          (vpcId === undefined || vpcsOf(each).some(({ value }) => value === vpcId)) &&
          Object.entries(tags).every(([key, value]) => tagsOf(each)[key] === value),
      ),
    "Route 53 Hosted Zone",
  );
  const { outputs } = zone;
  return {
    id: zone.id,
    zoneId: zone.id,
    arn: outputs["arn"],
    name: outputs["name"],
    callerReference: `terraform-${zone.id}`,
    comment: outputs["comment"],
    enableAcceleratedRecovery: outputs["enableAcceleratedRecovery"],
    linkedServiceDescription: "",
    linkedServicePrincipal: "",
    nameServers: outputs["nameServers"],
    primaryNameServer: outputs["primaryNameServer"],
    privateZone: vpcsOf(zone).length > 0,
    // The NS and SOA records of the apex count too.
    resourceRecordSetCount: 2 + recordsOf(cloud, zone.id).length,
    tags: tagsOf(zone),
  };
};

const getRepository: DataSource = (args, { cloud, scope }) => {
  const name = text(args["name"]);
  const registry = text(args["registryId"] ?? scope.account);
  const stored = cloud
    .list(ECR_REPOSITORY, { ...scope, account: registry })
    .find(({ id, inputs }) => (inputs["name"] ?? id) === name);
  const repository = found(stored, `ECR Repository (${name})`, "RepositoryNotFoundException");
  const { inputs, outputs } = repository;
  const scanning = inputs["imageScanningConfiguration"];
  return {
    id: name,
    name,
    arn: outputs["arn"],
    registryId: outputs["registryId"],
    repositoryUrl: outputs["repositoryUrl"],
    imageTagMutability: outputs["imageTagMutability"],
    imageTagMutabilityExclusionFilters: inputs["imageTagMutabilityExclusionFilters"] ?? [],
    imageScanningConfigurations: [isProperties(scanning) ? scanning : { scanOnPush: false }],
    encryptionConfigurations: inputs["encryptionConfigurations"] ?? [{ encryptionType: "AES256", kmsKey: "" }],
    mostRecentImageTags: [],
    region: scope.region,
    tags: tagsOf(repository),
  };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html */
const getInstanceTypeOfferings: DataSource = (args, { scope }) => {
  const { region } = scope;
  const kind = text(args["locationType"] ?? "region");
  if (!["region", "availability-zone", "availability-zone-id"].includes(kind)) {
    throw new ServiceError("InvalidParameterValue", `Value (${kind}) for parameter locationType is invalid.`);
  }
  const ids = new Map(zonesOf(region).map(({ name, id }) => [name, id]));
  const locationsOf = (type: string): readonly string[] => {
    const zones = zonesOffering(type, region);
    if (kind === "region") return zones.length > 0 ? [region] : [];
    return kind === "availability-zone" ? zones : zones.map((zone) => ids.get(zone) ?? "");
  };
  const filters = blocks(args["filters"]).map(({ name, values }) => ({ name: text(name), values: strings(values) }));
  for (const { name } of filters) {
    if (name !== "instance-type" && name !== "location") {
      throw new ServiceError("InvalidParameterValue", `The filter '${name}' is invalid`);
    }
  }
  const offerings = instanceTypes()
    .flatMap((type) => locationsOf(type).map((location) => ({ type, location })))
    .filter(({ type, location }) =>
      filters.every(({ name, values }) =>
        values.some((value) => wildcard(value, name === "location" ? location : type)),
      ),
    );
  return {
    ...args,
    id: region,
    region,
    instanceTypes: offerings.map(({ type }) => type),
    locations: offerings.map(({ location }) => location),
    locationTypes: offerings.map(() => kind),
  };
};

export const namesDataSources: Readonly<Record<string, DataSource>> = {
  "aws:route53/getZone:getZone": getZone,
  "aws:ecr/getRepository:getRepository": getRepository,
  "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": getInstanceTypeOfferings,
};
