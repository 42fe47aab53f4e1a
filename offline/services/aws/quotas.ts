import type { CloudView } from "../../cloud/cloud";
import type { Scope } from "../../cloud/resource-type";

interface Quota {
  readonly service: string;
  /** Code under which the Service Quotas service knows it. */
  readonly code: string;
  readonly default: number;
}

/**
 * Adjustable quotas with their defaults. An `aws.servicequotas.ServiceQuota` in the same account and region raises one, as it does
 * in a real account. Defaults and codes: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html,
 * https://docs.aws.amazon.com/general/latest/gr/ec2-service.html, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html,
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const QUOTAS = {
  vpcsPerRegion: { service: "vpc", code: "L-F678F1CE", default: 5 },
  subnetsPerVpc: { service: "vpc", code: "L-407747CB", default: 200 },
  routeTablesPerVpc: { service: "vpc", code: "L-589F43AA", default: 200 },
  internetGatewaysPerRegion: { service: "vpc", code: "L-A4707A72", default: 5 },
  natGatewaysPerZone: { service: "vpc", code: "L-FE5A380F", default: 5 },
  rulesPerSecurityGroup: { service: "vpc", code: "L-0EA8095F", default: 60 },
  elasticAddressesPerRegion: { service: "ec2", code: "L-0263D0A3", default: 5 },
  // https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html
  transitGatewaysPerRegion: { service: "ec2", code: "L-A2478D36", default: 5 },
  managedPoliciesPerRole: { service: "iam", code: "L-0DA4ABF3", default: 10 },
  concurrentExecutions: { service: "lambda", code: "L-B99A9384", default: 1000 },
} as const satisfies Record<string, Quota>;

const SERVICE_QUOTA = "aws:servicequotas/serviceQuota:ServiceQuota";

/** What the account may have of it now: the default, or what it was raised to. Quotas of IAM are raised in us-east-1. */
export function quota(cloud: CloudView, name: keyof typeof QUOTAS, scope?: Scope): number {
  const { service, code, default: initial } = QUOTAS[name];
  const raised = cloud
    .list(SERVICE_QUOTA, scope)
    .filter(({ inputs }) => inputs["serviceCode"] === service && inputs["quotaCode"] === code)
    .map(({ inputs }) => Number(inputs["value"]));
  return Math.max(initial, ...raised);
}
