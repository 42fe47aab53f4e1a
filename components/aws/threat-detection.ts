import { Analyzer } from "@pulumi/aws/accessanalyzer/analyzer";
import { Detector, type DetectorArgs } from "@pulumi/aws/guardduty/detector";
import { DetectorFeature } from "@pulumi/aws/guardduty/detectorFeature";
import { Account as SecurityHub } from "@pulumi/aws/securityhub/account";
import { StandardsSubscription } from "@pulumi/aws/securityhub/standardsSubscription";
import {
  ComponentResource,
  interpolate,
  type ComponentResourceOptions,
  type Input,
  type Output,
  type Resource,
} from "@pulumi/pulumi";
import type { Account } from "./account";

/**
 * What GuardDuty watches besides the account's calls, DNS and flow logs.
 * https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-features-activation-model.html
 */
const watched = {
  EBS_MALWARE_PROTECTION: [],
  EKS_AUDIT_LOGS: [],
  LAMBDA_NETWORK_LOGS: [],
  RDS_LOGIN_EVENTS: [],
  S3_DATA_EVENTS: [],
} as const;

/** Besides, where there are nodes of EKS, which GuardDuty installs its agents on. */
const watchedOnNodes = { RUNTIME_MONITORING: ["EKS_ADDON_MANAGEMENT"] } as const;

/** https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html */
const standards = {
  "best-practices": "standards/aws-foundational-security-best-practices/v/1.0.0",
  cis: "standards/cis-aws-foundations-benchmark/v/3.0.0",
} as const;

export interface ThreatDetectionArgs {
  readonly account: Account;
  readonly prefix: string;
  /**
   * What checks read: AWS Config has to record before Security Hub is switched on. Default: no Security Hub, in a region where
   * Config does not record.
   */
  readonly configuration?: Input<Resource>;
  /** Whether agents watch what runs on nodes of EKS. Default: `watched`. */
  readonly nodes?: "watched" | "unwatched";
  readonly transform?: (detector: DetectorArgs) => DetectorArgs;
}

/**
 * GuardDuty, Security Hub and IAM Access Analyzer for the account in one region: findings about what happens, about what is set
 * wrong, and about what others can reach. An account has one of each in a region.
 *
 * Agents on nodes send through the endpoint `guardduty-data` of the cluster's network, which has to be made before this is
 * (`ServiceEndpoints`).
 *
 * Cost: GuardDuty per volume of what it reads, Security Hub per check, the analyzer nothing.
 */
export class ThreatDetection extends ComponentResource {
  readonly detectorId: Output<string>;

  constructor(name: string, args: ThreatDetectionArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:ThreatDetection", name, {}, opts);
    const { account } = args;
    const parent = { parent: this };
    const detectorArgs: DetectorArgs = { enable: true, findingPublishingFrequency: "FIFTEEN_MINUTES" };
    const detector = new Detector(`${name}-detector`, args.transform?.(detectorArgs) ?? detectorArgs, parent);
    const features = { ...watched, ...(args.nodes === "unwatched" ? {} : watchedOnNodes) };
    for (const [feature, additional] of Object.entries(features)) {
      new DetectorFeature(
        `${name}-${feature.toLowerCase().replaceAll("_", "-")}`,
        {
          detectorId: detector.id,
          name: feature,
          status: "ENABLED",
          additionalConfigurations: additional.map((part) => ({ name: part, status: "ENABLED" })),
        },
        parent,
      );
    }
    if (args.configuration !== undefined) judgeSettings(name, account, args.configuration, this);
    new Analyzer(`${name}-analyzer`, { analyzerName: args.prefix, type: "ACCOUNT" }, parent);
    this.detectorId = detector.id;
    this.registerOutputs({ detectorId: this.detectorId });
  }
}

/** Security Hub, with the standards that it holds the account to. */
function judgeSettings(name: string, account: Account, configuration: Input<Resource>, parent: ThreatDetection): void {
  const hub = new SecurityHub(
    `${name}-hub`,
    { enableDefaultStandards: false, autoEnableControls: true, controlFindingGenerator: "SECURITY_CONTROL" },
    { parent, dependsOn: [configuration] },
  );
  for (const [standard, path] of Object.entries(standards)) {
    new StandardsSubscription(
      `${name}-${standard}`,
      { standardsArn: interpolate`arn:${account.partition}:securityhub:${account.region}::${path}` },
      { parent, dependsOn: [hub] },
    );
  }
}
