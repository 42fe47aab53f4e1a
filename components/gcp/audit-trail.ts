import { ProjectBucketConfig, type ProjectBucketConfigArgs } from "@pulumi/gcp/logging/projectBucketConfig";
import { ProjectSink } from "@pulumi/gcp/logging/projectSink";
import { IAMAuditConfig } from "@pulumi/gcp/projects/iamauditConfig";
import { ComponentResource, interpolate, type ComponentResourceOptions, type Input, type Output } from "@pulumi/pulumi";
import { gcpName } from "../planning/names-gcp";
import type { Protection } from "../planning/protection";
import type { Project } from "./project";

/**
 * `governance`: who may manage logging may still shorten the retention. `compliance`: nobody can, for ever, and the bucket stays
 * until its last record is too old. https://docs.cloud.google.com/logging/docs/buckets#locking-logs-buckets
 */
export type AuditLock = "governance" | "compliance";

export interface AuditTrailArgs {
  readonly project: Project;
  readonly prefix: string;
  /** Days that records are kept, 1 to 3,650: https://docs.cloud.google.com/logging/quotas#logs_retention_periods */
  readonly retentionDays: number;
  readonly lock: AuditLock;
  /** Key in the site's region; Cloud Logging has to be a user of it. It cannot be taken away again. */
  readonly keyId: Input<string>;
  readonly protection: Protection;
  readonly transform?: (bucket: ProjectBucketConfigArgs) => ProjectBucketConfigArgs;
}

/**
 * Records every call of the project, reads of data included, in a log bucket of its own: who may read logs may not read who read.
 * Google keeps changes besides for 400 days, which nobody can turn off. A deleted bucket can be brought back for 7 days, in which
 * its name is taken: https://docs.cloud.google.com/logging/docs/buckets#delete_bucket
 *
 * Cost: records of reads by volume and, beyond 30 days, by month.
 */
export class AuditTrail extends ComponentResource {
  /** `projects/<project>/locations/<region>/buckets/<name>`. */
  readonly bucketId: Output<string>;

  constructor(name: string, args: AuditTrailArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:AuditTrail", name, {}, opts);
    const { project, protection } = args;
    const parent = { parent: this };
    const bucketArgs: ProjectBucketConfigArgs = {
      project: project.id,
      location: project.region,
      bucketId: gcpName("resource", args.prefix, "audit"),
      description: "Who called what",
      retentionDays: args.retentionDays,
      locked: args.lock === "compliance",
      cmekSettings: { kmsKeyName: args.keyId },
    };
    const bucket = new ProjectBucketConfig(`${name}-bucket`, args.transform?.(bucketArgs) ?? bucketArgs, {
      parent: this,
      protect: protection.protect,
    });
    const sink = new ProjectSink(
      `${name}-sink`,
      {
        project: project.id,
        name: gcpName("resource", args.prefix, "audit"),
        destination: interpolate`logging.googleapis.com/${bucket.id}`,
        filter:
          'log_id("cloudaudit.googleapis.com/activity") OR log_id("cloudaudit.googleapis.com/data_access") OR log_id("cloudaudit.googleapis.com/system_event") OR log_id("cloudaudit.googleapis.com/policy")',
      },
      { parent: this, protect: protection.protect },
    );
    new IAMAuditConfig(
      `${name}-reads`,
      {
        project: project.id,
        service: "allServices",
        auditLogConfigs: ["ADMIN_READ", "DATA_READ", "DATA_WRITE"].map((logType) => ({ logType })),
      },
      // The first record finds its way.
      { ...parent, dependsOn: [sink] },
    );
    this.bucketId = bucket.id;
    this.registerOutputs({ bucketId: this.bucketId });
  }
}
