/** One statement of an IAM policy. */
export interface PolicyStatement {
  /** Name of the statement: letters and digits. */
  readonly Sid: string;
  readonly Effect: "Allow" | "Deny";
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** An identity policy of IAM. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

/**
 * Characters, white space aside, that a managed policy may have.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export const maxManagedPolicyCharacters = 6144;

/** Where a cluster runs. */
export interface ClusterLocation {
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  readonly partition: string;
  readonly region: string;
  readonly accountId: string;
  readonly clusterName: string;
}

/**
 * What the AWS Load Balancer Controller 3.5 may do.
 *
 * The actions are those of the project's own policy
 * (https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/install/iam_policy.json), narrower
 * where more is known here:
 * - One account, region and partition. Where the original asks only that the tag `elbv2.k8s.aws/cluster` is there, its
 *   value has to be this cluster's name, so two clusters of an account cannot touch each other's load balancers.
 * - Security groups are the program's, which names them on every load balancer: the controller neither makes one nor
 *   changes its rules. An Ingress or Service that names none is refused with an event that says so.
 * - Only targets of its own target groups are registered.
 * - Shield Advanced, WAF Classic, Cognito, IAM server certificates and address pools (Outposts, IPAM) are left out: the
 *   first two are switched off in the chart's values, nothing uses the others.
 *
 * Which actions know which resources and keys:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
 */
export function loadBalancerControllerPolicy(location: ClusterLocation): PolicyDocument {
  const { partition, region, accountId, clusterName } = location;
  const arn = (service: string, resource: string): string =>
    `arn:${partition}:${service}:${region}:${accountId}:${resource}`;
  const elb = (...resources: string[]): string[] => resources.map((resource) => arn("elasticloadbalancing", resource));
  const loadBalancing = elb("loadbalancer/app/*", "loadbalancer/net/*", "targetgroup/*");
  const listenersAndRules = elb("listener/app/*", "listener/net/*", "listener-rule/app/*", "listener-rule/net/*");

  const tag = "elbv2.k8s.aws/cluster";
  const ownedByCluster = { StringEquals: { [`aws:ResourceTag/${tag}`]: clusterName } };
  const taggedForCluster = { StringEquals: { [`aws:RequestTag/${tag}`]: clusterName } };

  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "ServiceLinkedRole",
        Effect: "Allow",
        Action: ["iam:CreateServiceLinkedRole"],
        Resource: [
          `arn:${partition}:iam::${accountId}:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing`,
        ],
        Condition: { StringEquals: { "iam:AWSServiceName": "elasticloadbalancing.amazonaws.com" } },
      },
      {
        // None of these can be limited to a resource.
        Sid: "Describe",
        Effect: "Allow",
        Action: [
          "ec2:DescribeAccountAttributes",
          "ec2:DescribeAddresses",
          "ec2:DescribeAvailabilityZones",
          "ec2:DescribeInstances",
          "ec2:DescribeInternetGateways",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeRouteTables",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeTags",
          "ec2:DescribeVpcPeeringConnections",
          "ec2:DescribeVpcs",
          "ec2:GetSecurityGroupsForVpc",
          "elasticloadbalancing:DescribeCapacityReservation",
          "elasticloadbalancing:DescribeListenerAttributes",
          "elasticloadbalancing:DescribeListenerCertificates",
          "elasticloadbalancing:DescribeListeners",
          "elasticloadbalancing:DescribeLoadBalancerAttributes",
          "elasticloadbalancing:DescribeLoadBalancers",
          "elasticloadbalancing:DescribeRules",
          "elasticloadbalancing:DescribeSSLPolicies",
          "elasticloadbalancing:DescribeTags",
          "elasticloadbalancing:DescribeTargetGroupAttributes",
          "elasticloadbalancing:DescribeTargetGroups",
          "elasticloadbalancing:DescribeTargetHealth",
          "elasticloadbalancing:DescribeTrustStores",
          "acm:ListCertificates",
        ],
        Resource: ["*"],
        Condition: { StringEquals: { "aws:RequestedRegion": region } },
      },
      {
        Sid: "Certificates",
        Effect: "Allow",
        Action: ["acm:DescribeCertificate"],
        Resource: [arn("acm", "certificate/*")],
      },
      {
        Sid: "WebFirewall",
        Effect: "Allow",
        Action: [
          "wafv2:AssociateWebACL",
          "wafv2:DisassociateWebACL",
          "wafv2:GetWebACL",
          "wafv2:GetWebACLForResource",
          "elasticloadbalancing:SetWebAcl",
        ],
        Resource: [arn("wafv2", "regional/webacl/*"), ...elb("loadbalancer/app/*")],
      },
      {
        Sid: "CreateLoadBalancing",
        Effect: "Allow",
        Action: ["elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"],
        Resource: loadBalancing,
        Condition: taggedForCluster,
      },
      {
        Sid: "TagNewLoadBalancing",
        Effect: "Allow",
        Action: ["elasticloadbalancing:AddTags"],
        Resource: loadBalancing,
        Condition: {
          StringEquals: {
            ...taggedForCluster.StringEquals,
            "elasticloadbalancing:CreateAction": ["CreateLoadBalancer", "CreateTargetGroup"],
          },
        },
      },
      {
        Sid: "TagOwnLoadBalancing",
        Effect: "Allow",
        Action: ["elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"],
        Resource: loadBalancing,
        // The tag that marks the owner cannot be rewritten.
        Condition: { ...ownedByCluster, Null: { [`aws:RequestTag/${tag}`]: "true" } },
      },
      {
        Sid: "ChangeOwnLoadBalancing",
        Effect: "Allow",
        Action: [
          "elasticloadbalancing:CreateListener",
          "elasticloadbalancing:DeleteLoadBalancer",
          "elasticloadbalancing:DeleteTargetGroup",
          "elasticloadbalancing:DeregisterTargets",
          "elasticloadbalancing:ModifyCapacityReservation",
          "elasticloadbalancing:ModifyLoadBalancerAttributes",
          "elasticloadbalancing:ModifyTargetGroup",
          "elasticloadbalancing:ModifyTargetGroupAttributes",
          "elasticloadbalancing:RegisterTargets",
          "elasticloadbalancing:SetIpAddressType",
          "elasticloadbalancing:SetSecurityGroups",
          "elasticloadbalancing:SetSubnets",
        ],
        Resource: loadBalancing,
        Condition: ownedByCluster,
      },
      {
        // Without the tag: rules that older releases made have none, and the priorities of all rules are set at once.
        Sid: "ListenersAndRules",
        Effect: "Allow",
        Action: [
          "elasticloadbalancing:AddListenerCertificates",
          "elasticloadbalancing:AddTags",
          "elasticloadbalancing:CreateRule",
          "elasticloadbalancing:DeleteListener",
          "elasticloadbalancing:DeleteRule",
          "elasticloadbalancing:ModifyListener",
          "elasticloadbalancing:ModifyListenerAttributes",
          "elasticloadbalancing:ModifyRule",
          "elasticloadbalancing:RemoveListenerCertificates",
          "elasticloadbalancing:RemoveTags",
          "elasticloadbalancing:SetRulePriorities",
        ],
        Resource: listenersAndRules,
      },
    ],
  };
}

/**
 * What the cluster autoscaler may do: see everything it needs for its simulation, change only the auto scaling groups
 * tagged for this cluster. EKS puts both tags on the groups of managed node groups.
 * Source: https://github.com/kubernetes/autoscaler/blob/master/cluster-autoscaler/cloudprovider/aws/README.md#iam-policy
 */
export function clusterAutoscalerPolicy(location: ClusterLocation): PolicyDocument {
  const { partition, region, accountId, clusterName } = location;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "Describe",
        Effect: "Allow",
        Action: [
          "autoscaling:DescribeAutoScalingGroups",
          "autoscaling:DescribeAutoScalingInstances",
          "autoscaling:DescribeLaunchConfigurations",
          "autoscaling:DescribeScalingActivities",
          "autoscaling:DescribeTags",
          "ec2:DescribeImages",
          "ec2:DescribeInstanceTypes",
          "ec2:DescribeLaunchTemplateVersions",
          "ec2:GetInstanceTypesFromInstanceRequirements",
        ],
        Resource: ["*"],
        Condition: { StringEquals: { "aws:RequestedRegion": region } },
      },
      {
        Sid: "NodeGroups",
        Effect: "Allow",
        Action: ["eks:DescribeNodegroup"],
        Resource: [`arn:${partition}:eks:${region}:${accountId}:nodegroup/${clusterName}/*/*`],
      },
      {
        Sid: "ScaleOwnGroups",
        Effect: "Allow",
        Action: ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
        Resource: [`arn:${partition}:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/*`],
        Condition: {
          StringEquals: {
            "aws:ResourceTag/k8s.io/cluster-autoscaler/enabled": "true",
            [`aws:ResourceTag/k8s.io/cluster-autoscaler/${clusterName}`]: "owned",
          },
        },
      },
    ],
  };
}
