import { createHash } from "node:crypto";
import type { PlanArgs, SelectionArgs } from "@pulumi/aws/backup";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { arn, parseArn, uuid } from "./arn";
import { BACKUP_VAULT, BACKUP_VAULT_LOCK, LONGEST_RETENTION } from "./backup-vault";
import { trusts } from "./eks-trust";
import { roleReference } from "./references";
import { scheduleProblem } from "./schedule";

// Error codes: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupPlan.html, API_CreateBackupSelection.html

const PLAN = "aws:backup/plan:Plan";

type Context = CallContext<Resolved<PlanArgs>>;
type Rule = Resolved<PlanArgs>["rules"][number];
type Lifecycle = NonNullable<Rule["lifecycle"]>;

/** Every account and region has it from the first use of AWS Backup on. */
const DEFAULT_VAULT = "Default";

/** Days in cold storage that are paid anyway: https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html */
const LEAST_COLD_DAYS = 90;

/** Days: https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html */
const LONGEST_CONTINUOUS = 35;

/** Minutes: https://github.com/hashicorp/terraform-provider-aws/issues/8794 */
const LEAST_WINDOW = 60;

/** Of the provider, in minutes. */
const WINDOWS = { start: 60, completion: 180 };

const plan = resourceType<PlanArgs>({
  token: PLAN,
  service: "Backup",
  actions: { create: "CreateBackupPlan", update: "UpdateBackupPlan", delete: "DeleteBackupPlan" },
  name: {
    property: "name",
    pattern: /^[A-Za-z0-9_.-]+$/,
    rule: "1 to 50 letters, digits and -_.",
    source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupPlanInput.html",
    maxLength: 50,
  },
  // Words: https://github.com/hashicorp/terraform-provider-aws, internal/service/backup/plan.go
  inUse: {
    code: "InvalidRequestException",
    message: "Related backup plan selections must be deleted prior to backup plan deletion",
  },
  check: ({ inputs, refuse: report }) => {
    const rules = inputs.rules ?? [];
    if (inputs.rules !== undefined && rules.length === 0) {
      report("rules", "MissingParameterValueException: a backup plan has at least one rule");
    }
    rules.forEach(({ ruleName, schedule }, index) => {
      const path = `rules[${String(index)}]`;
      if (!/^[A-Za-z0-9_.-]{1,50}$/.test(ruleName)) {
        report(`${path}.ruleName`, `"${ruleName}" is not a valid name: 1 to 50 letters, digits and -_.`);
      }
      const problem = schedule === undefined ? undefined : scheduleProblem(schedule);
      if (problem !== undefined) report(`${path}.schedule`, `InvalidParameterValueException: ${problem}`);
    });
  },
  create: (context) => {
    checkRules(context);
    const id = uuid(context);
    return { id, outputs: { arn: arn(context.scope, "backup", `backup-plan:${id}`), version: versionOf(context) } };
  },
  update: (context) => {
    checkRules(context);
    return { version: versionOf(context) };
  },
});

/** A version is another one whenever the rules are. */
function versionOf({ inputs }: Context): string {
  return createHash("sha256").update(JSON.stringify(inputs.rules)).digest("base64").slice(0, 36);
}

function checkRules(context: Context): void {
  const names = new Set<string>();
  for (const rule of context.inputs.rules) {
    if (names.has(rule.ruleName)) invalid(rule, "Duplicate rule name");
    names.add(rule.ruleName);
    checkWindows(rule);
    checkLifecycle(rule, rule.lifecycle);
    checkContinuous(rule);
    checkVaults(context, rule);
  }
}

function invalid(rule: Rule, problem: string): never {
  return refuse("InvalidParameterValueException", `Error in rule ${rule.ruleName} : ${problem}`);
}

function checkWindows(rule: Rule): void {
  const start = rule.startWindow ?? WINDOWS.start;
  const completion = rule.completionWindow ?? WINDOWS.completion;
  if (start < LEAST_WINDOW) {
    invalid(rule, `Invalid start window. StartWindowMinutes cannot be less than ${String(LEAST_WINDOW)} minutes`);
  }
  if (completion < start + LEAST_WINDOW) {
    invalid(
      rule,
      `Invalid completion window. CompletionWindowMinutes (${String(completion)}) must be at least ${String(LEAST_WINDOW)} more than StartWindowMinutes (${String(start)})`,
    );
  }
}

/** Words: https://github.com/hashicorp/terraform-provider-aws/pull/7350, issues/24960 and issues/20423. The provider sends no zeros. */
function checkLifecycle(rule: Rule, lifecycle: Lifecycle | undefined): void {
  const cold = positive(lifecycle?.coldStorageAfter);
  const gone = positive(lifecycle?.deleteAfter);
  if (gone !== undefined && (gone < 1 || gone > LONGEST_RETENTION)) {
    const range = `less than 1 or more than ${String(LONGEST_RETENTION)} days`;
    invalid(rule, `Invalid lifecycle. DeleteAfterDays cannot be ${range}`);
  }
  if (cold !== undefined && gone !== undefined && gone < cold + LEAST_COLD_DAYS) {
    const apart = `less than ${String(LEAST_COLD_DAYS)} days apart from MoveToColdStorageAfterDays`;
    invalid(rule, `Invalid lifecycle. DeleteAfterDays cannot be ${apart}`);
  }
}

/** Words: https://github.com/lgallard/terraform-aws-backup/issues/40 */
function checkContinuous(rule: Rule): void {
  if (rule.enableContinuousBackup !== true) return;
  if (positive(rule.lifecycle?.coldStorageAfter) !== undefined) {
    invalid(rule, "Invalid lifecycle. MoveToColdStorageAfterDays is unavailable");
  }
  const gone = positive(rule.lifecycle?.deleteAfter);
  if (gone === undefined || gone > LONGEST_CONTINUOUS) {
    const range = `less than 1 or more than ${String(LONGEST_CONTINUOUS)} days`;
    invalid(rule, `Invalid lifecycle. DeleteAfterDays cannot be ${range} for continuous backups`);
  }
}

function checkVaults({ cloud, scope }: Context, rule: Rule): void {
  const target = cloud.find(BACKUP_VAULT, rule.targetVaultName);
  if (target === undefined && rule.targetVaultName !== DEFAULT_VAULT) {
    invalid(rule, `Backup vault ${rule.targetVaultName} does not exist`);
  }
  checkRetention(cloud, rule, target, rule.lifecycle);
  for (const { destinationVaultArn, lifecycle } of rule.copyActions ?? []) {
    const parsed = parseArn(destinationVaultArn);
    if (parsed?.service !== "backup") invalid(rule, `Invalid destination vault ARN ${destinationVaultArn}`);
    checkLifecycle(rule, lifecycle);
    // A vault of another account cannot be seen from here.
    if (parsed.account !== scope.account || parsed.resource.endsWith(`:${DEFAULT_VAULT}`)) continue;
    const destination = cloud.findBy(BACKUP_VAULT, "arn", destinationVaultArn, "anywhere");
    if (destination === undefined) invalid(rule, `Destination backup vault ${destinationVaultArn} does not exist`);
    checkRetention(cloud, rule, destination, lifecycle);
  }
}

/**
 * The service takes a plan whose retention a locked vault does not allow, and then fails every job of it. Here the plan is refused,
 * so that the mistake is seen before the first night. https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
 */
function checkRetention(
  cloud: CloudView,
  rule: Rule,
  vault: StoredResource | undefined,
  lifecycle: Lifecycle | undefined,
): void {
  const lock = vault === undefined ? undefined : cloud.find(BACKUP_VAULT_LOCK, vault.id, vault.scope);
  if (vault === undefined || lock === undefined) return;
  const kept = positive(lifecycle?.deleteAfter) ?? Infinity;
  const least = Number(lock.inputs["minRetentionDays"] ?? 0);
  const most = Number(lock.inputs["maxRetentionDays"] ?? Infinity);
  if (kept >= least && kept <= most) return;
  const given = kept === Infinity ? "for ever" : `${String(kept)} days`;
  invalid(
    rule,
    `Retention ${given} is outside of what the lock of vault ${vault.id} allows (${String(least)} to ${String(most)} days)`,
  );
}

function positive(days: number | undefined): number | undefined {
  return days === 0 ? undefined : days;
}

const selection = resourceType<SelectionArgs>({
  token: "aws:backup/selection:Selection",
  service: "Backup",
  actions: { create: "CreateBackupSelection", delete: "DeleteBackupSelection" },
  name: {
    property: "name",
    pattern: /^[A-Za-z0-9_.-]+$/,
    rule: "1 to 50 letters, digits and -_.",
    source: "https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupSelection.html",
    maxLength: 50,
  },
  references: [
    {
      path: "planId",
      to: PLAN,
      missing: { code: "InvalidParameterValueException", message: "Backup plan {value} does not exist" },
    },
    roleReference("iamRoleArn", "InvalidParameterValueException", cannotAssume()),
  ],
  check: ({ inputs, isUnknown, refuse: report }) => {
    const chosen = (["resources", "selectionTags", "conditions"] as const).some(
      (each) => (inputs[each] ?? []).length > 0 || isUnknown(each),
    );
    if (!chosen) {
      report("resources", "InvalidParameterValueException: give resources, selectionTags or conditions to choose by");
    }
    (["resources", "notResources"] as const).forEach((property) => {
      (inputs[property] ?? []).forEach((pattern, index) => {
        if (pattern === "*" || parseArn(pattern) !== undefined) return;
        report(`${property}[${String(index)}]`, `InvalidParameterValueException: "${pattern}" is no ARN and not *`);
      });
    });
    (inputs.selectionTags ?? []).forEach(({ type }, index) => {
      if (type === "STRINGEQUALS") return;
      report(`selectionTags[${String(index)}].type`, `expected STRINGEQUALS, got ${type}`);
    });
  },
  create: (context) => {
    const { inputs, cloud } = context;
    if (!trusts(cloud, inputs.iamRoleArn, "backup.amazonaws.com")) {
      refuse("InvalidParameterValueException", cannotAssume(inputs.iamRoleArn));
    }
    return { id: uuid(context), outputs: {} };
  },
});

/** https://github.com/hashicorp/terraform-provider-aws/issues/9297 */
function cannotAssume(role = "{value}"): string {
  return `IAM Role ${role} cannot be assumed by AWS Backup`;
}

export const backupPlanTypes: readonly ResourceType[] = [plan, selection];
