import assert from "node:assert/strict";
import { rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { RULES } from "../../policies/rules";
import { VIOLATIONS, type Violation } from "../policies/violations";
import { makeProject, type Project, type Ran } from "./project";

const PROGRAM = `export { plantViolations as default } from "./tests/policies/violations";\n`;

/** The file of a stack that plants one violation, or all: a site of its own, in the regions that it says. */
const stack = (violation: string) =>
  [
    "config:",
    "  platform:class: production",
    "  platform:site: planted",
    "  platform:region: us-west-2",
    "  platform:backupRegion: us-east-2",
    `  platform:regions: '["us-central1", "us-east1", "eastus"]'`,
    `  platform:violation: ${violation}`,
    "",
  ].join("\n");

const PLANTED = Object.keys(VIOLATIONS);

function violationOf(rule: string): Violation {
  const violation = VIOLATIONS[rule];
  assert.ok(violation, rule);
  return violation;
}

/** A configuration in which one rule is on. */
const only = (rule: string) => Object.fromEntries(RULES.map(({ id }) => [id, id === rule ? "mandatory" : "disabled"]));

const escaped = (text: string) => text.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`);

/** How the engine names a violation of a mandatory rule. */
const named = (rule: string, resource: string) =>
  new RegExp(String.raw`\[mandatory\]\s+\[severity: \w+\]\s+${escaped(rule)}\s+\(${escaped(resource)}\)`);

/** What the engine says of a rule, until it says something of the next. */
function saidOf(rule: string, output: string): string {
  const parts = output.split(/(?=\[(?:mandatory|advisory|remediate)\]\s+\[severity: )/);
  return parts.filter((part) => new RegExp(String.raw`^\S+\s+\[severity: \w+\]\s+${rule}\s`).test(part)).join("\n");
}

/** `pulumi preview` with the pack and nothing else. */
async function plainPreview(project: Project, name: string): Promise<Ran> {
  const pulumi = (...args: string[]) => project.platform("offline", "--", "pulumi", ...args, "--non-interactive");
  const made = await pulumi("stack", "init", name);
  assert.equal(made.code, 0, made.stdout + made.stderr);
  return pulumi("preview", "--stack", name, "--policy-pack", join(project.root, "policies"));
}

describe("planted violations on the real engine", function () {
  this.timeout(180_000);
  let project: Project;
  const previews = new Map<string, Promise<Ran>>();
  before(() => {
    const stacks = Object.fromEntries([...PLANTED, "all", "none"].map((rule) => [rule, stack(rule)]));
    project = makeProject({ program: PROGRAM, stacks, policies: "asked" });
    for (const rule of PLANTED) project.write(`${rule}.json`, JSON.stringify(only(rule)));
  });
  after(async () => {
    await Promise.all(previews.values());
    project.remove();
  });

  /** The preview of one violation, in which nobody objects but its own rule. */
  function preview(rule: string): Promise<Ran> {
    const begun =
      previews.get(rule) ?? project.platform("preview", rule, "--offline", "--policy-pack-config", `${rule}.json`);
    previews.set(rule, begun);
    return begun;
  }

  for (const [index, rule] of PLANTED.entries()) {
    it(`[PR-05] platform preview is stopped by ${rule}, which names the resource and the remedy`, async () => {
      const begun = preview(rule);
      // Two at a time: the next one is under way when its turn comes.
      const next = PLANTED[index + 1];
      if (next !== undefined) void preview(next);
      const { code, stdout, stderr } = await begun;
      assert.equal(code, 5, stdout + stderr);
      const { resource, remedy } = violationOf(rule);
      assert.match(stdout, named(rule, resource.join(": ")));
      const said = saidOf(rule, stdout);
      assert.match(said, /^\s+Why: /m);
      assert.match(said, new RegExp(String.raw`^\s+Remedy: .*${escaped(remedy)}`, "m"));
    });
  }

  it("where nothing is planted, nothing stops it", async () => {
    const { code, stdout, stderr } = await project.platform("preview", "none", "--offline");
    assert.equal(code, 0, stdout + stderr);
  });

  it("[PR-05] plain pulumi preview with the pack is stopped by all of them, and says each remedy", async () => {
    const { code, stdout, stderr } = await plainPreview(project, "all");
    assert.equal(code, 1, stdout + stderr);
    const silent = PLANTED.filter((rule) => !saidOf(rule, stdout).includes(violationOf(rule).remedy));
    assert.deepEqual(silent, [], stdout + stderr);
  });
});

/** The pack itself, in a folder with exemptions of its own. */
describe("planted exemptions on the real engine", function () {
  this.timeout(120_000);
  const RULE = "exception-hygiene";
  const REMEDY =
    /Remedy: Give each exemption in policies\/exemptions\.yaml a rule, one type and name, a reason, an owner/;
  const EXPIRED = /exemptions\.yaml\[1\]\.expires expired on 2020-01-31: mend what it exempts, or agree on it anew/;
  let project: Project;
  before(() => {
    project = makeProject({
      program: PROGRAM,
      stacks: { planted: stack("none"), plain: stack("none") },
      policies: "asked",
    });
    const pack = join(project.root, "policies");
    rmSync(pack);
    symlinkSync(join(project.root, "tests/policies/violations", RULE), pack);
  });
  after(() => {
    project.remove();
  });

  it("[PR-05] platform preview is stopped by an exemption that has expired", async () => {
    const { code, stdout, stderr } = await project.platform("preview", "planted", "--offline");
    assert.equal(code, 5, stdout + stderr);
    assert.match(saidOf(RULE, stdout), EXPIRED);
    assert.match(saidOf(RULE, stdout), REMEDY);
  });

  it("[PR-05] and so is plain pulumi preview", async () => {
    const { code, stdout, stderr } = await plainPreview(project, "plain");
    assert.equal(code, 1, stdout + stderr);
    assert.match(saidOf(RULE, stdout), EXPIRED);
    assert.match(saidOf(RULE, stdout), REMEDY);
  });
});
