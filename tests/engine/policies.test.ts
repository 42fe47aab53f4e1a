import assert from "node:assert/strict";
import { makeProject, type Project } from "./project";
import { operate } from "./report";
import { stateOf } from "./golden";

/** A key that does not rotate, and a role whose rights are known only once the key is made. */
const PROGRAM = `
import { Config } from "@pulumi/pulumi";
import { Provider } from "@pulumi/aws/provider";
import { Key } from "@pulumi/aws/kms/key";
import { Role } from "@pulumi/aws/iam/role";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy";

export default async function program() {
  const config = new Config("platform");
  const provider = new Provider("aws", {
    region: "eu-west-1",
    skipCredentialsValidation: true,
    defaultTags: { tags: { system: "small", stack: "small", class: "development", "managed-by": "pulumi" } },
  });
  const account = "arn:aws:iam::111122223333:root";
  const policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: account }, Action: "kms:*", Resource: "*" }],
  });
  const rotates = config.getBoolean("rotates") ?? true;
  const key = new Key(
    "key",
    { policy, deletionWindowInDays: 30, enableKeyRotation: rotates, ...(rotates ? { rotationPeriodInDays: 365 } : {}) },
    { provider },
  );
  const trust = JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
  });
  const role = new Role("role", { assumeRolePolicy: trust }, { provider });
  const action = config.get("action") ?? "kms:Decrypt";
  new RolePolicy(
    "rights",
    {
      role: role.name,
      policy: key.arn.apply((arn) =>
        JSON.stringify({
          Version: "2012-10-17",
          Statement: [{ Effect: "Allow", Action: action, Resource: action === "*" ? "*" : arn }],
        }),
      ),
    },
    { provider },
  );
}
`;

const stack = (settings: Readonly<Record<string, string>> = {}) =>
  [
    "config:",
    "  platform:class: development",
    ...Object.entries(settings).map(([key, value]) => `  platform:${key}: "${value}"`),
    "",
  ].join("\n");

const ROTATION = "aws-kms-rotation";

/** The pack on the real engine, at every level, in a plain preview and in ours. */
describe("policies on the real engine", function () {
  this.timeout(120_000);
  let project: Project;
  before(() => {
    project = makeProject({
      program: PROGRAM,
      stacks: { sound: stack(), still: stack({ rotates: "false" }), admin: stack({ action: "*" }) },
      policies: "asked",
    });
    project.write("only-rotation.json", "{}");
  });
  after(() => {
    project.remove();
  });

  /** A configuration in which one rule has a level and all others are off. */
  const only = (level: string) => {
    const file = `${level}.json`;
    project.write(file, JSON.stringify({ all: "disabled", [ROTATION]: level }));
    return ["--policy-pack-config", file];
  };

  it("[PR-05] a sound stack passes, and what a preview cannot judge its rehearsal does", async () => {
    const { code, stderr, stdout } = await project.platform("preview", "sound", "--offline");
    assert.equal(code, 0, stdout + stderr);
    assert.match(stdout, /platform@v0\.1\.0/);
    assert.match(stdout, /facts? cannot be judged before the update, which judges (it|them) again:/);
    assert.match(stderr, /Its policies were judged there too: none is violated/);
  });

  it("[PR-05] platform preview ends with 5 on a mandatory violation, and names rule, resource, reason and remedy", async () => {
    const { code, stdout } = await project.platform("preview", "still", "--offline");
    assert.equal(code, 5, stdout);
    assert.match(
      stdout,
      /\[mandatory\]\s+\[severity: high\]\s+aws-kms-rotation\s+\(aws:kms\/key:Key: key\)\n\s+enableKeyRotation /,
    );
    assert.match(stdout, /Why: /);
    assert.match(stdout, /Remedy: /);
  });

  it("[PR-05] a plain pulumi preview with the pack ends with 1 and says the same", async () => {
    const pulumi = [
      "pulumi",
      "preview",
      "--stack",
      "still",
      "--non-interactive",
      "--policy-pack",
      `${project.root}/policies`,
    ];
    const { code, stdout } = await project.platform("offline", "--", ...pulumi);
    assert.equal(code, 1, stdout);
    assert.match(stdout, /aws-kms-rotation\s+\(aws:kms\/key:Key: key\)/);
    assert.match(stdout, /Remedy: /);
  });

  it("[PR-05] an update stops at the resource that violates, and makes none of it", async () => {
    const { ran, report } = await operate(project, "up", "still", "--yes", "--skip-preview", ...only("mandatory"));
    assert.equal(ran.code, 5, ran.stderr);
    assert.match(report.violations.join("\n"), /^aws-kms-rotation: /);
    assert.deepEqual(
      project
        .cloud()
        .all()
        .map(({ type }) => type)
        .filter((type) => type.startsWith("aws:kms")),
      [],
    );
  });

  it("[PR-05] advisory says so and goes on; disabled says nothing", async () => {
    const advised = await project.platform("preview", "still", "--offline", ...only("advisory"));
    assert.equal(advised.code, 0, advised.stdout + advised.stderr);
    assert.match(advised.stdout, /\[advisory\]\s+\[severity: high\]\s+aws-kms-rotation/);
    const silent = await project.platform("preview", "still", "--offline", ...only("disabled"));
    assert.equal(silent.code, 0, silent.stdout + silent.stderr);
    assert.doesNotMatch(silent.stdout, /aws-kms-rotation/);
  });

  it("[PR-05] remediate sets what is safe, says what, and the state has it", async () => {
    const { ran } = await operate(project, "up", "still", "--yes", "--skip-preview", ...only("remediate"));
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /\[remediate\]\s+aws-kms-rotation\s+\(1 resource\)/);
    const key = stateOf(project.root, "still").resources.find(({ type }) => type === "aws:kms/key:Key");
    assert.equal(key?.inputs?.["enableKeyRotation"], true);
  });

  it("[PR-05] what a preview could not know is found by its rehearsal", async () => {
    const { code, stdout, stderr } = await project.platform("preview", "admin", "--offline");
    assert.equal(code, 5, stdout + stderr);
    assert.doesNotMatch(stdout, /aws-iam-no-admin\s+\(aws/);
    assert.match(
      stderr,
      /The policies object to what the preview could not know:\n\s+aws-iam-no-admin: aws:iam\/rolePolicy:RolePolicy rights: policy /,
    );
  });

  it("[PR-05] --no-policies asks none, and says so loudly", async () => {
    const { code, stderr, stdout } = await project.platform("preview", "admin", "--offline", "--no-policies");
    assert.equal(code, 0, stdout + stderr);
    assert.match(stderr, /^WARNING: --no-policies: no rule is asked\./);
    assert.doesNotMatch(stdout, /Policies:/);
  });

  it("[PR-05] a wrong configuration is refused by both, with the rules that there are", async () => {
    project.write("wrong.json", JSON.stringify({ "aws-kms-rotatoin": "mandatory" }));
    const ours = await project.platform("preview", "sound", "--offline", "--policy-pack-config", "wrong.json");
    assert.equal(ours.code, 2);
    assert.match(
      ours.stderr,
      /^error: wrong\.json: .*\n- there is no rule "aws-kms-rotatoin": did you mean "aws-kms-rotation"\?\nThe rules are: /,
    );
    const plain = [
      "pulumi",
      "preview",
      "--stack",
      "sound",
      "--non-interactive",
      "--policy-pack",
      `${project.root}/policies`,
    ];
    const { code, stdout, stderr } = await project.platform(
      "offline",
      "--",
      ...plain,
      "--policy-pack-config",
      `${project.root}/wrong.json`,
    );
    assert.notEqual(code, 0);
    assert.match(stdout + stderr, /there is no rule "aws-kms-rotatoin": did you mean "aws-kms-rotation"\?/);
  });

  it("[PR-05] platform policy check judges a stack that nothing is deployed of, and ends with 5 on a violation", async () => {
    const { code, stdout } = await project.platform("policy", "check", "admin", "--offline");
    assert.equal(code, 5, stdout);
    assert.match(stdout, /^aws-iam-no-admin \(critical, mandatory\): /m);
    assert.match(
      stdout,
      /rules? on \d+ resources of admin \(development\): .* 3 mandatory violations, 0 advisory; 0 undecided/,
    );
    assert.deepEqual(stateOf(project.root, "sound").resources.length, 0);
  });

  it("[PR-05] platform policy report writes what was found, with its place in the sources", async () => {
    const { code, stdout } = await project.platform("policy", "report", "admin", "--offline", "--format", "sarif");
    assert.equal(code, 5);
    assert.ok(stdout.includes('"uri": "Pulumi.admin.yaml"'), stdout.slice(0, 200));
    assert.ok(stdout.includes('"ruleId": "aws-iam-no-admin"'));
  });
});
