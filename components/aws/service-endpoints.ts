import { VpcEndpoint, type VpcEndpointArgs } from "@pulumi/aws/ec2/vpcEndpoint";
import { ComponentResource, type ComponentResourceOptions, type Input } from "@pulumi/pulumi";
import type { Account } from "./account";
import type { AwsNetwork } from "./network";
import { policyDocument } from "./policy-document";

/** Services that are reached by a route instead of an address. They cost nothing. */
export const gatewayServices = ["s3", "dynamodb"] as const;

/** Services that can be given private addresses. https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html */
export const interfaceServices = [
  "autoscaling",
  "ec2",
  "ec2messages",
  "ecr.api",
  "ecr.dkr",
  "eks",
  "eks-auth",
  "elasticloadbalancing",
  "kms",
  "lambda",
  "logs",
  "secretsmanager",
  "ssm",
  "ssmmessages",
  "sts",
] as const;

export type InterfaceService = (typeof interfaceServices)[number];

export interface ServiceEndpointsArgs {
  readonly account: Account;
  /** First part of the names in the console. */
  readonly prefix: string;
  readonly network: AwsNetwork;
  readonly services: readonly InterfaceService[];
  /** Opened on 443 to those who use the services. */
  readonly securityGroupId: Input<string>;
  readonly transform?: (endpoint: VpcEndpointArgs, service: string) => VpcEndpointArgs;
}

/**
 * Private ways to services of AWS: no traffic to them leaves by the NAT gateways, and the database tier, which has no way out,
 * reaches those it needs.
 *
 * Who is of another account gets nothing through them, so that no key of a stranger carries data out.
 *
 * Cost: each service is billed per hour and zone, and per GB; S3 and DynamoDB are free.
 */
export class ServiceEndpoints extends ComponentResource {
  constructor(name: string, args: ServiceEndpointsArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:ServiceEndpoints", name, {}, opts);
    const { account, network } = args;
    const ownAccount = policyDocument([
      {
        Sid: "OwnAccount",
        Effect: "Allow",
        Principal: "*",
        Action: "*",
        Resource: "*",
        Condition: { StringEquals: { "aws:PrincipalAccount": account.id } },
      },
    ]);
    const endpoint = (service: string, own: Partial<VpcEndpointArgs>) => {
      const endpointArgs: VpcEndpointArgs = {
        vpcId: network.networkId,
        serviceName: `com.amazonaws.${account.region}.${service}`,
        tags: { Name: `${args.prefix}-${service}` },
        ...own,
      };
      new VpcEndpoint(`${name}-${service.replace(".", "-")}`, args.transform?.(endpointArgs, service) ?? endpointArgs, {
        parent: this,
      });
    };
    for (const service of gatewayServices) {
      endpoint(service, {
        vpcEndpointType: "Gateway",
        routeTableIds: [...network.routeTableIds.private, ...network.routeTableIds.database],
        // Image layers and packages come from buckets of other accounts, read by signed or anonymous requests.
        // https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html#ecr-setting-up-s3-gateway
        ...(service === "s3" ? {} : { policy: ownAccount }),
      });
    }
    for (const service of args.services) {
      endpoint(service, {
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        subnetIds: [...network.subnetIds.private],
        securityGroupIds: [args.securityGroupId],
        policy: ownAccount,
      });
    }
    this.registerOutputs({});
  }
}
