import { IAMMember } from "@pulumi/gcp/projects/iammember";
import { Account, type AccountArgs } from "@pulumi/gcp/serviceaccount/account";
import { ComponentResource, all, type ComponentResourceOptions, type Output } from "@pulumi/pulumi";
import { gcpName } from "../planning/names-gcp";
import type { Project } from "./project";

export interface NodeAccountArgs {
  readonly project: Project;
  /** First part of the account's name. */
  readonly prefix: string;
  readonly transform?: (account: AccountArgs) => AccountArgs;
}

/**
 * The service account of nodes: it writes logs and measurements, and nothing else. Pods have identities of their own.
 * https://docs.cloud.google.com/kubernetes-engine/docs/how-to/service-accounts#default-gke-service-agent
 */
export class NodeAccount extends ComponentResource {
  /** Known once the account has its rights: nodes are made after that. */
  readonly email: Output<string>;
  /** Whom rights are given to: `serviceAccount:<address>`. */
  readonly member: Output<string>;

  constructor(name: string, args: NodeAccountArgs, opts?: ComponentResourceOptions) {
    super("platform:gcp:NodeAccount", name, {}, opts);
    const accountArgs: AccountArgs = {
      project: args.project.id,
      accountId: gcpName("serviceAccount", args.prefix, "nodes"),
      displayName: `Nodes of ${args.prefix}`,
    };
    const account = new Account(`${name}-account`, args.transform?.(accountArgs) ?? accountArgs, { parent: this });
    const role = new IAMMember(
      `${name}-role`,
      { project: args.project.id, role: "roles/container.defaultNodeServiceAccount", member: account.member },
      { parent: this },
    );
    this.email = all([account.email, role.urn]).apply(([email]) => email);
    this.member = account.member;
    this.registerOutputs({ email: this.email });
  }
}
