import { Trail, type TrailArgs } from "@pulumi/aws/cloudtrail/trail";
import { ComponentResource, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import type { Protection } from "../planning/protection";
import { trailName, type AuditStore } from "./audit-store";

export interface AuditTrailArgs {
  readonly prefix: string;
  readonly store: AuditStore;
  readonly protection: Protection;
  readonly transform?: (trail: TrailArgs) => TrailArgs;
}

/**
 * Records every call of the account's control planes in all regions, signed so that a change of the record shows.
 *
 * Cost: the first copy of management events is free.
 */
export class AuditTrail extends ComponentResource {
  readonly trailArn: Output<string>;

  constructor(name: string, args: AuditTrailArgs, opts?: ComponentResourceOptions) {
    super("platform:aws:AuditTrail", name, {}, opts);
    const { store } = args;
    const trailArgs: TrailArgs = {
      name: trailName(args.prefix),
      s3BucketName: store.bucketName,
      kmsKeyId: store.keyArn,
      enableLogging: true,
      enableLogFileValidation: true,
      includeGlobalServiceEvents: true,
      isMultiRegionTrail: true,
    };
    const trail = new Trail(`${name}-trail`, args.transform?.(trailArgs) ?? trailArgs, {
      parent: this,
      protect: args.protection.protect,
      dependsOn: [store.ready],
    });
    this.trailArn = trail.arn;
    this.registerOutputs({ trailArn: this.trailArn });
  }
}
