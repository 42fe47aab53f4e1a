import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { OperationReport } from "../../cli/operate";
import { short, stateOf } from "./golden";
import { makeProject, type Project } from "./project";
import { SMALL_PROGRAM, smallStack } from "./small-program";

const STACK = "small";
const SUBNET = "aws:ec2/subnet:Subnet";

describe("faults and killed commands on the real engine", function () {
  this.timeout(120_000);
  let project: Project;

  beforeEach(() => {
    project = makeProject({ program: SMALL_PROGRAM, stacks: { [STACK]: smallStack() } });
  });
  afterEach(() => {
    project.remove();
  });

  const run = async (...args: string[]) => {
    const ran = await project.platform(...args, "--offline", "--json");
    return { ...ran, report: JSON.parse(ran.stdout) as OperationReport };
  };
  const up = () => run("up", STACK, "--yes", "--skip-preview");
  const subnets = () =>
    project
      .cloud()
      .all()
      .filter(({ type }) => type === SUBNET).length;
  const pending = () => stateOf(project.root, STACK).pending_operations.map(({ resource }) => short(resource.urn));
  const fault = async (kind: string, ...options: string[]) => {
    const { code, stderr } = await project.platform("offline", "fault", kind, "--type", SUBNET, ...options);
    assert.equal(code, 0, stderr);
  };
  /** The stack is whole: every resource known to both sides, nothing pending, nothing to do. */
  const assertWhole = async () => {
    const { code, stderr, report } = await run("preview", STACK, "--expect-no-changes");
    assert.equal(code, 0, stderr);
    assert.equal(report.changes.same, 6);
    assert.equal(subnets(), 3);
    assert.deepEqual(pending(), []);
  };

  it("throttling fails cleanly, with the code of a failed resource; the next up succeeds", async () => {
    await fault("throttling");
    const failed = await up();
    assert.equal(failed.code, 4, failed.stderr);
    assert.match(failed.stderr, /ThrottlingException: Rate exceeded/);
    assert.deepEqual(pending(), []);
    assert.equal((await up()).code, 0);
    await assertWhole();
  });

  it("a fault happens as often as it was asked for", async () => {
    await fault("throttling", "--count", "2");
    const oneByOne = () => run("up", STACK, "--yes", "--skip-preview", "--parallel", "1");
    assert.equal((await oneByOne()).code, 4);
    assert.equal((await oneByOne()).code, 4);
    assert.equal((await oneByOne()).code, 0);
    await assertWhole();
  });

  it("an internal error fails the resource; nothing was made, and the next up makes it", async () => {
    await fault("internal");
    const failed = await up();
    assert.equal(failed.code, 4, failed.stderr);
    assert.match(failed.stderr, /InternalFailure/);
    assert.equal((await up()).code, 0);
    await assertWhole();
  });

  it("a lost answer leaves a resource that the engine does not know, as in a real account; recover takes it in", async () => {
    await fault("timeout-after-change");
    const failed = await project.platform("up", STACK, "--offline", "--yes", "--skip-preview", "--parallel", "1");
    assert.equal(failed.code, 4, failed.stderr);
    assert.match(failed.stderr, /platform recover small --offline/);
    assert.equal(subnets(), 1);
    assert.match((await up()).stderr, /InvalidSubnet.Conflict/);
    const recovered = await run("recover", STACK);
    assert.equal(recovered.code, 0, recovered.stderr);
    assert.match(recovered.stderr, /Completed: .*subnet-\d was created before the command ended/);
    assert.equal((await up()).code, 0);
    await assertWhole();
  });

  it("a partial creation is recorded with what is wrong, and mended by the next up", async () => {
    await fault("partial-creation");
    const failed = await up();
    assert.equal(failed.code, 4, failed.stderr);
    assert.match(failed.stderr, /did not become ready/);
    const broken = stateOf(project.root, STACK).resources.filter(({ initErrors }) => (initErrors ?? []).length > 0);
    assert.equal(broken.length, 1);
    assert.equal((await up()).code, 0);
    await assertWhole();
  });

  it("a fault of another operation waits for it", async () => {
    await fault("throttling", "--operation", "delete");
    assert.equal((await up()).code, 0);
    assert.equal((await run("destroy", STACK, "--yes", "--skip-preview")).code, 4);
    assert.equal((await run("destroy", STACK, "--yes", "--skip-preview")).code, 0);
    assert.deepEqual(project.cloud().all(), []);
  });

  it("an engine killed in mid-update loses nothing; the next command names recover, and then all is well", async () => {
    project.write(`Pulumi.${STACK}.yaml`, smallStack({ subnets: 200 }));
    const { process: child, ended } = project.start("up", STACK, "--offline", "--yes", "--skip-preview");
    await until(() => subnets() >= 40);
    execFileSync("kill", ["-9", ...descendants(child.pid ?? 0).map(String), String(child.pid)]);
    await ended;
    const acknowledged = subnets();
    assert.ok(acknowledged >= 40 && acknowledged < 200, `killed too late: ${String(acknowledged)} of 200 subnets`);

    const next = await project.platform("up", STACK, "--offline", "--yes");
    assert.notEqual(next.code, 0);
    assert.match(next.stderr, /was killed .* left it locked: run\n {2}npx platform recover small --offline/);

    const recovered = await run("recover", STACK);
    assert.equal(recovered.code, 0, recovered.stderr);
    const known = stateOf(project.root, STACK).resources.filter(({ type }) => type === SUBNET);
    assert.deepEqual(
      known.map(({ id }) => id).sort(),
      project
        .cloud()
        .all()
        .filter(({ type }) => type === SUBNET)
        .map(({ id }) => id)
        .sort(),
    );
    assert.deepEqual(pending(), []);

    assert.equal((await up()).code, 0);
    assert.equal(subnets(), 200);
    assert.equal((await run("destroy", STACK, "--yes", "--skip-preview")).code, 0);
    assert.deepEqual(project.cloud().all(), []);
  });

  it("Ctrl-C ends an update in order, with the code of a cancelled one; the next up finishes it", async () => {
    project.write(`Pulumi.${STACK}.yaml`, smallStack({ subnets: 200 }));
    const { process: child, ended } = project.start("up", STACK, "--offline", "--yes", "--skip-preview", "--json");
    await until(() => subnets() >= 20);
    child.kill("SIGINT");
    const cancelled = await ended;
    assert.equal(cancelled.code, 8, cancelled.stderr);
    assert.equal((JSON.parse(cancelled.stdout) as OperationReport).result, "cancelled");
    const next = await up();
    assert.equal(next.code, 0, next.stderr);
    assert.equal(subnets(), 200);
  });

  it("a torn last line of the journal is cut off: it was never acknowledged", async () => {
    assert.equal((await up()).code, 0);
    const journal = join(project.root, ".platform/offline/journal.jsonl");
    const whole = readFileSync(journal, "utf8");
    appendFileSync(journal, '{"sequence":99,"put":[{"type":"aws:ec2/sub');
    await assertWhole();
    assert.equal(readFileSync(journal, "utf8"), whole);
  });

  it("a state that a full disk cut off is named, and restored by recover: nothing is lost or made twice", async () => {
    assert.equal((await up()).code, 0);
    const state = join(project.root, ".platform/offline/state/.pulumi/stacks/platform/small.json");
    truncateSync(state, Math.floor(statSync(state).size / 2));
    truncateSync(`${state}.attrs`);
    const next = await project.platform("up", STACK, "--offline", "--yes");
    assert.equal(next.code, 1);
    assert.match(next.stderr, /cut off in writing.*\n {2}npx platform recover small --offline/);
    const recovered = await run("recover", STACK);
    assert.equal(recovered.code, 0, recovered.stderr);
    assert.match(recovered.stderr, /The state of small was cut off in writing: restored .*small\.json\.bak/);
    assert.equal((await up()).code, 0);
    await assertWhole();
  });

  it("two commands at once: on two stacks both succeed, on one the second says who has it", async () => {
    project.write(`Pulumi.${STACK}.yaml`, smallStack({ subnets: 200 }));
    project.write("Pulumi.other.yaml", smallStack({ subnets: 20 }));
    const first = project.start("up", STACK, "--offline", "--yes", "--skip-preview");
    await until(() => subnets() > 0);
    const [other, second] = await Promise.all([
      project.platform("up", "other", "--offline", "--yes", "--skip-preview"),
      project.platform("up", STACK, "--offline", "--yes", "--skip-preview"),
    ]);
    assert.equal(other.code, 0, other.stderr);
    assert.equal(second.code, 1);
    assert.match(second.stderr, /stack small is in use by another command \(process \d+\): wait for it to end/);
    assert.equal((await first.ended).code, 0);
    assert.equal(subnets(), 220);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 20) {
    if (waited > 60_000) throw new Error("waited a minute in vain");
    await sleep(20);
  }
}

/** Processes below one: the engine, its language host and the program; not the server of the cloud, which stands alone. */
function descendants(pid: number): number[] {
  const table = execFileSync("ps", ["-e", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    table.filter(([, ppid]) => ppid === parent).flatMap(([child = 0]) => [...below(child), child]);
  return below(pid);
}
