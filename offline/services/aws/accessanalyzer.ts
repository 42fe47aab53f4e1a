import type { AnalyzerArgs } from "@pulumi/aws/accessanalyzer";
import { refuse } from "../../cloud/errors";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { arn } from "./arn";

// Error codes: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAnalyzer.html

const ANALYZER = "aws:accessanalyzer/analyzer:Analyzer";

/** Analyzers of each type in an account and region: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html */
const LIMITS: Readonly<Record<string, number>> = {
  ACCOUNT: 1,
  ORGANIZATION: 5,
  ACCOUNT_UNUSED_ACCESS: 1,
  ORGANIZATION_UNUSED_ACCESS: 5,
  ACCOUNT_INTERNAL_ACCESS: 1,
  ORGANIZATION_INTERNAL_ACCESS: 1,
};

const analyzer = resourceType<AnalyzerArgs>({
  token: ANALYZER,
  service: "AccessAnalyzer",
  actions: { create: "CreateAnalyzer", update: "TagResource", delete: "DeleteAnalyzer" },
  name: {
    property: "analyzerName",
    pattern: /^[A-Za-z][A-Za-z0-9_.-]*$/,
    rule: "1 to 255 letters, digits and _.-, a letter first",
    source: "https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CreateAnalyzer.html",
    maxLength: 255,
    unique: {
      within: "region",
      code: "ConflictException",
      message: "An analyzer with the name {value} already exists",
    },
  },
  check: ({ inputs, refuse: report }) => {
    const type = inputs.type ?? "ACCOUNT";
    if (!(type in LIMITS)) report("type", `expected one of ${Object.keys(LIMITS).join(", ")}, got ${type}`);
    const age = inputs.configuration?.unusedAccess?.unusedAccessAge;
    if (age !== undefined && (age < 1 || age > 365)) {
      const reason = `ValidationException: must be 1 to 365 days, got ${String(age)}`;
      report("configuration.unusedAccess.unusedAccessAge", reason);
    }
    if (inputs.configuration?.unusedAccess !== undefined && !type.endsWith("_UNUSED_ACCESS")) {
      report("configuration.unusedAccess", `ValidationException: an analyzer of type ${type} takes no unusedAccess`);
    }
  },
  create: ({ inputs, scope, cloud }) => {
    const type = inputs.type ?? "ACCOUNT";
    const limit = LIMITS[type] ?? 0;
    const made = cloud.list(ANALYZER).filter(({ inputs: { type: other } }) => (other ?? "ACCOUNT") === type);
    if (made.length >= limit) {
      refuse("ServiceQuotaExceededException", `Only ${String(limit)} analyzer of type ${type} is allowed in a region`);
    }
    return {
      id: inputs.analyzerName,
      outputs: { arn: arn(scope, "access-analyzer", `analyzer/${inputs.analyzerName}`), type },
    };
  },
});

export const accessAnalyzerTypes: readonly ResourceType[] = [analyzer];
