import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Cloud, type StoredResource } from "../../offline/cloud/cloud";
import { assertEmpty, assertGolden, stateOf } from "./golden";
import { makeProject, type Project } from "./project";
import { operate } from "./report";

const STACK = "durga-puja";

/** One deployment for all of these tests, which run in order: each says what it changes. */
describe("durga-puja on the real engine", function () {
  this.timeout(180_000);
  let project: Project;
  let tracked: string;

  before(() => {
    project = makeProject({ state: "once" });
    tracked = trackedFiles(project.root);
  });
  after(() => {
    project.remove();
  });

  const run = (...args: string[]) => operate(project, ...args);
  // Without the stack itself and the default provider through which the engine reads a component's references.
  const resources = () =>
    stateOf(project.root, STACK).resources.filter(
      ({ urn }) => !/pulumi:pulumi:Stack::|pulumi:providers:pulumi::default$/.test(urn),
    );

  it("previews a stack that was never deployed, and rehearses what the preview cannot check", async () => {
    const { ran, report } = await run("preview", STACK);
    assert.equal(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, /Rehearsed on a scratch cloud: the update would succeed \(\d+ resources\)/);
    assert.equal(report.result, "succeeded");
    assert.deepEqual(project.cloud().all(), []);
  });

  it("[PR-03] creates exactly the golden resources, more than 150 of them", async () => {
    const { ran, report } = await run("up", STACK, "--yes", "--skip-preview");
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual({ ...report.changes, create: 0 }, { create: 0, update: 0, delete: 0, replace: 0, same: 0 });
    assert.equal(report.changes.create, resources().length);
    assert.equal(report.resources, resources().length);
    assert.ok(report.resources > 150, `only ${String(report.resources)} resources`);
    assertGolden(STACK, stateOf(project.root, STACK).resources);
  });

  it("leaves every tracked file as it was", () => {
    assert.equal(trackedFiles(project.root), tracked);
  });

  it("keeps no generated or configured secret in the journal, the state or the report", async () => {
    const { stdout } = await project.platform(
      "offline",
      "--",
      "pulumi",
      "stack",
      "export",
      "--show-secrets",
      "--stack",
      STACK,
    );
    const plain = [...stdout.matchAll(/"result": *\{[^}]*"plaintext": *"\\"(.*?)\\""/g)].map(([, value = ""]) => value);
    assert.equal(plain.length, 3, "the database's and the cache's password and the signing secret");
    const kept = ["journal.jsonl", `state/.pulumi/stacks/platform/${STACK}.json`, "server.log"]
      .map((file) => join(project.root, ".platform/offline", file))
      .map((file) =>
        readdirSync(join(file, "..")).includes(file.split("/").at(-1) ?? "") ? readFileSync(file, "utf8") : "",
      )
      .join("\n");
    for (const secret of [...plain, "mongodb://offline:offline@"]) {
      assert.ok(!kept.includes(secret), "a secret is readable on disk");
    }
  });

  it("[PR-04] previews no change when nothing changed", async () => {
    const { ran, report } = await run("preview", STACK, "--expect-no-changes");
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(report.changes, { create: 0, update: 0, delete: 0, replace: 0, same: resources().length });
  });

  it("ends with 7 when no change is expected and there is one", async () => {
    configure(project, "platform:database:\n    backupRetentionDays: 14");
    const { ran, report } = await run("preview", STACK, "--expect-no-changes");
    assert.equal(ran.code, 7, ran.stderr);
    assert.equal(report.result, "failed");
  });

  it("updates in place what can be updated in place", async () => {
    const { ran, report } = await run("up", STACK, "--yes", "--skip-preview");
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual([report.changes.update, report.changes.replace, report.changes.create], [2, 0, 0]);
    assert.equal(
      one(project, "aws:rds/instance:Instance", ({ inputs }) => inputs["replicateSourceDb"] === undefined).inputs[
        "backupRetentionPeriod"
      ],
      14,
    );
    configure(project);
  });

  it("replaces what cannot, the new one before the old", async () => {
    configure(project, "platform:cluster:\n    spot:\n      instanceTypes: [t3.large]");
    const old = one(project, "aws:eks/nodeGroup:NodeGroup", isSpot);
    const { ran, report } = await run("up", STACK, "--yes", "--skip-preview");
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(report.changes.replace, 1);
    const now = one(project, "aws:eks/nodeGroup:NodeGroup", isSpot);
    assert.deepEqual(now.inputs["instanceTypes"], ["t3.large"]);
    assert.notEqual(now.id, old.id);
    configure(project);
  });

  it("refresh finds what was changed and what was deleted behind its back, and up restores it", async () => {
    const group = one(project, "aws:ec2/vpc:Vpc", () => true);
    const rule = one(
      project,
      "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
      ({ inputs }) => inputs["fromPort"] === 5432,
    );
    const cloud = Cloud.open(join(project.root, ".platform/offline"));
    cloud.commit({
      put: [
        {
          ...group,
          inputs: { ...group.inputs, enableDnsHostnames: false },
          outputs: { ...group.outputs, enableDnsHostnames: false },
        },
      ],
      remove: [[rule.scope.account, rule.scope.region, rule.type, rule.id].join("|")],
    });
    cloud.close();
    const found = await run("refresh", STACK, "--yes", "--skip-preview");
    assert.equal(found.ran.code, 0, found.ran.stderr);
    assert.deepEqual([found.report.changes.update, found.report.changes.delete], [1, 1]);
    const restored = await run("up", STACK, "--yes", "--skip-preview");
    assert.equal(restored.ran.code, 0, restored.ran.stderr);
    const again = one(project, "aws:ec2/vpc:Vpc", () => true);
    assert.equal(again.inputs["enableDnsHostnames"], true);
    one(project, rule.type, ({ inputs }) => inputs["fromPort"] === 5432);
  });

  it("runs any plain Pulumi command with the offline cloud attached", async () => {
    const { code, stdout, stderr } = await project.platform(
      "offline",
      "--",
      "pulumi",
      "stack",
      "graph",
      "graph.dot",
      "-s",
      STACK,
    );
    assert.equal(code, 0, stdout + stderr);
    assert.match(readFileSync(join(project.root, "graph.dot"), "utf8"), /^strict digraph/);
  });

  it("refuses to destroy what is protected, and names the command that takes the protection off", async () => {
    const count = resources().length;
    const ran = await project.platform("destroy", STACK, "--offline", "--yes");
    assert.notEqual(ran.code, 0);
    assert.match(ran.stdout + ran.stderr, /protected/);
    assert.match(ran.stderr, /platform unprotect durga-puja --offline/);
    assert.equal(resources().length, count);
  });

  it("destroys an unprotected stack and leaves the offline cloud empty", async () => {
    const unprotected = await run("unprotect", STACK, "--yes", "--skip-preview");
    assert.equal(unprotected.ran.code, 0, unprotected.ran.stderr);
    assert.deepEqual(
      [unprotected.report.changes.create, unprotected.report.changes.replace, unprotected.report.changes.delete],
      [0, 0, 0],
    );
    const { ran, report } = await run("destroy", STACK, "--yes", "--skip-preview");
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(report.resources, 0);
    assertEmpty(project, STACK);
    assert.equal(trackedFiles(project.root), tracked);
  });
});

function isSpot({ inputs }: StoredResource): boolean {
  return inputs["capacityType"] === "SPOT";
}

function one(project: Project, type: string, which: (resource: StoredResource) => boolean): StoredResource {
  const found = project
    .cloud()
    .all()
    .filter((resource) => resource.type === type && which(resource));
  assert.equal(found.length, 1, `${String(found.length)} of ${type}`);
  return found[0] as StoredResource;
}

/** Writes the stack's file again, with more settings. */
function configure(project: Project, ...settings: readonly string[]): void {
  const file = `Pulumi.${STACK}.yaml`;
  const original = readFileSync(join(__dirname, "../..", file), "utf8");
  project.write(file, [original.trimEnd(), ...settings.map((line) => `  ${line}`), ""].join("\n"));
}

function trackedFiles(root: string): string {
  const hash = createHash("sha256");
  for (const file of readdirSync(root)
    .filter((name) => name.endsWith(".yaml"))
    .sort()) {
    hash.update(file).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}
