import assert from "node:assert/strict";
import { Cloud, type StoredResource } from "../../../../offline/cloud/cloud";
import { ControlPlane } from "../../../../offline/cloud/control-plane";
import { PartialFailure, ServiceError } from "../../../../offline/cloud/errors";
import type { Session } from "../../../../offline/cloud/package";
import type { Properties } from "../../../../offline/cloud/value";
import { kubernetesPackage, type KubernetesPackageOptions } from "../../../../offline/services/kubernetes";

export const AWS = { account: "111122223333", region: "us-west-2" };
export const ARN = "arn:aws:eks:us-west-2:111122223333:cluster/shop";
export const SERVER = "https://0A1B.gr7.us-west-2.eks.amazonaws.com";
export const VPC = "vpc-1";
export const LOAD_BALANCER = "aws:lb/loadBalancer:LoadBalancer";
export const RELEASE = "kubernetes:helm.sh/v3:Release";

type Row = Pick<StoredResource, "type" | "id"> & { inputs?: Properties; outputs?: Properties };

/** A cluster with one node group in a VPC of two public and two private subnets; each piece can be changed by a test. */
export class World {
  readonly cloud = Cloud.open();
  readonly pkg;
  readonly plane;
  readonly session: Session;

  constructor(
    options: Partial<KubernetesPackageOptions> & {
      vpcConfig?: Properties;
      kubernetes?: Properties;
      empty?: boolean;
    } = {},
  ) {
    const { vpcConfig, kubernetes, empty, ...rest } = options;
    this.pkg = kubernetesPackage({ schema: () => undefined, version: "4.34.2", ...rest });
    this.plane = new ControlPlane(this.cloud, this.pkg);
    this.aws({
      type: "aws:eks/cluster:Cluster",
      id: "shop",
      outputs: {
        name: "shop",
        arn: ARN,
        endpoint: SERVER,
        vpcConfig: {
          vpcId: VPC,
          subnetIds: ["subnet-c", "subnet-d"],
          clusterSecurityGroupId: "sg-cluster",
          endpointPublicAccess: true,
          endpointPrivateAccess: true,
          ...vpcConfig,
        },
      },
    });
    this.group("sg-cluster", [{ protocol: "-1", self: true }]);
    if (empty !== true)
      this.aws({
        type: "aws:eks/nodeGroup:NodeGroup",
        id: "shop:main",
        inputs: { clusterName: "shop" },
        outputs: { nodeGroupName: "main" },
      });
    this.subnet("subnet-a", "us-west-2a", { "kubernetes.io/role/elb": "1" });
    this.subnet("subnet-b", "us-west-2b", { "kubernetes.io/role/elb": "1" });
    this.subnet("subnet-c", "us-west-2a", { "kubernetes.io/role/internal-elb": "1" });
    this.subnet("subnet-d", "us-west-2b", { "kubernetes.io/role/internal-elb": "1" });
    this.session = this.connect(SERVER, kubernetes);
  }

  connect(server: string, config: Properties = {}): Session {
    return this.pkg.configure(
      { kubeconfig: kubeconfig(server), ...config },
      this.cloud.view({ account: "", region: "" }),
    );
  }

  aws(row: Row): void {
    this.cloud.commit({ put: [{ scope: AWS, readyAt: 0, inputs: {}, outputs: {}, ...row }] });
  }

  dropAws(type: string, id: string): void {
    this.cloud.commit({ remove: [[AWS.account, AWS.region, type, id].join("|")] });
  }

  group(
    id: string,
    ingress: readonly Properties[],
    egress: readonly Properties[] = [{ protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }],
  ): void {
    this.aws({ type: "aws:ec2/securityGroup:SecurityGroup", id, inputs: { vpcId: VPC, ingress, egress } });
  }

  subnet(id: string, zone: string, tags: Readonly<Record<string, string>>): void {
    this.aws({
      type: "aws:ec2/subnet:Subnet",
      id,
      inputs: { vpcId: VPC, availabilityZone: zone, cidrBlock: "10.0.1.0/24", tags },
    });
  }

  /** Nodes with a security group of their own, so that nothing is let through by the cluster's group. */
  ownNodeGroup(ingress: readonly Properties[], tags: Readonly<Record<string, string>> = {}): void {
    this.aws({
      type: "aws:ec2/securityGroup:SecurityGroup",
      id: "sg-nodes",
      inputs: { vpcId: VPC, ingress, egress: [{ protocol: "-1", cidrBlocks: ["0.0.0.0/0"] }], tags },
    });
    this.aws({
      type: "aws:ec2/launchTemplate:LaunchTemplate",
      id: "lt-1",
      inputs: { vpcSecurityGroupIds: ["sg-nodes"] },
    });
    this.aws({
      type: "aws:eks/nodeGroup:NodeGroup",
      id: "shop:main",
      inputs: { clusterName: "shop", launchTemplate: { id: "lt-1" } },
      outputs: { nodeGroupName: "main" },
    });
  }

  create(
    token: string,
    inputs: Properties,
    logical = "thing",
    session = this.session,
  ): { id: string; outputs: Properties } {
    return this.plane.create({ urn: urn(token, logical), type: token, inputs, session });
  }

  update(token: string, id: string, oldInputs: Properties, inputs: Properties): Properties {
    const oldOutputs = this.get(token, id)?.outputs ?? {};
    return this.plane.update({
      urn: urn(token, id),
      type: token,
      id,
      inputs,
      oldInputs,
      oldOutputs,
      session: this.session,
    }).outputs;
  }

  delete(token: string, id: string): void {
    const inputs = this.get(token, id)?.inputs ?? {};
    this.plane.delete({ urn: urn(token, id), type: token, id, inputs, session: this.session });
  }

  get(token: string, id: string): StoredResource | undefined {
    return this.cloud.get(token, id, this.session.scope) ?? this.cloud.get(token, id, AWS);
  }

  list(token: string): readonly StoredResource[] {
    return this.cloud.all().filter((resource) => resource.type === token);
  }

  /** What the check says, as `path: reason`. */
  check(token: string, inputs: Properties): readonly string[] {
    const { failures } = this.plane.check({ urn: urn(token, "thing"), type: token, inputs, session: this.session });
    return failures.map(({ property, reason }) => `${property}: ${reason}`);
  }

  installController(values: Properties = {}, rest: Properties = {}): void {
    this.create(
      RELEASE,
      {
        name: "lbc",
        namespace: "kube-system",
        chart: "aws-load-balancer-controller",
        version: "3.5.0",
        repositoryOpts: { repo: "https://aws.github.io/eks-charts" },
        values: { clusterName: "shop", ...values },
        ...rest,
      },
      "lbc",
    );
  }
}

export function urn(token: string, logical: string): string {
  return `urn:pulumi:dev::platform::${token}::${logical}`;
}

export function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "aws",
    clusters: [{ name: "kubernetes", cluster: { server } }],
    contexts: [{ name: "aws", context: { cluster: "kubernetes", user: "aws" } }],
    users: [{ name: "aws", user: {} }],
  });
}

/** The refusal of a call, with the code that the API server gives. */
export function refused(code: string, call: () => unknown): string {
  let message = "";
  assert.throws(call, (error: unknown) => {
    assert.ok(error instanceof ServiceError, String(error));
    assert.equal(error.code, code, error.message);
    message = error.message;
    return true;
  });
  return message;
}

/** The reasons of a partial failure. */
export function partial(call: () => unknown): readonly string[] {
  let reasons: readonly string[] = [];
  assert.throws(call, (error: unknown) => {
    assert.ok(error instanceof PartialFailure, String(error));
    reasons = error.reasons;
    return true;
  });
  return reasons;
}

export function deployment(name: string, spec: Properties = {}, replicas = 2): Properties {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "default" },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: "main", image: "nginx:1.29" }], ...spec },
      },
    },
  };
}
