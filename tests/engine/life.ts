import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readSiteContract, siteContractPath, type SiteContract } from "../../components/contracts/site-contract";
import type { SiteName } from "../../components/planning/site-plan";
import { foreignReads } from "../../recovery/independence";
import { assertGolden, stateOf } from "./golden";
import { assertNothingLostOrDoubled } from "./outage";
import { makeProject, type Project } from "./project";
import { operate } from "./report";

/** A site that has to stand on its own. */
export interface SiteLife {
  readonly stack: SiteName;
  /** Where it is. */
  readonly cloud: "gcp" | "azure";
  /** A text of its file, what stands in for it, and how many resources that updates. */
  readonly change: { readonly from: string; readonly to: string; readonly updates: number };
  /** Types of what the cloud keeps of it for ever, or for as long as it can be restored. */
  readonly kept: readonly string[];
}

/** What happens to a site after it is deployed, and before its protection is tried. */
export interface Living {
  readonly stack: SiteName;
  readonly project: () => Project;
  readonly run: (...args: string[]) => ReturnType<typeof operate>;
  /** The site's contract, as it was delivered last. */
  readonly contract: () => SiteContract;
}

/**
 * One life of a site on the real engine, with all of AWS switched off from the first step to the last: call it in a `describe`. Its
 * tests run in order.
 *
 * @param more tests of the deployed site
 */
export function livesWithoutAws(life: SiteLife, more: (living: Living) => void): void {
  const { stack } = life;
  let project: Project;
  before(async () => {
    project = makeProject({ state: "once" });
    const begun = await project.platform("offline", "outage", "start", "--cloud", "aws");
    assert.equal(begun.code, 0, begun.stderr);
  });
  after(() => {
    project.remove();
  });
  const run: Living["run"] = (...args) => operate(project, ...args);
  const ids = () =>
    stateOf(project.root, stack)
      .resources.map(({ urn, id }) => `${urn} ${id ?? ""}`)
      .sort();
  const file = `Pulumi.${stack}.yaml`;
  const committed = () => readFileSync(join(__dirname, "../..", file), "utf8");
  const contract = () => {
    const source = join(project.root, ".platform/offline", siteContractPath(stack));
    return readSiteContract(readFileSync(source, "utf8"), { site: stack, source });
  };

  it("[PF-CLOUD-01] [PF-CLOUD-02] [PF-CLOUD-03] [PR-02] comes up on exactly the golden resources, with AWS switched off", async () => {
    // With the preview: it must not ask anything that is there only afterwards.
    const { ran } = await run("up", stack, "--yes");
    assert.equal(ran.code, 0, ran.stderr);
    assertNothingLostOrDoubled(project, stack);
    assertGolden(stack, stateOf(project.root, stack).resources);
  });

  it("[PF-DR-03] reads nothing of another cloud", () => {
    const { resources } = stateOf(project.root, stack);
    assert.deepEqual(foreignReads({ cloud: life.cloud, resources }), []);
  });

  it("tells the other sites of itself, in its own cloud and beside the state", () => {
    assert.equal(contract().cloud, life.cloud);
    const text = readFileSync(join(project.root, ".platform/offline", siteContractPath(stack)), "utf8");
    const stored = project
      .cloud()
      .all()
      .filter(({ inputs }) => Object.values(inputs).includes(siteContractPath(stack)));
    assert.equal(stored.length, 1);
    // Clouds keep digests of what is in an object.
    const digests = [createHash("md5").update(text).digest("base64"), createHash("sha256").update(text).digest("hex")];
    const kept = JSON.stringify(stored);
    assert.ok(
      digests.some((digest) => kept.includes(digest)),
      kept,
    );
  });

  it("previews no change, and refreshes without finding any", async () => {
    const refresh = await run("refresh", stack, "--yes", "--expect-no-changes");
    assert.equal(refresh.ran.code, 0, refresh.ran.stderr);
    const preview = await run("preview", stack, "--expect-no-changes");
    assert.equal(preview.ran.code, 0, preview.ran.stderr);
  });

  it("updates in place what a setting is of", async () => {
    const before = ids();
    const original = committed();
    const { from, to, updates } = life.change;
    assert.ok(original.includes(from), `${file} has no "${from}"`);
    project.write(file, original.replace(from, to));
    const { ran, report } = await run("up", stack, "--yes", "--skip-preview");
    assert.equal(ran.code, 0, ran.stderr);
    const { create, update, replace, delete: gone } = report.changes;
    assert.deepEqual({ create, update, replace, gone }, { create: 0, update: updates, replace: 0, gone: 0 });
    assert.deepEqual(ids(), before);
    project.write(file, original);
  });

  more({ stack, project: () => project, run, contract });

  it("refuses to be destroyed while it is protected, and says how the protection is taken off", async () => {
    const before = ids();
    const ran = await project.platform("destroy", stack, "--offline", "--yes");
    assert.notEqual(ran.code, 0);
    assert.match(ran.stdout + ran.stderr, /cannot be deleted|because it is protected/);
    assert.match(ran.stderr, new RegExp(`platform unprotect ${stack} --offline`));
    assert.deepEqual(ids(), before);
  });

  it("destroys to an empty cloud once it is unprotected; what holds its state stays", async () => {
    const unprotected = await run("unprotect", stack, "--yes", "--skip-preview");
    assert.equal(unprotected.ran.code, 0, unprotected.ran.stderr);
    const { ran, report } = await run("destroy", stack, "--yes", "--skip-preview");
    assert.equal(ran.code, 0, ran.stderr);
    assert.equal(report.resources, 0);
    const left = project
      .cloud()
      .all()
      .filter(
        ({ urn, type }) => urn?.startsWith(`urn:pulumi:${stack}-backend::`) !== true && !life.kept.includes(type),
      );
    assert.deepEqual(
      left.map(({ type, id }) => `${type} ${id}`),
      [],
    );
  });
}
