import type { BackupPlanArgs } from "@pulumi/gcp/gkebackup";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { checkRanges } from "../input-checks";
import { requireServiceKey } from "./cmek";
import { idOf } from "./ids";
import { link } from "./links";
import { requireNamed } from "./lookups";
import { boundedName } from "./names";
import { block } from "./text";
import { CLUSTER } from "./types";

type Inputs = Resolved<BackupPlanArgs>;

const TOKEN = "gcp:gkebackup/backupPlan:BackupPlan";

/** https://docs.cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/how-to/backup-plan */
const plan = resourceType<BackupPlanArgs>({
  token: TOKEN,
  service: "Backup for GKE",
  actions: { create: "CreateBackupPlan", update: "UpdateBackupPlan", delete: "DeleteBackupPlan" },
  name: boundedName(
    "name",
    1,
    61,
    "https://docs.cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke/reference/rest/v1/projects.locations.backupPlans/create",
  ),
  references: [link("cluster", CLUSTER)],
  check: (context) => {
    const { inputs, refuse: report } = context;
    const { retentionPolicy: kept, backupSchedule: schedule, backupConfig: config } = inputs;
    checkRanges(context, [
      ["retentionPolicy.backupDeleteLockDays", kept?.backupDeleteLockDays, 0, 90],
      ["retentionPolicy.backupRetainDays", kept?.backupRetainDays, 0, 365],
    ]);
    const [locked, retained] = [kept?.backupDeleteLockDays ?? 0, kept?.backupRetainDays ?? 0];
    if (retained !== 0 && retained < locked) {
      report("retentionPolicy.backupRetainDays", `must be at least backupDeleteLockDays, ${String(locked)}`);
    }
    if (schedule?.cronSchedule !== undefined && schedule.rpoConfig !== undefined) {
      report("backupSchedule.rpoConfig", "conflicts with cronSchedule");
    }
    checkRanges(context, [
      ["backupSchedule.rpoConfig.targetRpoMinutes", schedule?.rpoConfig?.targetRpoMinutes, 60, 86_400],
    ]);
    const scopes = [
      config?.allNamespaces === true,
      config?.selectedNamespaces,
      config?.selectedApplications,
      config?.selectedNamespaceLabels,
    ];
    if (
      config !== undefined &&
      !context.isUnknown("backupConfig") &&
      scopes.filter((each) => each !== undefined && each !== false).length !== 1
    ) {
      report(
        "backupConfig",
        "exactly one of allNamespaces, selectedNamespaces, selectedNamespaceLabels and selectedApplications",
      );
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    checkCluster(context);
    const name = inputs.name ?? "";
    return {
      id: idOf(TOKEN, inputs, scope, name),
      outputs: { name, uid: context.hex(32), state: "READY", protectedPodCount: 0, protectedNamespaceCount: 0 },
    };
  },
  update: (context) => {
    checkCluster(context);
    const { inputs, oldInputs } = context;
    const [before, now] = [oldInputs.retentionPolicy, inputs.retentionPolicy];
    const shrinks = (key: "backupDeleteLockDays" | "backupRetainDays") => (now?.[key] ?? 0) < (before?.[key] ?? 0);
    if (
      before?.locked === true &&
      (now?.locked !== true || shrinks("backupDeleteLockDays") || shrinks("backupRetainDays"))
    ) {
      refuse("failedPrecondition", "The retention policy of the backup plan is locked");
    }
    return {};
  },
});

/** The cluster has the agent of Backup for GKE, and its key is at hand. */
function checkCluster(context: CallContext<Inputs>): void {
  const { inputs } = context;
  const of = requireNamed(context, CLUSTER, inputs.cluster, {
    code: "notFound",
    message: "Resource '{value}' was not found",
  });
  const agent = block(block(of.inputs["addonsConfig"])["gkeBackupAgentConfig"]);
  if (agent["enabled"] !== true) {
    refuse(
      "failedPrecondition",
      `Backup for GKE is not enabled on cluster ${of.id}: set addonsConfig.gkeBackupAgentConfig.enabled`,
    );
  }
  requireServiceKey(context, inputs.backupConfig?.encryptionKey?.gcpKmsEncryptionKey, "gkebackup.googleapis.com", [
    inputs.location,
  ]);
}

export const gkeBackupTypes: readonly ResourceType[] = [plan];
