import assert from "node:assert/strict";
import {
  clusterAutoscalerPolicy,
  loadBalancerControllerPolicy,
  maxManagedPolicyCharacters,
  type PolicyDocument,
  type PolicyStatement,
} from "../../../components/aws/controller-policies";

const location = {
  partition: "aws-us-gov",
  region: "us-gov-west-1",
  accountId: "123456789012",
  clusterName: "durga-puja-eks",
} as const;
const controller = loadBalancerControllerPolicy(location);
const autoscaler = clusterAutoscalerPolicy(location);

function statement(policy: PolicyDocument, sid: string): PolicyStatement {
  const found = policy.Statement.find(({ Sid }) => Sid === sid);
  assert.ok(found, `no statement ${sid}`);
  return found;
}

/** The statements that allow an action. */
function allowing(policy: PolicyDocument, action: string): readonly PolicyStatement[] {
  return policy.Statement.filter((candidate) => candidate.Action.includes(action));
}

for (const [name, policyFor] of [
  ["load balancer controller", loadBalancerControllerPolicy],
  ["cluster autoscaler", clusterAutoscalerPolicy],
] as const) {
  const policy = policyFor(location);
  describe(`policy of the ${name}`, () => {
    it("[DP-SEC-01] fits into a managed policy, with the longest names there are", () => {
      assert.equal(maxManagedPolicyCharacters, 6144);
      const longest = { ...location, region: "ap-southeast-99", clusterName: "c".repeat(100) };
      const characters = JSON.stringify(policyFor(longest)).replace(/\s/g, "").length;
      assert.ok(characters <= maxManagedPolicyCharacters, `${String(characters)} characters`);
    });

    it("[DP-SEC-01] names every action and never all of a service", () => {
      for (const { Sid, Action } of policy.Statement) {
        assert.match(Sid, /^[A-Za-z0-9]+$/);
        for (const action of Action) assert.match(action, /^[a-z0-9-]+:[A-Z][A-Za-z0-9]+$/);
      }
      const sids = policy.Statement.map(({ Sid }) => Sid);
      assert.equal(new Set(sids).size, sids.length);
    });

    it("[DP-SEC-01] reads only, where it may do so anywhere", () => {
      for (const { Resource, Action, Condition } of policy.Statement) {
        if (!Resource.includes("*")) continue;
        assert.deepEqual(Condition, { StringEquals: { "aws:RequestedRegion": "us-gov-west-1" } });
        for (const action of Action) assert.match(action, /:(Describe|Get|List)/);
      }
    });

    it("stays in its partition, region and account", () => {
      for (const { Resource } of policy.Statement) {
        for (const arn of Resource.filter((resource) => resource !== "*")) {
          assert.match(arn, /^arn:aws-us-gov:[a-z0-9-]+:(us-gov-west-1)?:123456789012:/);
        }
      }
    });
  });
}

describe("policy of the load balancer controller", () => {
  it("[DP-SEC-01] changes only what is tagged for its cluster", () => {
    const owned = { StringEquals: { "aws:ResourceTag/elbv2.k8s.aws/cluster": "durga-puja-eks" } };
    for (const action of [
      "elasticloadbalancing:DeleteLoadBalancer",
      "elasticloadbalancing:DeleteTargetGroup",
      "elasticloadbalancing:RegisterTargets",
      "elasticloadbalancing:SetSecurityGroups",
      "elasticloadbalancing:CreateListener",
    ]) {
      const statements = allowing(controller, action);
      assert.equal(statements.length, 1, action);
      assert.deepEqual(statements[0]?.Condition, owned, action);
    }
  });

  it("[DP-SEC-01] creates only what it tags for its cluster", () => {
    const tagged = { StringEquals: { "aws:RequestTag/elbv2.k8s.aws/cluster": "durga-puja-eks" } };
    assert.deepEqual(statement(controller, "CreateLoadBalancing").Condition, tagged);
    assert.deepEqual(statement(controller, "TagNewLoadBalancing").Condition, {
      StringEquals: {
        "aws:RequestTag/elbv2.k8s.aws/cluster": "durga-puja-eks",
        "elasticloadbalancing:CreateAction": ["CreateLoadBalancer", "CreateTargetGroup"],
      },
    });
  });

  it("cannot take over what another cluster owns", () => {
    assert.deepEqual(statement(controller, "TagOwnLoadBalancing").Condition, {
      StringEquals: { "aws:ResourceTag/elbv2.k8s.aws/cluster": "durga-puja-eks" },
      Null: { "aws:RequestTag/elbv2.k8s.aws/cluster": "true" },
    });
  });

  it("reaches the listeners and rules of both kinds of load balancer", () => {
    const arn = "arn:aws-us-gov:elasticloadbalancing:us-gov-west-1:123456789012";
    assert.deepEqual(
      statement(controller, "ListenersAndRules").Resource,
      ["listener/app/*", "listener/net/*", "listener-rule/app/*", "listener-rule/net/*"].map(
        (kind) => `${arn}:${kind}`,
      ),
    );
    assert.equal(allowing(controller, "elasticloadbalancing:SetRulePriorities").length, 1);
  });

  it("[DP-SEC-01] touches no security group", () => {
    const changes = controller.Statement.flatMap(({ Action }) => Action).filter((action) => action.startsWith("ec2:"));
    for (const action of changes) assert.match(action, /^ec2:(Describe|Get)/);
  });

  it("has nothing for what the chart switches off", () => {
    const services = new Set(
      controller.Statement.flatMap(({ Action }) => Action.map((action) => action.split(":")[0])),
    );
    assert.deepEqual([...services].sort(), ["acm", "ec2", "elasticloadbalancing", "iam", "wafv2"]);
  });
});

describe("policy of the cluster autoscaler", () => {
  it("[DP-EKS-04] [DP-SEC-01] scales only the groups of its cluster", () => {
    assert.deepEqual(statement(autoscaler, "ScaleOwnGroups"), {
      Sid: "ScaleOwnGroups",
      Effect: "Allow",
      Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
      Resource: ["arn:aws-us-gov:autoscaling:us-gov-west-1:123456789012:autoScalingGroup:*:autoScalingGroupName/*"],
      Condition: {
        StringEquals: {
          "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": "true",
          "aws:ResourceTag/k8s.io/cluster-autoscaler/durga-puja-eks": "owned",
        },
      },
    });
    assert.equal(allowing(autoscaler, "autoscaling:SetDesiredCapacity").length, 1);
  });
});
