import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Cloud } from "../../../../offline/cloud/cloud";
import { ControlPlane, type CheckFailure, type DiffResult } from "../../../../offline/cloud/control-plane";
import type { CloudPackage, Session } from "../../../../offline/cloud/package";
import type { Properties } from "../../../../offline/cloud/value";
import { SchemaSource } from "../../../../offline/schema/source";
import { awsPackage } from "../../../../offline/services/aws/index";
import { urn } from "../refused";

export { refused } from "../refused";

const root = resolve(__dirname, "../../../..");
const source = new SchemaSource({ root, cache: join(tmpdir(), `aws-schema-${String(process.pid)}`) });

export const aws: CloudPackage = awsPackage({ schema: (token) => source.resource(token), version: "7.48.0" });

export interface Made {
  readonly token: string;
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

/** An account in a cloud of its own, or in a given one, that calls the control plane as the engine does. */
export class Account {
  readonly session: Session;
  private readonly plane: ControlPlane;

  constructor(
    config: Properties = {},
    readonly cloud = Cloud.open(),
  ) {
    this.session = aws.configure({ region: "us-east-1", ...config }, cloud.view({ account: "", region: "" }));
    this.plane = new ControlPlane(cloud, aws);
  }

  check(token: string, name: string, inputs: Properties): { inputs: Properties; failures: readonly CheckFailure[] } {
    return this.plane.check({ urn: urn(token, name), type: token, inputs, session: this.session });
  }

  /** Reasons that `check` gives for the inputs, by property. */
  reasons(token: string, inputs: Properties): Readonly<Record<string, string>> {
    const { failures } = this.check(token, "checked", inputs);
    return Object.fromEntries(failures.map(({ property, reason }) => [property, reason]));
  }

  /** Checks and creates; the check must be clean. */
  create(token: string, name: string, inputs: Properties): Made {
    const checked = this.check(token, name, inputs);
    assert.deepEqual(checked.failures, [], `${token} ${name}`);
    const { id, outputs } = this.plane.create({
      urn: urn(token, name),
      type: token,
      inputs: checked.inputs,
      session: this.session,
    });
    return { token, name, id, inputs: checked.inputs, outputs };
  }

  /** Creates without a check: for calls that are refused before anybody looks at the inputs. */
  createUnchecked(token: string, name: string, inputs: Properties): Made {
    const { id, outputs } = this.plane.create({ urn: urn(token, name), type: token, inputs, session: this.session });
    return { token, name, id, inputs, outputs };
  }

  read(made: Made): { inputs: Properties; outputs: Properties } | undefined {
    return this.plane.read({ type: made.token, id: made.id, inputs: made.inputs, outputs: {}, session: this.session });
  }

  update(made: Made, inputs: Properties): Properties {
    const given = { ...made.inputs, ...inputs };
    const call = { urn: urn(made.token, made.name), type: made.token, session: this.session };
    return this.plane.update({ ...call, id: made.id, inputs: given, oldInputs: made.inputs, oldOutputs: made.outputs })
      .outputs;
  }

  delete(made: Made): void {
    const call = { urn: urn(made.token, made.name), type: made.token, session: this.session };
    this.plane.delete({ ...call, id: made.id, inputs: made.inputs });
  }

  /** The inputs changed by `change` against those it was made with. */
  diff(made: Made, change: Properties): DiffResult {
    return this.plane.diff(made.token, made.inputs, { ...made.inputs, ...change }, this.session);
  }

  invoke(token: string, args: Properties = {}): Properties {
    return this.plane.invoke(token, args, this.session);
  }

  has(token: string, id: string): boolean {
    return this.cloud.all().some((each) => each.type === token && each.id === id);
  }
}

/** A VPC with an internet gateway and one subnet in each of the zones a, b, c. */
export function network(account: Account, cidr = "10.0.0.0/16"): { vpc: Made; gateway: Made; subnets: Made[] } {
  const [first = "10", second = "0"] = cidr.split(".");
  const vpc = account.create("aws:ec2/vpc:Vpc", `vpc-${cidr}`, { cidrBlock: cidr });
  const gateway = account.create("aws:ec2/internetGateway:InternetGateway", `igw-${cidr}`, { vpcId: vpc.id });
  const subnets = ["a", "b", "c"].map((zone, index) =>
    account.create("aws:ec2/subnet:Subnet", `subnet-${cidr}-${zone}`, {
      vpcId: vpc.id,
      cidrBlock: `${first}.${second}.${String(index + 1)}.0/24`,
      availabilityZone: `${account.session.scope.region}${zone}`,
    }),
  );
  return { vpc, gateway, subnets };
}

export function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  assert.ok(item !== undefined, `no item ${String(index)}`);
  return item;
}
