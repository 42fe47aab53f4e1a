import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { OperationReport } from "../../cli/operate";
import { makeProject, type Project } from "./project";
import { SMALL_PROGRAM, smallStack } from "./small-program";

describe("preview against a revision", function () {
  this.timeout(60_000);
  let project: Project;
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", project.root, "-c", "user.name=t", "-c", "user.email=t@example.com", ...args], {
      encoding: "utf8",
    });

  before(() => {
    project = makeProject({ program: SMALL_PROGRAM, stacks: { small: smallStack() } });
    git("init", "--quiet", "--initial-branch", "main");
    appendFileSync(join(project.root, ".git/info/exclude"), "node_modules\n.platform\n");
    git("add", "--all");
    git("commit", "--quiet", "--message", "base");
  });
  after(() => {
    project.remove();
  });
  const preview = async (base: string, ...flags: string[]) => {
    const ran = await project.platform("preview", "small", "--offline", "--json", "--base", base, ...flags);
    return { ...ran, report: JSON.parse(ran.stdout) as OperationReport };
  };

  it("[PR-04] shows a change as a change, not as a stack to create", async () => {
    project.write("Pulumi.small.yaml", smallStack({ team: "b", subnets: 4 }));
    const { code, stderr, report } = await preview("main");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /Deploying small as of main \([0-9a-f]{10}\) on a scratch cloud/);
    assert.deepEqual(report.changes, { create: 1, update: 1, delete: 0, replace: 0, same: 5 });
  });

  it("shows no change when there is none, and leaves neither a work tree nor a scratch cloud behind", async () => {
    project.write("Pulumi.small.yaml", smallStack());
    const { code, report } = await preview("main", "--expect-no-changes");
    assert.equal(code, 0);
    assert.equal(report.changes.same, 6);
    assert.equal(git("worktree", "list").trim().split("\n").length, 1);
    assert.deepEqual(
      readdirSync(join(project.root, ".platform")).filter((entry) => entry.startsWith("base-")),
      [],
    );
    assert.deepEqual(project.cloud().all(), []);
  });

  it("says so when the revision has no such stack", async () => {
    project.write("Pulumi.added.yaml", smallStack());
    const { code, stderr } = await project.platform("preview", "added", "--offline", "--base", "main");
    assert.equal(code, 0, stderr);
    assert.match(stderr, /main has no stack added: everything in it is new/);
  });
});
