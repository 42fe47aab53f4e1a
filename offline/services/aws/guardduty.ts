import type { DetectorArgs, DetectorFeatureArgs } from "@pulumi/aws/guardduty";
import { refuse } from "../../cloud/errors";
import { resourceType, type CheckContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { arn } from "./arn";

// Error codes: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_CreateDetector.html and its siblings.
// Words of "already exists": https://github.com/hashicorp/terraform-provider-aws/issues/11780

export const DETECTOR = "aws:guardduty/detector:Detector";
const FEATURE = "aws:guardduty/detectorFeature:DetectorFeature";

const FREQUENCIES = ["FIFTEEN_MINUTES", "ONE_HOUR", "SIX_HOURS"];

const detector = resourceType<DetectorArgs>({
  token: DETECTOR,
  service: "GuardDuty",
  actions: { create: "CreateDetector", update: "UpdateDetector", delete: "DeleteDetector" },
  check: ({ inputs, refuse: report }) => {
    const frequency = inputs.findingPublishingFrequency;
    if (frequency !== undefined && !FREQUENCIES.includes(frequency)) {
      report("findingPublishingFrequency", `expected one of ${FREQUENCIES.join(", ")}, got ${frequency}`);
    }
  },
  create: (context) => {
    const { inputs, scope, cloud } = context;
    if (cloud.list(DETECTOR).length > 0) {
      refuse(
        "BadRequestException",
        "The request is rejected because a detector already exists for the current account.",
      );
    }
    const id = context.hex(32);
    return {
      id,
      outputs: {
        accountId: scope.account,
        arn: arn(scope, "guardduty", `detector/${id}`),
        enable: inputs.enable ?? true,
        findingPublishingFrequency: inputs.findingPublishingFrequency ?? "SIX_HOURS",
      },
    };
  },
  // The settings of a detector go with it.
  delete: ({ resource, cloud, effects }) => {
    for (const each of cloud.list(FEATURE)) if (each.inputs["detectorId"] === resource.id) effects.remove(each);
  },
});

/**
 * Each feature with the agents that it may manage.
 * https://docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfiguration.html
 */
const FEATURES: Readonly<Record<string, readonly string[]>> = {
  S3_DATA_EVENTS: [],
  EKS_AUDIT_LOGS: [],
  EBS_MALWARE_PROTECTION: [],
  RDS_LOGIN_EVENTS: [],
  EKS_RUNTIME_MONITORING: ["EKS_ADDON_MANAGEMENT"],
  LAMBDA_NETWORK_LOGS: [],
  RUNTIME_MONITORING: ["EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"],
};

/** Runtime monitoring holds the monitoring of EKS, so a detector has one of the two. */
const EXCLUSIVE = ["EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING"];

const feature = resourceType<DetectorFeatureArgs>({
  token: FEATURE,
  service: "GuardDuty",
  actions: { create: "UpdateDetector", update: "UpdateDetector", delete: "UpdateDetector" },
  references: [
    {
      path: "detectorId",
      to: DETECTOR,
      holds: false,
      missing: {
        code: "BadRequestException",
        message: "The request is rejected because the input detectorId is not owned by the current account.",
      },
    },
  ],
  check: checkFeature,
  create: ({ inputs, cloud }) => {
    const name = inputs.name ?? "";
    const other = EXCLUSIVE.includes(name) ? EXCLUSIVE.find((each) => each !== name) : undefined;
    const isTaken = cloud
      .list(FEATURE)
      .some(({ inputs: { detectorId, name: taken } }) => detectorId === inputs.detectorId && taken === other);
    if (other !== undefined && isTaken) {
      const message = `The request is rejected because ${EXCLUSIVE.join(" and ")} cannot both be provided for a detector.`;
      refuse("BadRequestException", message);
    }
    return { id: `${inputs.detectorId}/${name}`, outputs: {} };
  },
});

function checkFeature({ inputs, refuse: report }: CheckContext<Resolved<DetectorFeatureArgs>>): void {
  const statuses = ["ENABLED", "DISABLED"];
  const known = FEATURES[inputs.name ?? ""];
  if (inputs.name !== undefined && known === undefined) {
    report("name", `expected one of ${Object.keys(FEATURES).join(", ")}, got ${inputs.name}`);
  }
  if (inputs.status !== undefined && !statuses.includes(inputs.status)) {
    report("status", `expected one of ${statuses.join(", ")}, got ${inputs.status}`);
  }
  (inputs.additionalConfigurations ?? []).forEach(({ name, status }, index) => {
    const path = `additionalConfigurations[${String(index)}]`;
    if (known !== undefined && !known.includes(name)) {
      const offered = known.length === 0 ? "none" : known.join(", ");
      report(`${path}.name`, `BadRequestException: ${inputs.name ?? ""} takes ${offered}, not ${name}`);
    }
    if (!statuses.includes(status)) {
      report(`${path}.status`, `expected one of ${statuses.join(", ")}, got ${status}`);
    }
  });
}

export const guarddutyTypes: readonly ResourceType[] = [detector, feature];
