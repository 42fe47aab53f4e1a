import { Asset, type Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { roleArn } from "./cluster-account";
import { Account, network, type Made } from "./support";

export const FUNCTION = "aws:lambda/function:Function";
const MANAGED = "arn:aws:iam::aws:policy/";

/** An account with a role `fn` that Lambda may assume, a network and a security group. */
export class FunctionAccount extends Account {
  readonly role = roleArn(this, "fn", "lambda.amazonaws.com");
  readonly vpc: Made;
  readonly subnetIds: readonly string[];
  readonly group: Made;

  constructor() {
    super();
    const { vpc, subnets } = network(this);
    this.vpc = vpc;
    this.subnetIds = subnets.map(({ id }) => id);
    this.group = this.create("aws:ec2/securityGroup:SecurityGroup", "fn", { vpcId: vpc.id, description: "fn" });
  }

  /** Lets the role do what a policy of AWS's own allows. */
  attach(policy: string): void {
    this.create("aws:iam/rolePolicyAttachment:RolePolicyAttachment", policy, {
      role: "fn",
      policyArn: MANAGED + policy,
    });
  }

  /** Lets the role (or keeps it from doing) these actions on a resource. */
  grant(actions: readonly string[], resource = "*", effect = "Allow"): Made {
    const statement = { Effect: effect, Action: actions, Resource: resource };
    return this.create("aws:iam/rolePolicy:RolePolicy", `${effect}-${actions.join("-").replace(/[^a-zA-Z-]/g, "")}`, {
      role: "fn",
      policy: JSON.stringify({ Version: "2012-10-17", Statement: [statement] }),
    });
  }

  inputs(more: Properties = {}): Properties {
    return {
      name: "handle",
      role: this.role,
      runtime: "nodejs24.x",
      handler: "index.handler",
      code: new Asset("archive", "0".repeat(64)),
      ...more,
    };
  }

  function(more: Properties = {}): Made {
    return this.create(FUNCTION, text(more["name"]) || "handle", this.inputs(more));
  }

  queue(name: string, more: Properties = {}): string {
    return text(this.create("aws:sqs/queue:Queue", name, { name, ...more }).outputs["arn"]);
  }
}
