import { Unknown, type Properties } from "../../../../offline/cloud/value";
import { identityRules } from "../../../../policies/rules/aws/identity";
import { changed, fixture, written } from "../../fixtures";
import { provesResource, provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const ADDON = "aws:eks/addon:Addon";
const ASSOCIATION = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const GROUP_ATTACHMENT = "aws:iam/groupPolicyAttachment:GroupPolicyAttachment";
const GROUP_POLICY = "aws:iam/groupPolicy:GroupPolicy";
const POLICY = "aws:iam/policy:Policy";
const POLICY_ATTACHMENT = "aws:iam/policyAttachment:PolicyAttachment";
const POOL = "aws:cognito/userPool:UserPool";
const ROLE = "aws:iam/role:Role";
const ROLE_ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const SERVICE_ACCOUNT = "kubernetes:core/v1:ServiceAccount";
const USER_ATTACHMENT = "aws:iam/userPolicyAttachment:UserPolicyAttachment";
const USER_POLICY = "aws:iam/userPolicy:UserPolicy";

const saying = (...statements: object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements.map((one) => ({ Effect: "Allow", ...one })) });
const everything = saying({ Action: "*", Resource: "*" });
const modest = saying({ Action: "s3:GetObject", Resource: "arn:aws:s3:::reports/*" });
const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";

describe("rules on identities of AWS", () => {
  const attachment = fixture("prod", ROLE_ATTACHMENT);
  const inline = changed(fixture("prod", ROLE, "lake-upkeep-role"), {
    set: {
      managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
      inlinePolicies: [{ name: "read", policy: modest }],
    },
  });
  const policy = written(POLICY, { policy: modest });
  provesResource(identityRules, "aws-iam-no-admin", {
    passes: [
      fixture("prod", ROLE_POLICY, "machine-learning-policy"),
      fixture("prod", ROLE_POLICY, "load-balancer-controller-identity-policy"),
      inline,
      attachment,
      policy,
    ],
    fails: [
      { set: { policy: everything }, at: "policy" },
      {
        when: "a document says so as an object",
        set: { policy: { Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] } },
        at: "policy",
      },
      {
        set: { policy: saying({ Action: "s3:Get*", Resource: "*" }, { Action: ["*:*"], Resource: ["*"] }) },
        at: "policy",
      },
      { of: policy, set: { policy: everything }, at: "policy" },
      { of: written(USER_POLICY, { policy: modest }), set: { policy: everything }, at: "policy" },
      { of: written(GROUP_POLICY, { policy: modest }), set: { policy: everything }, at: "policy" },
      { of: inline, set: { "inlinePolicies[0].policy": everything }, at: "inlinePolicies[0].policy" },
      { of: inline, set: { "managedPolicyArns[0]": ADMINISTRATOR }, at: "managedPolicyArns[0]" },
      { of: attachment, set: { policyArn: ADMINISTRATOR }, at: "policyArn" },
      { of: attachment, set: { policyArn: "arn:aws-cn:iam::aws:policy/IAMFullAccess" }, at: "policyArn" },
      { of: written(POLICY_ATTACHMENT, {}), set: { policyArn: ADMINISTRATOR }, at: "policyArn" },
      { of: written(USER_ATTACHMENT, {}), set: { policyArn: ADMINISTRATOR }, at: "policyArn" },
      { of: written(GROUP_ATTACHMENT, {}), set: { policyArn: ADMINISTRATOR }, at: "policyArn" },
    ],
    unknown: ["policy"],
  });
  provesResource(identityRules, "aws-iam-no-admin", {
    passes: inline,
    fails: [
      {
        when: "one of several is too much",
        set: { managedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess", ADMINISTRATOR] },
        at: "managedPolicyArns[1]",
      },
      {
        when: "a policy inside allows everything, and none is attached",
        set: { managedPolicyArns: [], "inlinePolicies[0].policy": everything },
        at: "inlinePolicies[0].policy",
      },
    ],
    unknown: ["inlinePolicies[0].policy", "managedPolicyArns[0]", "inlinePolicies"],
  });

  const wild = (when: string, at: string | readonly string[], ...statements: object[]) => ({
    when,
    set: { policy: saying(...statements) },
    at,
  });
  provesResource(identityRules, "aws-iam-no-wildcards", {
    passes: [
      fixture("prod", ROLE_POLICY, "machine-learning-policy"),
      fixture("prod", ROLE_POLICY, "load-balancer-controller-identity-policy"),
      fixture("prod", ROLE_POLICY, "functions-archive-events-policy"),
      inline,
      policy,
    ],
    alsoPasses: [
      {
        when: "a service is denied as a whole",
        set: { policy: saying({ Effect: "Deny", Action: "iam:*", Resource: "*" }) },
      },
      {
        when: "a service is allowed on a named resource",
        set: { policy: saying({ Action: "s3:*", Resource: "arn:aws:s3:::b/*" }) },
      },
      {
        when: "some actions are allowed everywhere",
        set: { policy: saying({ Action: "ec2:Describe*", Resource: "*" }) },
      },
    ],
    fails: [
      wild("a service is allowed as a whole", "policy", { Action: "s3:*", Resource: "*" }),
      wild("it is allowed on every bucket", "policy", { Action: ["kms:Decrypt", "s3:*"], Resource: "arn:aws:s3:::*" }),
      wild("any role is passed", "policy", { Action: "iam:PassRole", Resource: "arn:aws:iam::111122223333:role/*" }),
      wild("a policy can be rewritten", "policy", { Action: "iam:CreatePolicyVersion", Resource: "*" }),
      wild(
        "any role is passed to a machine, by two statements",
        ["policy", "policy"],
        { Action: "iam:PassRole", Resource: "*" },
        { Action: "ec2:RunInstances", Resource: "*" },
      ),
      wild("all resources but some are allowed", "policy", { Action: "s3:GetObject", NotResource: "arn:aws:s3:::b/*" }),
      wild("all actions but some are allowed on one", "policy", {
        NotAction: "s3:Delete*",
        Resource: "arn:aws:s3:::b/*",
      }),
      { of: policy, ...wild("a policy of its own is too wide", "policy", { Action: "sqs:*", Resource: "*" }) },
      {
        of: written(USER_POLICY, { policy: modest }),
        ...wild("that of a user is", "policy", { Action: "sqs:*", Resource: "*" }),
      },
      {
        of: written(GROUP_POLICY, { policy: modest }),
        ...wild("that of a group is", "policy", { Action: "sqs:*", Resource: "*" }),
      },
      {
        of: inline,
        when: "one inside of a role is",
        set: { "inlinePolicies[0].policy": saying({ Action: "sqs:*", Resource: "*" }) },
        at: "inlinePolicies[0].policy",
      },
    ],
    unknown: ["policy"],
  });

  const trusting = (when: string, statement: object, at: string | readonly string[] = "assumeRolePolicy") => ({
    when,
    set: { assumeRolePolicy: saying({ Action: "sts:AssumeRole", ...statement }) },
    at,
  });
  const root = "arn:aws:iam::444455556666:root";
  const monitoring = { Principal: { Service: ["ec2.amazonaws.com", "monitoring.rds.amazonaws.com"] } };
  const controlPlane = fixture("prod", ROLE, "cluster-control-plane-eks-eksRole-role");
  provesResource(identityRules, "aws-iam-trust-scoped", {
    passes: [
      fixture("prod", ROLE, "flow-logs-role"),
      fixture("prod", ROLE, "cluster-nodes-role"),
      controlPlane,
      fixture("prod", ROLE, "databases-shard-0-monitoring-role"),
      fixture("durga-puja", ROLE, "backend-identity-role"),
    ],
    alsoPasses: [
      trusting("one role is trusted", { Principal: { AWS: "arn:aws:iam::444455556666:role/deploy" } }),
      trusting("everybody of an organisation is", {
        Principal: "*",
        Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1" } },
      }),
      trusting("an account is, with a shared secret", {
        Principal: { AWS: root },
        Condition: { StringEquals: { "sts:ExternalId": "7c1f" } },
      }),
      trusting("a service names its source", {
        ...monitoring,
        Condition: { ArnLike: { "aws:SourceArn": "arn:aws:rds:*:1:db:*" } },
      }),
      { ...trusting("a service is left out of the setting", monitoring), settings: { sourceNamingServices: [] } },
      { when: "sessions may be longer", set: { maxSessionDuration: 7200 }, settings: { maximumSessionSeconds: 7200 } },
      trusting("everybody is denied", { Effect: "Deny", Principal: "*" }),
    ],
    fails: [
      trusting("everybody is trusted", { Principal: "*" }),
      trusting("everybody is trusted in a list", { Principal: { AWS: [root.replace(":root", ":role/a"), "*"] } }),
      trusting("everybody but one is trusted", { NotPrincipal: { AWS: root } }),
      trusting("a whole account is trusted", { Principal: { AWS: root } }),
      trusting("a whole account is trusted by its number", { Principal: { AWS: "444455556666" } }),
      trusting("a service names no source", monitoring),
      trusting("a service may name any source", {
        ...monitoring,
        Condition: { StringLike: { "aws:SourceAccount": "*" } },
      }),
      { of: controlPlane, ...trusting("EKS names no source", { Principal: { Service: "eks.amazonaws.com" } }) },
      { set: { maxSessionDuration: 43_200 }, at: "maxSessionDuration" },
    ],
    unknown: ["assumeRolePolicy", "maxSessionDuration"],
  });

  const backend = `${ROLE} backend-identity-role`;
  const association = `${ASSOCIATION} backend-identity-association`;
  const tags = {
    "aws:RequestTag/eks-cluster-name": "durga-puja-eks",
    "aws:RequestTag/kubernetes-namespace": "durga-puja",
    "aws:RequestTag/kubernetes-service-account": "backend",
  };
  const trusted = (stack: StackUnderTest, statement: object) =>
    stack.change(ROLE, "backend-identity-role", { set: { assumeRolePolicy: saying(statement) } });
  const pods = (when: string, Condition?: object) => ({
    when,
    change: (stack: StackUnderTest) =>
      trusted(stack, { Principal: { Service: "pods.eks.amazonaws.com" }, Action: "sts:AssumeRole", Condition }),
  });
  const without = (key: keyof typeof tags) => ({
    StringEquals: Object.fromEntries(Object.entries(tags).filter(([name]) => name !== key)),
  });
  const ISSUER = "oidc.eks.us-east-1.amazonaws.com/id/0A1B";
  const tokens = (when: string, Condition: object) => ({
    when,
    change: (stack: StackUnderTest) =>
      trusted(stack.drop(ASSOCIATION, "backend-identity-association"), {
        Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${ISSUER}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition,
      }),
  });
  const subject = (sub: string | readonly string[], aud = "sts.amazonaws.com") => ({
    StringEquals: { [`${ISSUER}:sub`]: sub, [`${ISSUER}:aud`]: aud },
  });
  const associated = (stack: StackUnderTest, inputs: Properties, from = backend) =>
    stack.add(ASSOCIATION, "planted", {
      inputs: {
        clusterName: "durga-puja-eks",
        namespace: "durga-puja",
        serviceAccount: "backend",
        roleArn: stack.one(ROLE, from.slice(ROLE.length + 1)).outputs["arn"] ?? "",
        ...inputs,
      },
      from: { roleArn: [from] },
    });
  provesStack(identityRules, "aws-irsa-bound-to-one-sa", {
    of: "durga-puja",
    alsoPasses: [
      tokens("the role trusts tokens of one service account", subject("system:serviceaccount:durga-puja:backend")),
      {
        when: "a role trusts tokens of another issuer, such as a build server",
        change: (stack) =>
          trusted(stack.drop(ASSOCIATION, "backend-identity-association"), {
            Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com" },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: { StringLike: { "token.actions.githubusercontent.com:sub": "repo:site/*" } },
          }),
      },
      {
        when: "the service account is one of two of its name, in another namespace",
        change: (stack) =>
          stack.add(SERVICE_ACCOUNT, "twin", { inputs: { metadata: { name: "backend", namespace: "other" } } }),
      },
    ],
    fails: [
      {
        ...pods("no namespace is named", without("aws:RequestTag/kubernetes-namespace")),
        violated: [`${backend} assumeRolePolicy`],
      },
      {
        ...pods("no service account is named", without("aws:RequestTag/kubernetes-service-account")),
        violated: [`${backend} assumeRolePolicy`],
      },
      {
        ...pods("no cluster is named", without("aws:RequestTag/eks-cluster-name")),
        violated: [`${backend} assumeRolePolicy`],
      },
      {
        ...pods("nothing is named"),
        violated: [`${backend} assumeRolePolicy`, `${backend} assumeRolePolicy`, `${backend} assumeRolePolicy`],
      },
      {
        ...pods("the service account is a pattern", {
          ...without("aws:RequestTag/kubernetes-service-account"),
          StringLike: { "aws:RequestTag/kubernetes-service-account": "back*" },
        }),
        violated: [`${backend} assumeRolePolicy`],
      },
      {
        ...pods("two are named", {
          StringEquals: { ...tags, "aws:RequestTag/kubernetes-service-account": ["backend", "frontend"] },
        }),
        violated: [`${backend} assumeRolePolicy`],
      },
      {
        ...pods("another is named than is associated", {
          StringEquals: { ...tags, "aws:RequestTag/kubernetes-service-account": "frontend" },
        }),
        violated: [backend],
      },
      {
        ...tokens("tokens of every service account are trusted", subject([])),
        violated: [`${backend} assumeRolePolicy`],
      },
      {
        ...tokens("tokens are trusted by a pattern", {
          StringLike: { [`${ISSUER}:sub`]: "system:serviceaccount:durga-puja:*" },
          StringEquals: { [`${ISSUER}:aud`]: "sts.amazonaws.com" },
        }),
        violated: [`${backend} assumeRolePolicy`],
      },
      {
        ...tokens("a pattern is written as equal", subject("system:serviceaccount:durga-puja:*")),
        violated: [`${backend} assumeRolePolicy`],
      },
      {
        ...tokens("tokens for others are taken", subject("system:serviceaccount:durga-puja:backend", "kubernetes")),
        violated: [`${backend} assumeRolePolicy`],
      },
      {
        ...tokens("no audience is asked for", {
          StringEquals: { [`${ISSUER}:sub`]: "system:serviceaccount:durga-puja:backend" },
        }),
        violated: [`${backend} assumeRolePolicy`],
      },
      {
        ...tokens(
          "tokens of two are trusted",
          subject(["system:serviceaccount:durga-puja:backend", "system:serviceaccount:durga-puja:frontend"]),
        ),
        violated: [`${backend} assumeRolePolicy`],
      },
      {
        when: "the role is associated with a second service account",
        change: (stack) => associated(stack, { serviceAccount: "frontend" }),
        // The name of the cluster is in the trust policy, and a first preview does not know it.
        preview: "undecided",
        violated: [backend, backend],
      },
      {
        when: "an add-on has the role too",
        change: (stack) =>
          stack.add(ADDON, "planted", {
            inputs: {
              addonName: "csi",
              clusterName: "durga-puja-eks",
              podIdentityAssociations: [
                { roleArn: stack.one(ROLE, "backend-identity-role").outputs["arn"] ?? "", serviceAccount: "csi" },
              ],
            },
            from: { podIdentityAssociations: [backend] },
          }),
        // The name of the cluster is in the trust policy, and a first preview does not know it.
        preview: "undecided",
        violated: [backend, backend],
      },
      {
        when: "the role of an add-on is associated with another service account",
        change: (stack) =>
          stack.change(ADDON, "cluster-addons-vpc-cni", {
            set: { "podIdentityAssociations[0].serviceAccount": "other" },
          }),
        // The name of the cluster is in the trust policy, and a first preview does not know it.
        preview: "undecided",
        violated: [`${ROLE} cluster-addons-vpc-cni-role`],
      },
      {
        when: "an association names no role",
        change: (stack) => stack.change(ASSOCIATION, "backend-identity-association", { set: { roleArn: "" } }),
        violated: [`${association} roleArn`],
      },
    ],
    undecided: [
      {
        when: "the trust policy is unknown",
        change: (stack) => stack.change(ROLE, "backend-identity-role", { set: { assumeRolePolicy: Unknown.value } }),
        of: [backend],
      },
      {
        when: "nothing of the stack makes the service account",
        change: (stack) => stack.drop(SERVICE_ACCOUNT, "backend-service-account"),
        of: [association],
      },
      {
        when: "nothing of the stack makes the service account whose tokens are trusted",
        change: tokens("", subject("system:serviceaccount:elsewhere:backend")).change,
        of: [backend],
      },
      {
        when: "the role is of another stack",
        change: (stack) =>
          stack.change(ASSOCIATION, "backend-identity-association", {
            set: { roleArn: "arn:aws:iam::111122223333:role/elsewhere" },
          }),
        of: [association],
      },
      {
        when: "it is unknown which role an association is of",
        change: (stack) =>
          stack.drop(ASSOCIATION, "backend-identity-association").add(ASSOCIATION, "strayed", {
            inputs: { namespace: "durga-puja", serviceAccount: "backend", roleArn: Unknown.value },
          }),
        of: [backend, `${ROLE} cluster-addons-vpc-cni-role`, `${ASSOCIATION} strayed`],
      },
    ],
  });

  const roles = written(POLICY_ATTACHMENT, {
    policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess",
    roles: ["jobs"],
    users: [],
  });
  provesResource(identityRules, "aws-iam-no-user-policies", {
    passes: roles,
    alsoPasses: [{ when: "users are not mentioned", remove: ["users"] }],
    fails: [
      { set: { users: ["somebody"] }, at: "users" },
      {
        of: written(USER_ATTACHMENT, { user: "somebody", policyArn: "arn:aws:iam::aws:policy/ReadOnlyAccess" }),
        when: "a policy is attached to a user",
        at: "user",
      },
      {
        of: written(USER_POLICY, { user: "somebody", policy: modest }),
        when: "a user has a policy of its own",
        at: "user",
      },
    ],
    unknown: ["users"],
  });

  provesResource(identityRules, "aws-cognito-strong", {
    passes: fixture("prod", POOL),
    alsoPasses: [
      { when: "stolen passwords are refused", set: { "userPoolAddOns.advancedSecurityMode": "ENFORCED" } },
      {
        when: "the stack is of development",
        set: { deletionProtection: "INACTIVE" },
        remove: ["userPoolAddOns"],
        stack: { class: "development" },
      },
    ],
    fails: [
      { set: { mfaConfiguration: "OPTIONAL" }, at: "mfaConfiguration" },
      { remove: ["mfaConfiguration"], at: "mfaConfiguration" },
      { set: { "passwordPolicy.minimumLength": 13 }, at: "passwordPolicy.minimumLength" },
      { remove: ["passwordPolicy"], at: "passwordPolicy.minimumLength" },
      {
        settings: { minimumPasswordLength: 20 },
        when: "the setting asks for more",
        at: "passwordPolicy.minimumLength",
      },
      { set: { deletionProtection: "INACTIVE" }, at: "deletionProtection" },
      { remove: ["deletionProtection"], at: "deletionProtection" },
      { set: { "userPoolAddOns.advancedSecurityMode": "OFF" }, at: "userPoolAddOns.advancedSecurityMode" },
      { remove: ["userPoolAddOns"], at: "userPoolAddOns.advancedSecurityMode" },
    ],
    unknown: [
      "mfaConfiguration",
      "passwordPolicy.minimumLength",
      "deletionProtection",
      "userPoolAddOns.advancedSecurityMode",
    ],
  });
});
