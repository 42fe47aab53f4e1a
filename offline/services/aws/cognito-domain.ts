import type { UserPoolDomainArgs } from "@pulumi/aws/cognito";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved } from "../../cloud/resource-type";
import { parseArn } from "./arn";
import { INVALID_PARAMETER, poolReference, USER_POOL, USER_POOL_DOMAIN } from "./cognito-references";

// Rules: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html

const RESERVED_WORDS = ["aws", "amazon", "cognito"];
const CERTIFICATE = "aws:acm/certificate:Certificate";

type Inputs = Resolved<UserPoolDomainArgs>;

export const userPoolDomain = resourceType<UserPoolDomainArgs>({
  token: USER_POOL_DOMAIN,
  service: "Cognito Identity Provider",
  actions: { create: "CreateUserPoolDomain", update: "UpdateUserPoolDomain", delete: "DeleteUserPoolDomain" },
  references: [poolReference(true)],
  duration: {
    create: 5,
    delete: 2,
    source: "estimate for a prefix; a domain of one's own takes up to 15 minutes, as it is a CloudFront distribution",
  },
  check: (context) => {
    const { domain, managedLoginVersion } = context.inputs;
    const isCustom = context.inputs.certificateArn !== undefined || context.isUnknown("certificateArn");
    const problem = domain === undefined ? undefined : domainProblem(domain, isCustom);
    if (problem !== undefined) context.refuse("domain", `${INVALID_PARAMETER}: ${problem}`);
    if (managedLoginVersion !== undefined && ![1, 2].includes(managedLoginVersion)) {
      context.refuse("managedLoginVersion", `expected 1 or 2, got ${String(managedLoginVersion)}`);
    }
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    refuseTaken(context);
    refuseCertificate(context);
    const pool = cloud.find(USER_POOL, inputs.userPoolId);
    if (inputs.managedLoginVersion === 2 && pool?.outputs["userPoolTier"] === "LITE") {
      refuse(
        "FeatureUnavailableInTierException",
        "The following features need to be disabled for the LITE pricing tier configured: Managed Login",
      );
    }
    const distribution = `d${context.hex(13)}.cloudfront.net`;
    return {
      id: inputs.domain,
      outputs: {
        awsAccountId: scope.account,
        cloudfrontDistribution: distribution,
        cloudfrontDistributionArn: distribution,
        // The zone of every CloudFront distribution: https://docs.aws.amazon.com/general/latest/gr/cf_region.html
        cloudfrontDistributionZoneId: "Z2FDTNDATAQYW2",
        managedLoginVersion: inputs.managedLoginVersion ?? 1,
        s3Bucket: `aws-cognito-prod-${scope.region}-assets`,
        version: `2026010100000${String(Number.parseInt(context.hex(1), 16) % 10)}`,
      },
    };
  },
  update: (context) => {
    refuseCertificate(context);
    return {};
  },
});

/** The service's wording: https://github.com/mineiros-io/terraform-aws-cognito-user-pool/issues/69 */
function domainProblem(domain: string, isCustom: boolean): string | undefined {
  if (isCustom) {
    return /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/.test(domain)
      ? undefined
      : `"${domain}" is no domain name in lower case`;
  }
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(domain)) {
    return `The domain name contains an invalid character. A prefix has 1 to 63 lower-case letters, digits and -, got "${domain}"`;
  }
  const word = RESERVED_WORDS.find((each) => domain.includes(each));
  return word === undefined ? undefined : `Domain cannot contain reserved word: ${word}`;
}

/** A prefix is unique in its region whoever owns it, a domain of one's own in the world; a pool has one of each. */
function refuseTaken({ inputs, scope, cloud }: CallContext<Inputs>): void {
  const isCustom = inputs.certificateArn !== undefined;
  const taken = cloud
    .list(USER_POOL_DOMAIN, "anywhere")
    .some((each) => each.inputs["domain"] === inputs.domain && (isCustom || each.scope.region === scope.region));
  // https://github.com/aws-samples/websocket-chat-application/issues/56
  if (taken) refuse(INVALID_PARAMETER, "Domain already associated with another user pool.");
  const second = cloud
    .list(USER_POOL_DOMAIN)
    .some(
      (each) =>
        each.inputs["userPoolId"] === inputs.userPoolId && (each.inputs["certificateArn"] !== undefined) === isCustom,
    );
  if (second) refuse(INVALID_PARAMETER, "The user pool already has a domain configured.");
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-add-custom-domain.html */
function refuseCertificate({ inputs, scope, cloud }: CallContext<Inputs>): void {
  const { certificateArn } = inputs;
  if (certificateArn === undefined) return;
  const parsed = parseArn(certificateArn);
  if (parsed?.service !== "acm" || parsed.region !== "us-east-1") {
    refuse(INVALID_PARAMETER, `The certificate of a custom domain must be in us-east-1: ${certificateArn}`);
  }
  const isKnown = cloud.findBy(CERTIFICATE, "arn", certificateArn, { ...scope, region: "us-east-1" }) !== undefined;
  if (parsed.account === scope.account && !isKnown) {
    refuse(INVALID_PARAMETER, `The specified SSL certificate doesn't exist: ${certificateArn}`);
  }
}
