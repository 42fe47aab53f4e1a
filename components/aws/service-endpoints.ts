import { VpcEndpoint, type VpcEndpointArgs } from "@pulumi/aws/ec2/vpcEndpoint";
import { ComponentResource, all, type ComponentResourceOptions, type Input } from "@pulumi/pulumi";
import { gatewayServices, type InterfaceService } from "../planning/service-endpoints";
import type { Account } from "./account";
import type { AwsNetwork } from "./network";
import { policyDocument, type Statement } from "./policy-document";

interface CommonArgs {
  readonly account: Account;
  /** First part of the names in the console. */
  readonly prefix: string;
  readonly network: AwsNetwork;
  /** Tiers whose route tables lead to S3 and DynamoDB. Default: `private` and `database`. */
  readonly routed?: readonly ("private" | "database")[];
  readonly transform?: (endpoint: VpcEndpointArgs, service: string) => VpcEndpointArgs;
}

/** Services by addresses in the private tier, besides those that are routed. */
interface AddressedArgs {
  readonly services: readonly InterfaceService[];
  /** Opened on 443 to those who use the services. */
  readonly securityGroupId: Input<string>;
}

/** The free ones alone: what has no address needs no group. */
interface RoutedArgs {
  readonly services: readonly [];
}

export type ServiceEndpointsArgs = CommonArgs & (AddressedArgs | RoutedArgs);

/**
 * Private ways to services of AWS: no traffic to them leaves by the NAT gateways, and the database tier, which has no way out,
 * reaches those it needs.
 *
 * Who is of another account sends nothing through them, so that no key of a stranger carries data out.
 *
 * With runtime monitoring of GuardDuty `guardduty-data` belongs to the services: GuardDuty makes the endpoint by itself where it
 * finds none, and what no program knows of holds the network back when it is deleted.
 * https://docs.aws.amazon.com/guardduty/latest/ug/using-iac-with-gdu-automated-agents-runtime-monitoring.html
 *
 * Cost: each service is billed per hour and zone, and per GB; S3 and DynamoDB are free.
 */
export class ServiceEndpoints extends ComponentResource {
  constructor(name: string, args: ServiceEndpointsArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:ServiceEndpoints", name, {}, opts);
    const { account, network } = args;
    const endpoint = (service: string, own: Partial<VpcEndpointArgs>) => {
      const endpointArgs: VpcEndpointArgs = {
        vpcId: network.networkId,
        serviceName: `com.amazonaws.${account.region}.${service}`,
        policy: policyDocument([...knownCallers(account), ...strangers(account, service)]),
        tags: { Name: `${args.prefix}-${service}` },
        ...own,
      };
      new VpcEndpoint(`${name}-${service.replace(".", "-")}`, args.transform?.(endpointArgs, service) ?? endpointArgs, {
        parent: this,
      });
    };
    // Subnets of an adopted network may share a table.
    const { routed = ["private", "database"] } = args;
    const routeTables = all(routed.flatMap((tier) => network.routeTableIds[tier])).apply((ids) => [...new Set(ids)]);
    for (const service of gatewayServices) {
      endpoint(service, {
        vpcEndpointType: "Gateway",
        routeTableIds: routeTables,
      });
    }
    if ("securityGroupId" in args) {
      for (const service of args.services) {
        endpoint(service, {
          vpcEndpointType: "Interface",
          privateDnsEnabled: true,
          subnetIds: [...network.subnetIds.private],
          securityGroupIds: [args.securityGroupId],
        });
      }
    }
    this.registerOutputs({});
  }
}

/**
 * Identities of the account, and services of AWS that work in the network, such as what polls topics for functions. What they may
 * do is their own policies' business, also with resources of others: add-ons of EKS are pulled from registries of AWS.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-msk-cluster-network.html
 */
function knownCallers({ id }: Account): readonly Statement[] {
  const everything = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" } as const;
  return [
    { Sid: "OwnAccount", ...everything, Condition: { StringEquals: { "aws:PrincipalAccount": id } } },
    { Sid: "CloudServices", ...everything, Condition: { Bool: { "aws:PrincipalIsAWSService": "true" } } },
  ];
}

/** Calls that bring no identity of the account, or one of another account, without carrying data out. */
function strangers({ id }: Account, service: string): readonly Statement[] {
  switch (service) {
    case "s3":
      return [
        {
          // Image layers by addresses that ECR has signed, packages of the system by nobody's.
          // https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-setting-up-s3-gateway
          Sid: "Downloads",
          Effect: "Allow",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: "*",
        },
      ];
    case "sts":
      return [
        {
          // A service account proves itself by its token, before it has an identity.
          // https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html
          Sid: "ServiceAccounts",
          Effect: "Allow",
          Principal: "*",
          Action: "sts:AssumeRoleWithWebIdentity",
          Resource: "*",
          Condition: { StringEquals: { "aws:ResourceAccount": id } },
        },
      ];
    default:
      return [];
  }
}
