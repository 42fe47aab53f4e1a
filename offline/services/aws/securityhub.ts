import type { AccountArgs, StandardsSubscriptionArgs } from "@pulumi/aws/securityhub";
import { partitionOf } from "../../cloud/partition";
import { refuse } from "../../cloud/errors";
import { resourceType, type Effects, type ResourceType, type Scope } from "../../cloud/resource-type";
import { arn } from "./arn";

// Error codes: https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_EnableSecurityHub.html, API_BatchEnableStandards.html
// Words of "already subscribed": https://github.com/hashicorp/terraform-provider-aws/issues/31875

export const HUB = "aws:securityhub/account:Account";
const SUBSCRIPTION = "aws:securityhub/standardsSubscription:StandardsSubscription";

/** Standards that Security Hub turns on with itself: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-auto-enabled-standards.html */
const DEFAULT_STANDARDS = ["aws-foundational-security-best-practices/v/1.0.0", "cis-aws-foundations-benchmark/v/1.2.0"];

const STANDARDS = [
  ...DEFAULT_STANDARDS,
  "aws-resource-tagging-standard/v/1.0.0",
  "cis-aws-foundations-benchmark/v/1.4.0",
  "cis-aws-foundations-benchmark/v/3.0.0",
  "nist-800-53/v/5.0.0",
  "nist-800-171/v/2.0.0",
  "pci-dss/v/3.2.1",
  "pci-dss/v/4.0.1",
];

/** The first benchmark is older than regional standards and stands under another ARN. */
const RULESET = "cis-aws-foundations-benchmark/v/1.2.0";

function standardArn(scope: Scope, standard: string): string {
  const partition = partitionOf(scope.region);
  return standard === RULESET
    ? `arn:${partition}:securityhub:::ruleset/${standard}`
    : `arn:${partition}:securityhub:${scope.region}::standards/${standard}`;
}

const account = resourceType<AccountArgs>({
  token: HUB,
  service: "SecurityHub",
  actions: { create: "EnableSecurityHub", update: "UpdateSecurityHubConfiguration", delete: "DisableSecurityHub" },
  duration: { create: 5, source: "estimate" },
  check: ({ inputs, refuse: report }) => {
    const generator = inputs.controlFindingGenerator;
    if (generator !== undefined && !["SECURITY_CONTROL", "STANDARD_CONTROL"].includes(generator)) {
      report("controlFindingGenerator", `expected one of SECURITY_CONTROL, STANDARD_CONTROL, got ${generator}`);
    }
  },
  create: ({ inputs, scope, cloud, effects }) => {
    if (cloud.list(HUB).length > 0) {
      refuse("ResourceConflictException", "Account is already subscribed to Security Hub");
    }
    if (inputs.enableDefaultStandards ?? true) {
      for (const standard of DEFAULT_STANDARDS) subscribe(effects, scope, standard);
    }
    return {
      id: scope.account,
      outputs: {
        arn: arn(scope, "securityhub", "hub/default"),
        autoEnableControls: inputs.autoEnableControls ?? true,
        controlFindingGenerator: inputs.controlFindingGenerator ?? "SECURITY_CONTROL",
        enableDefaultStandards: inputs.enableDefaultStandards ?? true,
      },
    };
  },
  // Disabling Security Hub ends every subscription.
  delete: ({ cloud, effects }) => {
    for (const each of cloud.list(SUBSCRIPTION)) effects.remove(each);
  },
});

function subscribe(effects: Effects, scope: Scope, standard: string): void {
  const id = arn(scope, "securityhub", `subscription/${standard}`);
  const inputs = { standardsArn: standardArn(scope, standard) };
  effects.put({ type: SUBSCRIPTION, id, inputs, outputs: { ...inputs, arn: id } });
}

const standardsSubscription = resourceType<StandardsSubscriptionArgs>({
  token: SUBSCRIPTION,
  service: "SecurityHub",
  actions: { create: "BatchEnableStandards", delete: "BatchDisableStandards" },
  duration: { create: 20, delete: 20, source: "estimate: the provider waits until the standard is ready" },
  create: ({ inputs, scope, cloud }) => {
    if (cloud.list(HUB).length === 0) {
      refuse("InvalidAccessException", `Account ${scope.account} is not subscribed to AWS Security Hub`);
    }
    const standard = STANDARDS.find((each) => standardArn(scope, each) === inputs.standardsArn);
    if (standard === undefined) {
      const request = JSON.stringify({ StandardsArn: inputs.standardsArn });
      const known = STANDARDS.map((each) => standardArn(scope, each)).join(", ");
      return refuse("InvalidInputException", `Invalid StandardsSubscriptionRequest(s): [${request}]; known: ${known}`);
    }
    // Enabling a standard a second time gives the same subscription.
    const id = arn(scope, "securityhub", `subscription/${standard}`);
    return { id, outputs: { arn: id } };
  },
});

export const securityhubTypes: readonly ResourceType[] = [account, standardsSubscription];
