import type { UserPoolArgs } from "@pulumi/aws/cognito";
import { refuse } from "../../cloud/errors";
import {
  resourceType,
  type CallContext,
  type CheckContext,
  type Resolved,
  type ResourceType,
} from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { arn } from "./arn";
import { userPoolClient } from "./cognito-client";
import { userPoolDomain } from "./cognito-domain";
import { resourceServer, userGroup } from "./cognito-groups";
import { INVALID_PARAMETER, POOL_CONTENTS, USER_POOL } from "./cognito-references";
import { roleOf, trusts } from "./eks-trust";
import { checkChoices, checkRanges } from "../input-checks";
import { dnsSuffix } from "./regions";

// Rules and error codes: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html

type Inputs = Resolved<UserPoolArgs>;
type Context = CallContext<Inputs>;

const userPool = resourceType<UserPoolArgs>({
  token: USER_POOL,
  service: "Cognito Identity Provider",
  actions: { create: "CreateUserPool", update: "UpdateUserPool", delete: "DeleteUserPool" },
  name: {
    property: "name",
    pattern: /^[\w\s+=,.@-]+$/,
    rule: "1 to 128 letters, digits, spaces and _+=,.@-",
    source: "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html",
    maxLength: 128,
  },
  // https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain.html
  inUse: {
    code: INVALID_PARAMETER,
    message: "User pool cannot be deleted. It has a domain configured that should be deleted first.",
  },
  duration: { create: 5, delete: 2, source: "estimate: acceptance tests took 25 to 50 s with deletion" },
  check,
  create: (context) => {
    const { inputs, scope } = context;
    checkPool(context);
    const id = `${scope.region}_${context.hex(9)}`;
    return {
      id,
      outputs: {
        arn: arn(scope, "cognito-idp", `userpool/${id}`),
        endpoint: `cognito-idp.${scope.region}.${dnsSuffix(scope.region)}/${id}`,
        creationDate: "2026-01-01T00:00:00Z",
        lastModifiedDate: "2026-01-01T00:00:00Z",
        customDomain: "",
        domain: "",
        estimatedNumberOfUsers: 0,
        ...described(inputs),
      },
    };
  },
  update: (context) => {
    checkPool(context);
    refuseChangedSchema(context.oldInputs, context.inputs);
    return described(context.inputs);
  },
  delete: ({ resource, cloud, effects }) => {
    // https://github.com/localstack/localstack/issues/11947
    if (resource.inputs["deletionProtection"] === "ACTIVE") {
      refuse(
        INVALID_PARAMETER,
        "The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.",
      );
    }
    for (const type of POOL_CONTENTS) {
      for (const each of cloud.list(type)) if (each.inputs["userPoolId"] === resource.id) effects.remove(each);
    }
  },
});

/** What the provider itself checks, and what follows from the inputs alone. */
function check(context: CheckContext<Inputs>): void {
  const { inputs, isUnknown, refuse: report } = context;
  const policy = inputs.passwordPolicy;
  checkRanges(context, [
    ["passwordPolicy.minimumLength", policy?.minimumLength, 6, 99],
    ["passwordPolicy.passwordHistorySize", policy?.passwordHistorySize, 0, 24],
    ["passwordPolicy.temporaryPasswordValidityDays", policy?.temporaryPasswordValidityDays, 0, 365],
    ["schemas.length", inputs.schemas?.length, 1, 50],
  ]);
  checkChoices(context, [
    ["mfaConfiguration", inputs.mfaConfiguration, ["OFF", "ON", "OPTIONAL"]],
    ["deletionProtection", inputs.deletionProtection, ["ACTIVE", "INACTIVE"]],
    ["userPoolTier", inputs.userPoolTier, ["LITE", "ESSENTIALS", "PLUS"]],
    ["userPoolAddOns.advancedSecurityMode", inputs.userPoolAddOns?.advancedSecurityMode, ["AUDIT", "ENFORCED", "OFF"]],
    ["emailConfiguration.emailSendingAccount", inputs.emailConfiguration?.emailSendingAccount, EMAIL_ACCOUNTS],
    ...listed("aliasAttributes", inputs.aliasAttributes, ["email", "phone_number", "preferred_username"]),
    ...listed("usernameAttributes", inputs.usernameAttributes, ["email", "phone_number"]),
    ...listed("autoVerifiedAttributes", inputs.autoVerifiedAttributes, ["email", "phone_number"]),
  ]);
  const isGiven = (property: keyof Inputs) => inputs[property] !== undefined || isUnknown(property);
  if (isGiven("aliasAttributes") && isGiven("usernameAttributes")) {
    report("aliasAttributes", "conflicts with usernameAttributes: users log in by one kind of name");
  }
  for (const property of ["smsAuthenticationMessage", "smsVerificationMessage", "emailVerificationMessage"] as const) {
    const message = inputs[property];
    if (message !== undefined && !message.includes("{####}"))
      report(property, "must contain {####}, where the code goes");
  }
}

const EMAIL_ACCOUNTS = ["COGNITO_DEFAULT", "DEVELOPER"];

function listed(
  property: string,
  values: readonly string[] | undefined,
  allowed: readonly string[],
): readonly (readonly [string, string, readonly string[]])[] {
  return (values ?? []).map((value, index) => [`${property}[${String(index)}]`, value, allowed] as const);
}

function checkPool(context: Context): void {
  checkMfa(context.inputs);
  checkTier(context.inputs);
  checkMessages(context);
}

/** https://github.com/anomalyco/sst/issues/5177 */
function checkMfa(inputs: Inputs): void {
  const factors = [
    inputs.softwareTokenMfaConfiguration?.enabled === true,
    inputs.smsConfiguration !== undefined,
    inputs.emailMfaConfiguration !== undefined,
  ];
  if ((inputs.mfaConfiguration ?? "OFF") !== "OFF" && !factors.includes(true)) {
    refuse(
      INVALID_PARAMETER,
      "Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.",
    );
  }
  // https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-mfa-sms-email-message.html
  if (inputs.emailMfaConfiguration !== undefined && inputs.emailConfiguration?.emailSendingAccount !== "DEVELOPER") {
    refuse(INVALID_PARAMETER, "Email MFA needs an email configuration that sends through Amazon SES (DEVELOPER)");
  }
}

/** Features by plan: https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html, https://github.com/aws/aws-cdk/pull/33565 */
function checkTier(inputs: Inputs): void {
  const tier = inputs.userPoolTier ?? "ESSENTIALS";
  const isProtected = (inputs.userPoolAddOns?.advancedSecurityMode ?? "OFF") !== "OFF";
  const features = [
    ...(isProtected && tier !== "PLUS" ? ["Threat Protection"] : []),
    ...(inputs.emailMfaConfiguration !== undefined && tier === "LITE" ? ["Email MFA"] : []),
    ...((inputs.passwordPolicy?.passwordHistorySize ?? 0) > 0 && tier === "LITE" ? ["Password History"] : []),
    ...((inputs.signInPolicy?.allowedFirstAuthFactors ?? []).some((each) => each !== "PASSWORD") && tier === "LITE"
      ? ["Choice Based Sign In"]
      : []),
  ];
  if (features.length > 0) {
    refuse(
      "FeatureUnavailableInTierException",
      `The following features need to be disabled for the ${tier} pricing tier configured: ${features.join(", ")}`,
    );
  }
}

function checkMessages({ inputs, cloud }: Context): void {
  const { smsConfiguration, emailConfiguration } = inputs;
  const caller = smsConfiguration?.snsCallerArn;
  if (
    caller !== undefined &&
    (roleOf(cloud, caller) === undefined || !trusts(cloud, caller, "cognito-idp.amazonaws.com"))
  ) {
    refuse(
      "InvalidSmsRoleTrustRelationshipException",
      `Role does not have a trust relationship allowing Cognito to assume the role: ${caller}`,
    );
  }
  if (emailConfiguration?.emailSendingAccount === "DEVELOPER" && emailConfiguration.sourceArn === undefined) {
    refuse(INVALID_PARAMETER, "Email sending account DEVELOPER needs the ARN of an identity of Amazon SES (sourceArn)");
  }
  if ((inputs.autoVerifiedAttributes ?? []).includes("phone_number") && smsConfiguration === undefined) {
    refuse(INVALID_PARAMETER, "SMS configuration is required to verify phone_number");
  }
  // https://github.com/ekristen/aws-nuke/issues/477
  const verified = inputs.userAttributeUpdateSettings?.attributesRequireVerificationBeforeUpdates ?? [];
  if (verified.some((each) => !(inputs.autoVerifiedAttributes ?? []).includes(each))) {
    refuse(
      INVALID_PARAMETER,
      "All attributes in AttributesRequireVerificationBeforeUpdate must exist in AutoVerifiedAttributes",
    );
  }
}

/** Attributes of users can be added, never changed or removed. https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-settings-attributes.html */
function refuseChangedSchema(before: Inputs, after: Inputs): void {
  const kept = new Set((after.schemas ?? []).map((each) => JSON.stringify(each)));
  const lost = (before.schemas ?? []).find((each) => !kept.has(JSON.stringify(each)));
  if (lost !== undefined) refuse(INVALID_PARAMETER, `cannot modify or remove schema items: ${lost.name}`);
}

function described(inputs: Inputs): Properties {
  return {
    userPoolTier: inputs.userPoolTier ?? "ESSENTIALS",
    mfaConfiguration: inputs.mfaConfiguration ?? "OFF",
    deletionProtection: inputs.deletionProtection ?? "INACTIVE",
    passwordPolicy: {
      minimumLength: 8,
      requireLowercase: true,
      requireNumbers: true,
      requireSymbols: true,
      requireUppercase: true,
      temporaryPasswordValidityDays: 7,
      ...inputs.passwordPolicy,
    },
    adminCreateUserConfig: { allowAdminCreateUserOnly: false, ...inputs.adminCreateUserConfig },
    verificationMessageTemplate: { defaultEmailOption: "CONFIRM_WITH_CODE", ...inputs.verificationMessageTemplate },
  };
}

export const cognitoTypes: readonly ResourceType[] = [
  userPool,
  userPoolClient,
  userPoolDomain,
  resourceServer,
  userGroup,
];
