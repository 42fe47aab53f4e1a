import type { RecordArgs, ZoneArgs } from "@pulumi/aws/route53";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { valuesAt } from "../../cloud/value";
import { bareArn } from "./arn";
import { checkRecord, valueProblem } from "./route53-records";
import { RECORD, VPC, ZONE } from "./types";
import { text } from "./text";

// Error codes of this file: https://docs.aws.amazon.com/Route53/latest/APIReference/API_CreateHostedZone.html,
// API_DeleteHostedZone.html, API_ChangeResourceRecordSets.html. Messages of changes:
// https://github.com/kubernetes-sigs/external-dns/issues/3007, https://github.com/d-velop/dvelop-app-template-cs/issues/39

const zone = resourceType<ZoneArgs>({
  token: ZONE,
  service: "Route 53",
  actions: { create: "CreateHostedZone", update: "UpdateHostedZoneComment", delete: "DeleteHostedZone" },
  reach: "global",
  name: {
    property: "name",
    pattern: /^(?=.{1,255}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i,
    rule: "InvalidDomainName: labels of 1 to 63 letters, digits, - and _, joined by dots, 255 characters in all",
    source: "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html",
    maxLength: 255,
  },
  references: [
    {
      path: "vpcs[*].vpcId",
      to: VPC,
      within: "account",
      missing: { code: "InvalidVPCId", message: "The VPC: {value} that you provided does not exist" },
      holds: false,
    },
  ],
  inUse: {
    code: "HostedZoneNotEmpty",
    message: "The specified hosted zone contains non-required resource record sets and so cannot be deleted.",
  },
  check: (context) => {
    const { inputs } = context;
    if (inputs.delegationSetId !== undefined && (inputs.vpcs ?? []).length > 0) {
      context.refuse("delegationSetId", `"delegationSetId": conflicts with vpcs`);
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    refuseConflictingZone(context);
    const id = `Z${context.hex(20).toUpperCase()}`;
    const servers = nameServers(context.hex(8), (inputs.vpcs ?? []).length > 0);
    return {
      id,
      outputs: {
        zoneId: id,
        arn: bareArn(scope, "route53", `hostedzone/${id}`),
        name: bareName(inputs.name ?? ""),
        comment: inputs.comment ?? "Managed by Pulumi",
        nameServers: servers,
        primaryNameServer: servers[0] ?? "",
        forceDestroy: inputs.forceDestroy ?? false,
        enableAcceleratedRecovery: inputs.enableAcceleratedRecovery ?? false,
        vpcs: vpcsOf(context),
      },
    };
  },
  update: (context) => {
    refuseConflictingZone(context, context.resource.id);
    return { vpcs: vpcsOf(context) };
  },
  delete: ({ resource, cloud, effects }) => {
    if (resource.inputs["forceDestroy"] !== true) return;
    for (const each of recordsOf(cloud, resource.id)) effects.remove(each);
  },
});

function vpcsOf({ inputs, cloud, scope }: CallContext<Resolved<ZoneArgs>>) {
  return (inputs.vpcs ?? []).map(({ vpcId, vpcRegion }) => {
    const found = cloud
      .list(VPC, "anywhere")
      .find(({ id, scope: own }) => id === vpcId && own.account === scope.account);
    const region = found?.scope.region ?? "";
    if (vpcRegion !== undefined && vpcRegion !== region) {
      refuse("InvalidVPCId", `The VPC: ${vpcId} in region ${vpcRegion} that you provided does not exist`);
    }
    return { vpcId, vpcRegion: region };
  });
}

/** A VPC resolves a name by one private zone only: https://github.com/hashicorp/terraform-provider-aws/issues/37783 */
function refuseConflictingZone({ inputs, cloud }: CallContext<Resolved<ZoneArgs>>, self?: string): void {
  const name = bareName(inputs.name ?? "");
  for (const { vpcId } of inputs.vpcs ?? []) {
    const other = cloud
      .list(ZONE)
      .find(
        (each) =>
          each.id !== self &&
          each.outputs["name"] === name &&
          valuesAt(each.inputs, "vpcs[*].vpcId").some(({ value }) => value === vpcId),
      );
    if (other !== undefined) {
      const message = `The VPC ${vpcId} has already been associated with the hosted zone ${other.id} with the same domain name.`;
      refuse("ConflictingDomainExists", message);
    }
  }
}

/** Four servers of four domains; those of a private zone are always the same. */
function nameServers(hex: string, isPrivate: boolean): readonly string[] {
  return ["com", "net", "org", "co.uk"].map((domain, index) => {
    const digits = isPrivate ? 0 : parseInt(hex.slice(index * 2, index * 2 + 2), 16);
    const label = String(digits % 64).padStart(2, "0");
    return `ns-${String(index * 512 + digits)}.awsdns-${label}.${domain}`;
  });
}

function bareName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/** Records of a zone beyond the NS and SOA that it is made with. */
export function recordsOf(cloud: CloudView, zoneId: string): readonly StoredResource[] {
  return cloud.list(RECORD).filter(({ inputs }) => inputs["zoneId"] === zoneId);
}

const record = resourceType<RecordArgs>({
  token: RECORD,
  service: "Route 53",
  actions: {
    create: "ChangeResourceRecordSets",
    update: "ChangeResourceRecordSets",
    delete: "ChangeResourceRecordSets",
  },
  reach: "global",
  duration: { create: 30, delete: 30, source: "estimate; the provider waits until the change is INSYNC" },
  references: [
    {
      path: "zoneId",
      to: ZONE,
      within: "account",
      missing: { code: "NoSuchHostedZone", message: "No hosted zone found with ID: {value}" },
    },
    {
      path: "healthCheckId",
      to: "aws:route53/healthCheck:HealthCheck",
      within: "account",
      missing: { code: "InvalidInput", message: "Invalid health check: {value} does not exist" },
    },
  ],
  check: checkRecord,
  create: (context) => {
    const { inputs, cloud } = context;
    const fqdn = fullName(cloud, inputs);
    refuseBadChange(cloud, inputs, fqdn);
    const set = inputs.setIdentifier === undefined ? "" : `_${inputs.setIdentifier}`;
    return {
      id: `${inputs.zoneId}_${fqdn}_${inputs.type}${set}`,
      outputs: { fqdn, allowOverwrite: inputs.allowOverwrite ?? false },
    };
  },
  update: ({ inputs, cloud, resource }) => {
    refuseBadChange(cloud, inputs, fullName(cloud, inputs), resource.id);
    return {};
  },
});

/** The provider adds the zone to a name that does not end in it, so a record is always in its zone. */
function fullName(cloud: CloudView, { name, zoneId }: Resolved<RecordArgs>): string {
  const domain = text(cloud.find(ZONE, zoneId)?.outputs["name"]);
  const bare = bareName(name);
  return bare === domain || bare.endsWith(`.${domain}`) ? bare : bare === "" ? domain : `${bare}.${domain}`;
}

function refuseBadChange(cloud: CloudView, inputs: Resolved<RecordArgs>, fqdn: string, self?: string): void {
  const change = (message: string) => refuse("InvalidChangeBatch", `[${message}]`);
  const { type, zoneId, setIdentifier } = inputs;
  const domain = text(cloud.find(ZONE, zoneId)?.outputs["name"]);
  const isApex = fqdn === domain;
  if (type === "CNAME" && isApex) {
    change(`RRSet of type CNAME with DNS name ${fqdn}. is not permitted at apex in zone ${domain}.`);
  }
  for (const value of inputs.records ?? []) {
    const problem = valueProblem(type, value);
    if (problem !== undefined) change(`Invalid Resource Record: '${problem}'`);
  }
  const others = recordsOf(cloud, zoneId).filter(({ id, outputs }) => id !== self && outputs["fqdn"] === fqdn);
  if (others.some((other) => (other.inputs["type"] === "CNAME") !== (type === "CNAME"))) {
    const what = `RRSet of type ${type} with DNS name ${fqdn}.`;
    change(`${what} is not permitted as it conflicts with other records with the same DNS name in zone ${domain}.`);
  }
  const twins = others.filter((other) => other.inputs["type"] === type);
  const exists = twins.some((other) => other.inputs["setIdentifier"] === setIdentifier);
  // A zone is made with the NS and SOA records of its apex.
  const inherent = isApex && (type === "NS" || type === "SOA") && self === undefined;
  if ((exists || inherent) && inputs.allowOverwrite !== true && self === undefined) {
    change(`Tried to create resource record set [name='${fqdn}.', type='${type}'] but it already exists`);
  }
  if (
    !exists &&
    twins.some((other) => (other.inputs["setIdentifier"] === undefined) !== (setIdentifier === undefined))
  ) {
    const what = `RRSet with DNS name ${fqdn}., type ${type}`;
    change(`${what} cannot be created as a non-simple RRSet beside a simple one with the same name and type`);
  }
  refuseLostAlias(cloud, inputs, change);
}

/** An alias into a zone of this account needs a record there; load balancers and CDNs live in zones of AWS. */
function refuseLostAlias(cloud: CloudView, inputs: Resolved<RecordArgs>, change: (message: string) => void): void {
  for (const { zoneId, name } of inputs.aliases ?? []) {
    if (cloud.find(ZONE, zoneId) === undefined) continue;
    const target = bareName(name);
    const found = recordsOf(cloud, zoneId).some(
      (other) => other.outputs["fqdn"] === target && other.inputs["type"] === inputs.type,
    );
    if (!found) {
      change(
        `Tried to create an alias that targets ${target}., type ${inputs.type} in zone ${zoneId}, but that target was not found`,
      );
    }
  }
}

export const route53Types: readonly ResourceType[] = [zone, record];
