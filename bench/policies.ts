import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Table from "cli-table3";
import { withReport } from "../cli/policies";
import type { EngineResult } from "../offline/engine/run";
import type { Deployment } from "../offline/engine/state";
import type { PolicyReport } from "../policies/report/report";
import { median, seconds } from "./numbers";
import { floorProject } from "./projects";

type Resources = NonNullable<Deployment["deployment"]["resources"]>;

/** Runs a preview with flags and an environment, in the project under measure. */
export type Preview = (flags: readonly string[], environment?: NodeJS.ProcessEnv) => Promise<EngineResult>;

const VARIANTS = ["no pack", "one rule", "platform"] as const;
type Variant = (typeof VARIANTS)[number];

export interface PolicyTimings {
  readonly stack: string;
  readonly resources: number;
  readonly runs: number;
  /** Median seconds of a preview. */
  readonly medians: Readonly<Record<Variant, number>>;
  /** What each pack adds, as a share of the preview without one. */
  readonly shares: { readonly oneRule: number; readonly platform: number };
  /** What ours adds to what a pack of one rule adds. */
  readonly toOneRule: number;
  /** Milliseconds of the slowest rules. */
  readonly slowest: readonly (readonly [rule: string, milliseconds: number])[];
}

/** Measures previews without a pack, with one rule on `@pulumi/policy`, and with ours, in turns. */
export async function timePolicies(
  options: { readonly stack: string; readonly resources: number; readonly runs: number; readonly root: string },
  scratch: string,
  preview: Preview,
): Promise<PolicyTimings> {
  const packs: Readonly<Record<Variant, readonly string[]>> = {
    "no pack": [],
    "one rule": ["--policy-pack", oneRulePack(options.root, scratch)],
    platform: ["--policy-pack", join(options.root, "policies")],
  };
  const timings = new Map<Variant, number[]>(VARIANTS.map((variant) => [variant, []]));
  let report: PolicyReport | undefined;
  for (let run = 0; run < options.runs; run += 1) {
    for (const variant of VARIANTS) {
      const timed = await withReport(async (environment) => {
        const started = performance.now();
        const result = await preview(packs[variant], environment);
        const complaint = result.digest?.errors.filter(({ urn }) => urn !== undefined) ?? [];
        if (result.digest?.complete !== true || complaint.length > 0) {
          throw new Error(`${variant}: the preview failed: ${complaint.map(({ message }) => message).join("\n")}`);
        }
        return (performance.now() - started) / 1000;
      });
      timings.get(variant)?.push(timed.result);
      report = timed.report ?? report;
    }
  }
  return evaluated(options, timings, report);
}

function evaluated(
  { stack, resources, runs }: { readonly stack: string; readonly resources: number; readonly runs: number },
  timings: ReadonlyMap<Variant, readonly number[]>,
  report: PolicyReport | undefined,
): PolicyTimings {
  const of = (variant: Variant) => median(timings.get(variant) ?? []);
  const bare = of("no pack");
  return {
    stack,
    resources,
    runs,
    medians: { "no pack": bare, "one rule": of("one rule"), platform: of("platform") },
    shares: { oneRule: of("one rule") / bare - 1, platform: of("platform") / bare - 1 },
    toOneRule: (of("platform") - bare) / (of("one rule") - bare),
    slowest: [...(report?.rules ?? [])]
      .sort((one, other) => other.milliseconds - one.milliseconds)
      .slice(0, 5)
      .map(({ id, milliseconds }) => [id, Math.round(milliseconds * 10) / 10]),
  };
}

export function policyTable({ stack, resources, runs, medians, shares, toOneRule, slowest }: PolicyTimings): string {
  const rows = new Table({
    head: [`${stack}, ${String(resources)} resources`, "preview"],
    style: { head: [], border: [] },
  });
  for (const [variant, time] of Object.entries(medians)) rows.push([variant, seconds(time)]);
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  return [
    rows.toString(),
    `Medians of ${String(runs)} runs. The pack adds ${percent(shares.platform)}, one rule adds ${percent(shares.oneRule)}: ${toOneRule.toFixed(2)} x.`,
    `Slowest rules: ${slowest.map(([rule, time]) => `${rule} ${String(time)} ms`).join(", ")}.`,
  ].join("\n");
}

/** A pack of one rule, written as the SDK's documentation shows it. */
function oneRulePack(root: string, scratch: string): string {
  const folder = join(scratch, "one-rule");
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "PulumiPolicy.yaml"), "runtime: nodejs\n");
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "one-rule", version: "0.1.0", main: "index.js" }));
  writeFileSync(join(folder, "index.js"), readFileSync(join(root, "bench", "one-rule-pack.cjs")));
  return folder;
}

/**
 * A stack of many resources: those of a deployed one again and again, each copy with names of its own. Its inputs name what the
 * original was made of, which a preview does not look up.
 */
export function wideProject(root: string, folder: string, stack: string, resources: Resources, least: number): number {
  const custom = resources.filter(({ type, custom: is }) => is === true && !type.startsWith("pulumi:"));
  const all: Resources = [...resources];
  for (let copy = 1; all.length < least; copy += 1) {
    const renamed = new Map(custom.map(({ urn }) => [urn, `${urn}-copy-${String(copy)}`]));
    for (const resource of custom) {
      if (all.length >= least) break;
      const dependencies = (resource["dependencies"] as readonly string[] | undefined) ?? [];
      all.push({
        ...resource,
        urn: renamed.get(resource.urn) ?? resource.urn,
        dependencies: dependencies.map((urn) => renamed.get(urn) ?? urn),
      });
    }
  }
  floorProject(root, folder, stack, all);
  return all.length;
}
