import assert from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Outage, OutageChange, OutageCloud } from "../../offline/cloud/faults";
import { changeOutages } from "../../offline/providers/client";
import { short, stateOf } from "./golden";
import type { Project } from "./project";
import { operate } from "./report";

/** A stack whose region is switched off and on again. */
export interface OutageCase {
  readonly stack: string;
  readonly region: string;
  /** Flags of `up` that change, make and delete something of a deployed stack. */
  readonly change: readonly string[];
  /** How many resources of the region the stack has before the region goes off in the middle of an update. */
  readonly midway: number;
  /** Whether the stack refuses to be destroyed as it is. Default false. */
  readonly isProtected?: boolean;
}

/** Both planes of a region. */
function regionOff(region: string): Outage {
  return { cloud: "aws", region, planes: ["control", "data"] };
}

/** Switches regions off or on as the command does, but at once: between two calls of a running engine. */
function switchRegion(project: Project, change: OutageChange): Promise<readonly Outage[]> {
  return changeOutages(join(project.root, ".platform/offline"), change);
}

/** What Google makes of a service when it is asked for and once only: whoever asks again is given the same. */
const SHARED = "gcp:projects/serviceIdentity:ServiceIdentity";

function nameOf(urn: string, type: string, id = ""): string {
  return type === SHARED ? `${type} ${id}` : `${urn} ${id}`;
}

/** Engine's state and cloud's journal tell of the same resources, each once, and nothing is pending. */
export function assertNothingLostOrDoubled(project: Project, stack: string): void {
  const { resources, pending_operations: pending } = stateOf(project.root, stack);
  assert.deepEqual(
    pending.map(({ resource }) => short(resource.urn)),
    [],
  );
  const known = resources
    .filter(({ custom, external, type }) => custom && external !== true && !/^(pulumi:|random:)/.test(type))
    .map(({ urn, type, id }) => nameOf(urn, type, id));
  const made = project
    .cloud()
    .all()
    .flatMap(({ urn, type, id }) => (urn?.startsWith(`urn:pulumi:${stack}::`) === true ? [nameOf(urn, type, id)] : []));
  assert.deepEqual([...new Set(made)].sort(), [...new Set(known)].sort());
  assert.equal(new Set(made).size, made.length);
}

/** How many resources the cloud has in a region. */
export function countIn(project: Project, region: string): number {
  return project
    .cloud()
    .all()
    .filter(({ scope }) => scope.region === region).length;
}

/** Switches a region off as a user does, runs something, and switches it on again. */
export async function withRegionOff<Result>(
  project: Project,
  region: string,
  body: () => Promise<Result>,
): Promise<Result> {
  const outage = (action: "start" | "end") =>
    project.platform("offline", "outage", action, "--cloud", "aws", "--region", region);
  const begun = await outage("start");
  assert.equal(begun.code, 0, begun.stderr);
  try {
    return await body();
  } finally {
    await outage("end");
  }
}

/**
 * Switches a whole cloud off, in both planes, runs something, and switches it on again. In between nothing of that cloud answers:
 * no API, no data source, no cluster, no registry of images.
 */
export async function withCloudOff<Result>(
  project: Project,
  cloud: OutageCloud,
  body: () => Promise<Result>,
): Promise<Result> {
  const begun = await project.platform("offline", "outage", "start", "--cloud", cloud);
  assert.equal(begun.code, 0, begun.stderr);
  try {
    return await body();
  } finally {
    const ended = await project.platform("offline", "outage", "end", "--cloud", cloud);
    assert.equal(ended.code, 0, ended.stderr);
  }
}

/** The failures are those of a region that does not answer, and say how it comes back; nothing is pending. */
export function assertRegionNamed(
  project: Project,
  { stack, region }: Pick<OutageCase, "stack" | "region">,
  stderr: string,
): void {
  const failures = stderr.split("\n").filter((line) => line.includes("i/o timeout"));
  assert.ok(failures.length > 0, stderr);
  assert.match(stderr, new RegExp(`aws ${region} \\(control, data\\) is switched off`));
  assert.match(stderr, new RegExp(`npx platform offline outage end --cloud aws --region ${region}`));
  assert.deepEqual(stateOf(project.root, stack).pending_operations, []);
}

/** The life of a stack through outages of its region: call it in a `describe`, with a project of its own. */
export function survivesOutages(outage: OutageCase, projectOf: () => Project): void {
  const { stack, region } = outage;
  const run = (...args: string[]) => operate(projectOf(), ...args);
  const up = (...args: string[]) => run("up", stack, "--yes", "--skip-preview", ...args);
  const begin = () => projectOf().platform("offline", "outage", "start", "--cloud", "aws", "--region", region);
  const end = () => projectOf().platform("offline", "outage", "end", "--cloud", "aws", "--region", region);

  it("a new stack fails resource by resource and makes nothing there; the clock goes on", async () => {
    assert.equal((await begin()).code, 0);
    const { ran, report } = await up("--continue-on-error");
    assert.notEqual(ran.code, 0);
    assert.equal(report.result, "failed");
    assertRegionNamed(projectOf(), outage, ran.stderr);
    assert.equal(countIn(projectOf(), region), 0);
    assertNothingLostOrDoubled(projectOf(), stack);
    assert.ok(projectOf().cloud().now > 0);
  });

  it("converges when the region is back", async () => {
    assert.equal((await end()).code, 0);
    const { ran } = await up();
    assert.equal(ran.code, 0, ran.stderr);
    assertNothingLostOrDoubled(projectOf(), stack);
    const preview = await run("preview", stack, "--expect-no-changes");
    assert.equal(preview.ran.code, 0, preview.ran.stderr);
  });

  it("a deployed stack keeps every resource through a failed update, refresh and destroy", async () => {
    const before = stateOf(projectOf().root, stack).resources.map(({ urn, id }) => `${urn} ${id ?? ""}`);
    const there = projectOf().cloud().all();
    await begin();
    for (const args of [
      ["up", stack, "--yes", "--skip-preview", ...outage.change],
      ["refresh", stack, "--yes", "--skip-preview"],
      // A protected stack is not destroyed whether its region answers or not.
      ...(outage.isProtected === true ? [] : [["destroy", stack, "--yes", "--skip-preview"]]),
    ]) {
      const { ran } = await run(...args);
      assert.notEqual(ran.code, 0, `${args.join(" ")}: ${ran.stdout}`);
      assertRegionNamed(projectOf(), outage, ran.stderr);
      assertNothingLostOrDoubled(projectOf(), stack);
    }
    const after = stateOf(projectOf().root, stack).resources.map(({ urn, id }) => `${urn} ${id ?? ""}`);
    assert.deepEqual(after.sort(), before.sort());
    assert.deepEqual(projectOf().cloud().all(), there);
    await end();
    const { ran } = await up(...outage.change);
    assert.equal(ran.code, 0, ran.stderr);
    assertNothingLostOrDoubled(projectOf(), stack);
  });

  it("a region that goes in the middle of an update leaves what was made, and the next update makes the rest", async () => {
    const project = projectOf();
    if (outage.isProtected === true) {
      const unprotected = await run("unprotect", stack, "--yes", "--skip-preview");
      assert.equal(unprotected.ran.code, 0, unprotected.ran.stderr);
    }
    const destroyed = await run("destroy", stack, "--yes", "--skip-preview");
    assert.equal(destroyed.ran.code, 0, destroyed.ran.stderr);
    const going = project.start("up", stack, "--offline", "--yes", "--skip-preview", ...outage.change);
    while (countIn(project, region) < outage.midway) await sleep(10);
    await switchRegion(project, { begin: regionOff(region) });
    const cut = await going.ended;
    assert.notEqual(cut.code, 0, cut.stdout);
    const made = countIn(project, region);
    assert.ok(made >= outage.midway);
    assertNothingLostOrDoubled(project, stack);
    const rest = await up(...outage.change);
    assert.notEqual(rest.ran.code, 0);
    assert.equal(countIn(project, region), made);
    await switchRegion(project, { end: "all" });
    const { ran } = await up(...outage.change);
    assert.equal(ran.code, 0, ran.stderr);
    assert.ok(countIn(project, region) > made);
    assertNothingLostOrDoubled(project, stack);
  });
}
