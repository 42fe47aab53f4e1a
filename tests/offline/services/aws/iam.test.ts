import assert from "node:assert/strict";
import { text } from "../../../../offline/services/aws/text";
import { policyProblem } from "../../../../offline/services/aws/policy-document";
import { Account, refused, type Made } from "./support";

const ROLE = "aws:iam/role:Role";
const POLICY = "aws:iam/policy:Policy";
const ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const PROFILE = "aws:iam/instanceProfile:InstanceProfile";
const OIDC = "aws:iam/openIdConnectProvider:OpenIdConnectProvider";

const trust = (principal: unknown, action = "sts:AssumeRole") =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Principal: principal, Action: action }] });
const ec2 = trust({ Service: "ec2.amazonaws.com" });
const allow = (action: unknown, resource: unknown = "*") =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: action, Resource: resource }] });

function role(account: Account, name: string, more = {}): Made {
  return account.create(ROLE, name, { name, assumeRolePolicy: ec2, ...more });
}

describe("AWS policy documents", () => {
  const cases: readonly (readonly [what: string, policy: unknown, reason: RegExp])[] = [
    ["no JSON", "{", /invalid JSON policy/],
    ["a version that does not exist", { Version: "2020-01-01", Statement: [] }, /valid version/],
    ["an old version", { Version: "2008-10-17", Statement: [] }, /2012-10-17 or greater/],
    ["no statement", { Version: "2012-10-17", Statement: [] }, /at least one Statement/],
    ["an effect that does not exist", statement({ Effect: "allow" }), /Effect must be/],
    ["no action", statement({ Action: [] }), /must contain actions/],
    ["an action without a service", statement({ Action: "GetObject" }), /prefaced by a vendor/],
    ["an unknown service", statement({ Action: "s4:GetObject" }), /Vendor s4 is not valid/],
    ["no resource", statement({ Resource: undefined }), /must contain resources/],
    ["a resource that is no ARN", statement({ Resource: "my-bucket" }), /must be in ARN format/],
    ["an unknown partition", statement({ Resource: "arn:amazon:s3:::b" }), /Partition "amazon" is not valid/],
    ["an ARN of an unknown service", statement({ Resource: "arn:aws:s4:::b" }), /Vendor s4 is not valid/],
    ["an ARN with a pattern for its service", statement({ Resource: "arn:aws:*:::b" }), /fully qualified/],
    ["a principal", statement({ Principal: "*" }), /prohibited field Principal/],
    ["an unknown element", statement({ Resources: "*" }), /unknown element "Resources"/],
    ["an unknown operator", statement({ Condition: { StringIs: { a: "b" } } }), /Invalid Condition type : StringIs/],
    ["two statements of one Sid", { Version: "2012-10-17", Statement: [one("A"), one("A")] }, /must be unique/],
    ["a Sid of other characters", statement({ Sid: "a-b" }), /alpha-numeric/],
  ];
  for (const [what, policy, reason] of cases) {
    it(`refuses an identity policy with ${what}`, () => {
      assert.match(policyProblem(policy, "identity") ?? "accepted", reason);
    });
  }

  it("takes policies as controllers have them", () => {
    const policy = {
      Version: "2012-10-17",
      Statement: [
        { Effect: "Allow", Action: ["elasticloadbalancing:Describe*", "ec2:Describe*"], Resource: "*" },
        {
          Effect: "Allow",
          Action: "ec2:CreateTags",
          Resource: "arn:aws:ec2:*:*:security-group/*",
          Condition: {
            StringEquals: { "ec2:CreateAction": "CreateSecurityGroup" },
            Null: { "aws:RequestTag/x": "false" },
          },
        },
        { Effect: "Allow", Action: "s3:*", Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"] },
        { Effect: "Deny", NotAction: "iam:*", NotResource: "arn:aws:iam::111122223333:role/${aws:username}" },
      ],
    };
    assert.equal(policyProblem(policy, "identity"), undefined);
  });

  it("takes the trust of services, of web identities and of pods, and refuses others", () => {
    for (const principal of [
      "eks.amazonaws.com",
      "vpc-flow-logs.amazonaws.com",
      "monitoring.rds.amazonaws.com",
      "ecs-tasks.amazonaws.com",
    ]) {
      assert.equal(policyProblem(trust({ Service: principal }), "trust"), undefined, principal);
    }
    const provider = "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABC";
    assert.equal(policyProblem(trust({ Federated: provider }, "sts:AssumeRoleWithWebIdentity"), "trust"), undefined);
    assert.match(
      policyProblem(trust({ Service: "ek2.amazonaws.com" }), "trust") ?? "",
      /Invalid principal in policy: "SERVICE":"ek2/,
    );
    assert.match(
      policyProblem(trust({ Service: "ec2.amazonaws.com" }, "s3:GetObject"), "trust") ?? "",
      /only specify STS/,
    );
    assert.match(policyProblem(allow("sts:AssumeRole"), "trust") ?? "", /prohibited field Resource/);
  });
});

function one(sid?: string): object {
  return { ...(sid === undefined ? {} : { Sid: sid }), Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
}

function statement(change: object): object {
  return { Version: "2012-10-17", Statement: [{ ...one(), ...change }] };
}

describe("AWS IAM role", () => {
  it("is global, with its ARN and unique id", () => {
    const account = new Account({ region: "eu-west-1" });
    const { id, outputs } = role(account, "node");
    assert.equal(id, "node");
    assert.equal(outputs["arn"], "arn:aws:iam::111122223333:role/node");
    assert.match(text(outputs["uniqueId"]), /^AROA[0-9A-F]{17}$/);
    refused(() => role(new Account({ region: "us-west-2" }, account.cloud), "node"), "EntityAlreadyExists");
  });

  it("refuses a malformed trust policy, a name, a path and a session that IAM does not take", () => {
    const account = new Account();
    const reasons = account.reasons(ROLE, { name: "a b", assumeRolePolicy: "{", path: "team", maxSessionDuration: 60 });
    assert.match(reasons["assumeRolePolicy"] ?? "", /^MalformedPolicyDocument: /);
    assert.match(reasons["name"] ?? "", /not a valid name/);
    assert.match(reasons["path"] ?? "", /must begin and end with/);
    assert.match(reasons["maxSessionDuration"] ?? "", /3600 to 43200/);
    assert.match(account.reasons(ROLE, { name: "x".repeat(65), assumeRolePolicy: ec2 })["name"] ?? "", /1 to 64/);
  });

  it("refuses to trust a role of the account that does not exist", () => {
    const account = new Account();
    const principal = trust({ AWS: "arn:aws:iam::111122223333:role/admin" });
    refused(() => role(account, "a", { assumeRolePolicy: principal }), "MalformedPolicyDocument", /Invalid principal/);
    role(account, "admin");
    assert.equal(role(account, "a", { assumeRolePolicy: principal }).id, "a");
  });

  it("refuses a trust policy above its quota", () => {
    const account = new Account();
    const accounts = Array.from({ length: 200 }, (_, index) => String(100000000000 + index));
    refused(
      () => role(account, "a", { assumeRolePolicy: trust({ AWS: accounts }) }),
      "LimitExceeded",
      /ACLSizePerRole: 2048/,
    );
  });

  it("is kept while a policy is attached, unless it detaches by force", () => {
    const account = new Account();
    const kept = role(account, "kept");
    const policyArn = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy";
    account.create(ATTACHMENT, "a", { role: kept.id, policyArn });
    refused(
      () => {
        account.delete(kept);
      },
      "DeleteConflict",
      /must detach all policies/,
    );
    const forced = role(account, "forced", { forceDetachPolicies: true });
    account.create(ATTACHMENT, "b", { role: forced.id, policyArn });
    account.delete(forced);
    assert.equal(account.has(ROLE, "forced"), false);
  });
});

describe("AWS IAM policies", () => {
  it("refuses a policy above 6144 characters, blanks aside", () => {
    const account = new Account();
    const many = Array.from({ length: 400 }, (_, index) => `s3:GetObject${String(index).padStart(5, "0")}`);
    refused(() => account.create(POLICY, "big", { policy: allow(many) }), "LimitExceeded", /PolicySize: 6144/);
    const blanks = `${allow("s3:GetObject")}${" ".repeat(7000)}`;
    assert.match(account.create(POLICY, "small", { policy: blanks }).id, /^arn:aws:iam::111122223333:policy\/small-/);
  });

  it("takes the SDK's typed document", () => {
    const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: "*" }] };
    const { id, outputs } = new Account().create(POLICY, "typed", { policy });
    assert.match(id, /policy\/typed-/);
    assert.equal(outputs["policy"], JSON.stringify(policy));
  });

  it("refuses to attach a policy or to a role that does not exist", () => {
    const account = new Account();
    const { id } = role(account, "a");
    const attach = (owner: string, policyArn: string) => account.create(ATTACHMENT, "x", { role: owner, policyArn });
    refused(() => attach(id, "arn:aws:iam::aws:policy/AmazonEKSMagicPolicy"), "NoSuchEntity", /not attachable/);
    refused(() => attach(id, "arn:aws:iam::111122223333:policy/mine"), "NoSuchEntity");
    refused(() => attach("nobody", "arn:aws:iam::aws:policy/ReadOnlyAccess"), "NoSuchEntity", /role with name nobody/);
    const own = account.create(POLICY, "mine", { name: "mine", policy: allow("s3:GetObject") });
    attach(id, own.id);
    refused(
      () => {
        account.delete(own);
      },
      "DeleteConflict",
      /attached to entities/,
    );
  });

  it("refuses an eleventh managed policy on a role", () => {
    const account = new Account();
    const { id } = role(account, "a");
    const attach = (n: number) => {
      const policy = account.create(POLICY, `p${String(n)}`, { policy: allow("s3:GetObject") });
      account.create(ATTACHMENT, `a${String(n)}`, { role: id, policyArn: policy.id });
    };
    for (let n = 1; n <= 10; n += 1) attach(n);
    refused(
      () => {
        attach(11);
      },
      "LimitExceeded",
      /PoliciesPerRole: 10/,
    );
    const raised = { serviceCode: "iam", quotaCode: "L-0DA4ABF3", value: 12 };
    account.create("aws:servicequotas/serviceQuota:ServiceQuota", "more", raised);
    attach(12);
  });

  it("refuses inline policies above 10240 characters together, and a role that does not exist", () => {
    const account = new Account();
    const { id } = role(account, "a");
    const big = allow(Array.from({ length: 300 }, (_, index) => `s3:GetObject${String(index).padStart(5, "0")}`));
    const put = (name: string, owner = id) => account.create(ROLE_POLICY, name, { name, role: owner, policy: big });
    assert.equal(put("one").id, "a:one");
    refused(() => put("two"), "LimitExceeded", /10240 bytes exceeded for role a/);
    refused(() => put("three", "nobody"), "NoSuchEntity");
  });

  it("makes an instance profile for a role that exists", () => {
    const account = new Account();
    refused(() => account.create(PROFILE, "p", { role: "nobody" }), "NoSuchEntity");
    const made = account.create(PROFILE, "p", { name: "p", role: role(account, "node").id });
    assert.equal(made.outputs["arn"], "arn:aws:iam::111122223333:instance-profile/p");
  });

  it("refuses a second OpenID Connect provider of one address, and an address without https", () => {
    const account = new Account();
    const inputs = { url: "https://oidc.eks.us-east-1.amazonaws.com/id/ABC", clientIdLists: ["sts.amazonaws.com"] };
    const { id } = account.create(OIDC, "one", inputs);
    assert.equal(id, "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABC");
    refused(() => account.create(OIDC, "two", inputs), "EntityAlreadyExists");
    assert.match(account.reasons(OIDC, { ...inputs, url: "http://a.b" })["url"] ?? "", /must begin with https/);
  });
});
