import { createHash } from "node:crypto";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment";
import {
  all,
  ComponentResource,
  interpolate,
  output,
  type ComponentResourceOptions,
  type Input,
  type Output,
} from "@pulumi/pulumi";

export interface ServiceRoleArgs {
  /** Service principal that may assume the role. */
  readonly service: Input<string>;
  readonly description?: string;
  /** Names of AWS managed policies to attach. */
  readonly managedPolicies: readonly string[];
  readonly partition: Input<string>;
  readonly tags?: Input<Record<string, Input<string>>>;
  /** Default `sts:AssumeRole` alone. */
  readonly assumeRoleActions?: readonly string[];
}

/** A role for one service with its managed policies attached. */
export class ServiceRole extends ComponentResource {
  readonly directRole: Role;
  /** The role, known once every policy is attached. */
  readonly resolvedRole: Output<Role>;

  constructor(name: string, args: ServiceRoleArgs, opts?: ComponentResourceOptions) {
    super("eks:index:ServiceRole", name, args, opts);
    const role = new Role(
      `${name}-role`,
      {
        ...(args.description === undefined ? {} : { description: args.description }),
        assumeRolePolicy: output(args.service).apply((service) =>
          JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Action: args.assumeRoleActions ?? ["sts:AssumeRole"],
                Effect: "Allow",
                Principal: { Service: [service] },
              },
            ],
          }),
        ),
        tags: args.tags,
      },
      { parent: this },
    );
    const attachments = args.managedPolicies.map(
      (policy) =>
        new RolePolicyAttachment(
          `${name}-${policyDigest(policy)}`,
          { policyArn: interpolate`arn:${args.partition}:iam::aws:policy/${policy}`, role },
          { parent: this },
        ),
    );
    this.directRole = role;
    this.resolvedRole = all([role.arn, ...attachments.map((attachment) => attachment.id)]).apply(() => role);
    this.registerOutputs({ resolvedRole: this.resolvedRole, directRole: this.directRole });
  }
}

/** Part of an attachment's logical name: taken of the policy's ARN in the partition `aws`, whatever the partition is. */
function policyDigest(policy: string): string {
  return createHash("sha1").update(`arn:aws:iam::aws:policy/${policy}`).digest("hex").slice(0, 8);
}
