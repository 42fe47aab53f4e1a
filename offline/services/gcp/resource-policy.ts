import type { ResourcePolicyArgs } from "@pulumi/gcp/compute";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { checkChoices, checkRanges } from "../input-checks";
import { rfc1035 } from "./generic";
import { idOf } from "./ids";
import { selfLink } from "./links";

const TOKEN = "gcp:compute/resourcePolicy:ResourcePolicy";

const KINDS = [
  ...(["snapshotSchedulePolicy", "groupPlacementPolicy", "instanceSchedulePolicy"] as const),
  ...(["diskConsistencyGroupPolicy", "workloadPolicy"] as const),
];

/** https://docs.cloud.google.com/compute/docs/disks/scheduled-snapshots */
const policy = resourceType<ResourcePolicyArgs>({
  token: TOKEN,
  service: "Compute Engine",
  actions: { create: "resourcePolicies.insert", update: "resourcePolicies.patch", delete: "resourcePolicies.delete" },
  name: rfc1035(),
  check: (context) => {
    const { inputs, isUnknown, refuse: report } = context;
    const kinds = KINDS.filter((kind) => inputs[kind] !== undefined || isUnknown(kind));
    if (kinds.length > 1) report(kinds[1] ?? "", `conflicts with ${kinds[0] ?? ""}`);
    const snapshots = inputs.snapshotSchedulePolicy;
    if (snapshots === undefined) return;
    const { hourlySchedule: hourly, dailySchedule: daily, weeklySchedule: weekly } = snapshots.schedule;
    if ([hourly, daily, weekly].filter((each) => each !== undefined).length !== 1) {
      report("snapshotSchedulePolicy.schedule", "exactly one of hourlySchedule, dailySchedule and weeklySchedule");
    }
    const at = "snapshotSchedulePolicy.retentionPolicy";
    checkRanges(context, [
      ["snapshotSchedulePolicy.schedule.hourlySchedule.hoursInCycle", hourly?.hoursInCycle, 1, 23],
      ["snapshotSchedulePolicy.schedule.dailySchedule.daysInCycle", daily?.daysInCycle, 1, 1],
      [`${at}.maxRetentionDays`, snapshots.retentionPolicy?.maxRetentionDays, 1, 65_535],
    ]);
    checkChoices(context, [
      [
        `${at}.onSourceDiskDelete`,
        snapshots.retentionPolicy?.onSourceDiskDelete,
        ["KEEP_AUTO_SNAPSHOTS", "APPLY_RETENTION_POLICY"],
      ],
    ]);
    for (const time of [hourly?.startTime, daily?.startTime]) {
      // On the hour, in UTC.
      if (time !== undefined && !/^([01]?\d|2[0-3]):00$/.test(time)) {
        report("snapshotSchedulePolicy.schedule", `a start time on the hour such as 04:00, got ${time}`);
      }
    }
  },
  create: ({ inputs, scope }) => {
    const name = inputs.name ?? "";
    const id = idOf(TOKEN, inputs, scope, name);
    return { id, outputs: { name, selfLink: selfLink(id) } };
  },
});

export const resourcePolicyTypes: readonly ResourceType[] = [policy];
