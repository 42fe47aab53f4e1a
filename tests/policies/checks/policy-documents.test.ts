import assert from "node:assert/strict";
import {
  allowsEverybody,
  allowsEverything,
  escalationsIn,
  isAboutAction,
  isAboutResource,
  isNarrowedBy,
  isUnscoped,
  matches,
  passesAnyRole,
  servicesAllowed,
  SOURCE,
  statementsOf,
  valuesOf,
  type Statement,
} from "../../../policies/checks/policy-documents";
import { Undecided } from "../../../policies/model/view";

const ROLE = "arn:aws:iam::111122223333:role/site-jobs";

function one(given: object): Statement {
  const [found] = statementsOf({ Statement: [{ Effect: "Allow", ...given }] }, "policy");
  assert.ok(found);
  return found;
}

describe("policy documents of AWS", () => {
  it("reads texts and objects, single values and lists, and names each statement", () => {
    const written = [
      { Sid: "Read", Effect: "Allow", Action: "s3:GetObject", Resource: "*", Principal: "*" },
      {
        Effect: "Deny",
        NotAction: ["s3:Get*"],
        NotResource: ["arn:aws:s3:::a"],
        NotPrincipal: { AWS: ["111122223333", "*"] },
        Condition: { Bool: { "aws:SecureTransport": false } },
      },
    ];
    const expected: readonly Statement[] = [
      {
        label: "statement Read",
        effect: "Allow",
        actions: ["s3:GetObject"],
        notActions: [],
        resources: ["*"],
        notResources: [],
        principals: [{ kind: "*", value: "*" }],
        notPrincipals: [],
        conditions: {},
      },
      {
        label: "statement 2",
        effect: "Deny",
        actions: [],
        notActions: ["s3:Get*"],
        resources: [],
        notResources: ["arn:aws:s3:::a"],
        principals: [],
        notPrincipals: [
          { kind: "AWS", value: "111122223333" },
          { kind: "*", value: "*" },
        ],
        conditions: { Bool: { "aws:SecureTransport": ["false"] } },
      },
    ];
    assert.deepEqual(statementsOf({ Statement: written }, "policy"), expected);
    assert.deepEqual(statementsOf(JSON.stringify({ Version: "2012-10-17", Statement: written }), "policy"), expected);
    assert.deepEqual(statementsOf({ Statement: written[0] }, "policy"), expected.slice(0, 1));
    assert.deepEqual(statementsOf(undefined, "policy"), []);
  });

  it("leaves what is no policy document undecided", () => {
    for (const text of ["", "{", "null", "{}", '{"Statement":[{"Effect":"Maybe"}]}', '{"Statement":"*"}']) {
      assert.throws(
        () => statementsOf(text, "inline.policy"),
        (error) => error instanceof Undecided && error.path === "inline.policy",
      );
    }
  });

  it("matches patterns, and does not go astray in long ones", () => {
    const cases: readonly (readonly [string, string, boolean])[] = [
      ["*", "", true],
      ["s3:Get*", "s3:GetObject", true],
      ["s3:Get*", "s3:PutObject", false],
      ["arn:*:b/*", "arn:aws:s3:::b/key/with/slashes", true],
      ["a?c", "abc", true],
      ["a?c", "ac", false],
      ["", "a", false],
      ["*b", "aab", true],
      ["a*b*c", "a-b-b-c-d", false],
    ];
    for (const [pattern, text, expected] of cases) assert.equal(matches(pattern, text), expected, `${pattern} ${text}`);
    assert.equal(matches("*a".repeat(200), "a".repeat(2000) + "b"), false);
  });

  it("knows what a statement is about, in the positive and in the negative", () => {
    assert.equal(isAboutAction(one({ Action: "IAM:passrole" }), "iam:PassRole"), true);
    assert.equal(isAboutAction(one({ Action: ["s3:*"] }), "iam:PassRole"), false);
    assert.equal(isAboutAction(one({ NotAction: ["s3:*"] }), "iam:PassRole"), true);
    assert.equal(isAboutAction(one({ NotAction: ["iam:*"] }), "iam:PassRole"), false);
    assert.equal(isAboutAction(one({}), "iam:PassRole"), false);
    assert.equal(isAboutResource(one({ Resource: "arn:aws:s3:::b*" }), "arn:aws:s3:::b/key"), true);
    assert.equal(isAboutResource(one({ Resource: "arn:aws:s3:::b" }), "arn:aws:s3:::b/key"), false);
    assert.equal(isAboutResource(one({ NotResource: "arn:aws:s3:::c" }), "arn:aws:s3:::b"), true);
    assert.equal(isAboutResource(one({ NotResource: "arn:aws:s3:::b" }), "arn:aws:s3:::b"), false);
  });

  it("knows everybody: alone, in a list, as all but some, and not where a condition says who", () => {
    for (const open of [
      { Principal: "*" },
      { Principal: { AWS: "*" } },
      { Principal: { AWS: [ROLE, "*"] } },
      { NotPrincipal: { AWS: ROLE } },
      { Principal: "*", Condition: { StringNotEquals: { "aws:SourceAccount": "111122223333" } } },
      { Principal: "*", Condition: { StringEqualsIfExists: { "aws:SourceAccount": "111122223333" } } },
      { Principal: "*", Condition: { StringLike: { "aws:SourceAccount": "*" } } },
      { Principal: "*", Condition: { StringEquals: { "aws:SourceAccount": ["111122223333", "*"] } } },
      { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "0.0.0.0/0" } } },
      { Principal: "*", Condition: { StringEquals: { "kms:ViaService": "s3.us-west-2.amazonaws.com" } } },
      { Principal: "*", Condition: { Bool: { "aws:SecureTransport": "true" } } },
    ]) {
      assert.equal(allowsEverybody(one(open)), true, JSON.stringify(open));
    }
    for (const closed of [
      {},
      { Effect: "Deny", Principal: "*" },
      { Principal: { AWS: ROLE } },
      { Principal: { Service: "s3.amazonaws.com" } },
      { Principal: "*", Condition: { StringEquals: { "AWS:SourceAccount": "111122223333" } } },
      { Principal: "*", Condition: { "ForAnyValue:StringLike": { "aws:PrincipalOrgPaths": "o-1/r-1/*" } } },
      { Principal: "*", Condition: { IpAddress: { "aws:SourceIp": "192.0.2.0/24" } } },
      { Principal: "*", Condition: { StringEquals: { "kms:CallerAccount": "111122223333" } } },
    ]) {
      assert.equal(allowsEverybody(one(closed)), false, JSON.stringify(closed));
    }
  });

  it("reads the values that a condition allows, of some operators alone", () => {
    const bound = one({
      Condition: {
        StringEquals: { "oidc.example/id:sub": ["a", "b"] },
        StringLike: { "oidc.example/id:sub": "c*" },
      },
    });
    assert.deepEqual(valuesOf(bound, /^StringEquals$/, /:sub$/), ["a", "b"]);
    assert.deepEqual(valuesOf(bound, /^String/, /:sub$/), ["a", "b", "c*"]);
    assert.deepEqual(valuesOf(bound, /^StringEquals$/, /:aud$/), []);
    assert.equal(isNarrowedBy(bound, SOURCE), false);
    assert.equal(isNarrowedBy(one({ Condition: { ArnLike: { "aws:SourceArn": `${ROLE}*` } } }), SOURCE), true);
  });

  it("knows everything on everything", () => {
    for (const all of [
      { Action: "*", Resource: "*" },
      { Action: ["s3:Get*", "*:*"], Resource: ["arn:aws:s3:::b", "*"] },
      { Action: "*", Resource: "arn:aws:*:*:*:*" },
      { Action: "*", Resource: "*", Condition: { StringEquals: { "aws:RequestedRegion": "us-west-2" } } },
    ]) {
      assert.equal(allowsEverything(one(all)), true, JSON.stringify(all));
    }
    for (const some of [
      { Action: "s3:*", Resource: "*" },
      { Action: "*", Resource: "arn:aws:s3:::b" },
      { Effect: "Deny", Action: "*", Resource: "*" },
      { Action: [], Resource: "*" },
    ]) {
      assert.equal(allowsEverything(one(some)), false, JSON.stringify(some));
    }
  });

  it("tells resources that are named from those that are not", () => {
    for (const every of [
      "*",
      "arn:aws:iam::111122223333:role/*",
      "arn:aws:s3:::*",
      "arn:aws:s3:::*/*",
      "arn:aws:lambda:us-west-2:111122223333:function:*",
      "arn:aws:sqs:us-west-2:111122223333:*",
      "arn:aws:logs:us-west-2:111122223333:log-group:*:*",
      "arn:aws:secretsmanager:*",
    ]) {
      assert.equal(isUnscoped(one({ Resource: every })), true, every);
    }
    for (const named of [
      ROLE,
      "arn:aws:iam::111122223333:role/site-*",
      "arn:aws:s3:::bucket/*",
      "arn:aws:logs:us-west-2:111122223333:log-group:/aws/sagemaker/*",
      "arn:aws:eks:us-west-2:111122223333:nodegroup/site/*/*",
    ]) {
      assert.equal(isUnscoped(one({ Resource: named })), false, named);
    }
    assert.equal(isUnscoped(one({ NotResource: ROLE })), true);
    assert.equal(isUnscoped(one({})), false);
  });

  it("names services that are allowed as a whole", () => {
    assert.deepEqual(servicesAllowed(one({ Action: ["S3:*", "ec2:*", "kms:Decrypt"], Resource: "*" })), ["s3", "ec2"]);
    assert.deepEqual(servicesAllowed(one({ Action: "s3:*", Resource: "arn:aws:s3:::b/*" })), []);
    assert.deepEqual(servicesAllowed(one({ Effect: "Deny", Action: "s3:*", Resource: "*" })), []);
    assert.deepEqual(servicesAllowed(one({ Action: "*", Resource: "*" })), []);
  });

  it("finds rights that raise rights: in one statement, over several, by pattern, and not where they are bounded", () => {
    const read = (...statements: object[]) =>
      escalationsIn(statementsOf({ Statement: statements.map((each) => ({ Effect: "Allow", ...each })) }, "policy"));
    assert.deepEqual(read({ Action: "iam:CreatePolicyVersion", Resource: "*" }), ["iam:CreatePolicyVersion"]);
    assert.deepEqual(read({ Action: "iam:PassRole", Resource: "*" }, { Action: "ec2:Run*", Resource: "*" }), [
      "iam:PassRole with ec2:RunInstances",
    ]);
    assert.deepEqual(
      read({ Action: "iam:PassRole", Resource: ROLE }, { Action: "ec2:RunInstances", Resource: "*" }),
      [],
    );
    assert.deepEqual(
      read({ Action: "iam:CreatePolicyVersion", Resource: "arn:aws:iam::111122223333:policy/site-a" }),
      [],
    );
    assert.deepEqual(
      read({
        Action: "iam:PutRolePolicy",
        Resource: "*",
        Condition: { StringEquals: { "iam:PermissionsBoundary": "arn:aws:iam::111122223333:policy/bound" } },
      }),
      [],
    );
    assert.deepEqual(
      read({ Action: "iam:CreateAccessKey", Resource: "*" }, { Effect: "Deny", Action: "iam:*", Resource: "*" }),
      [],
    );
    assert.deepEqual(
      read(
        { Action: "iam:CreateAccessKey", Resource: "*" },
        {
          Effect: "Deny",
          Action: "iam:*",
          Resource: "*",
          Condition: { Bool: { "aws:MultiFactorAuthPresent": "false" } },
        },
      ),
      ["iam:CreateAccessKey"],
    );
    assert.ok(read({ NotAction: "s3:*", Resource: "*" }).includes("iam:PassRole with cloudformation:CreateStack"));
    assert.deepEqual(read(), []);
  });

  it("tells which roles may be passed", () => {
    assert.equal(passesAnyRole(one({ Action: "iam:*", Resource: "*" })), true);
    assert.equal(
      passesAnyRole(
        one({
          Action: "iam:PassRole",
          Resource: "arn:aws:iam::111122223333:role/*",
          Condition: { StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
        }),
      ),
      true,
    );
    assert.equal(passesAnyRole(one({ Action: "iam:PassRole", Resource: ROLE })), false);
    assert.equal(passesAnyRole(one({ Effect: "Deny", Action: "iam:PassRole", Resource: "*" })), false);
  });
});
