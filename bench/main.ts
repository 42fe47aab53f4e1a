import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Table from "cli-table3";
import { Command } from "commander";
import { ensureOfflineBackend } from "../cli/backend";
import type { Context } from "../cli/context";
import { prepareStack, withOfflineSession } from "../cli/offline-session";
import { engineOf } from "../cli/operate";
import type { Engine } from "../offline/engine/find";
import { deployment } from "../offline/engine/state";
import { median, seconds } from "./numbers";
import { policyTable, timePolicies, wideProject, type PolicyTimings } from "./policies";
import { defaultProject, floorProject } from "./projects";

const VARIANTS = ["floor", "platform", "default warm", "default cold"] as const;
/** Without the default set-up. */
const BOTH = ["floor", "platform"] as const;
type Variant = (typeof VARIANTS)[number];
type Step = "preview" | "up";

/** Resources of a wide stack. */
const WIDE = 2000;

/** Seconds of one run. */
type Timing = Record<Step, number>;

interface Report {
  readonly stack: string;
  readonly resources: number;
  readonly runs: number;
  /** Median seconds of the variants that took turns. */
  readonly medians: Partial<Record<Variant, Timing>>;
  /** Ratios of the medians. */
  readonly ratios: {
    readonly previewToFloor: number;
    readonly upToFloor: number;
    /** Absent without the default set-up. */
    readonly coldDefaultToPlatform?: number;
  };
}

/**
 * `npm run bench [-- --runs 5 --json]`: how close the program is to the engine's floor, and how far from the default set-up. The
 * variants take turns, on a new offline cloud each time; what is timed is the engine's own command.
 */
async function main(root: string, argv: readonly string[]): Promise<void> {
  const options = new Command("bench")
    .option("--runs <n>", "runs of each variant", Number, 5)
    .option("--stack <names...>", "stacks to measure, one after the other", ["durga-puja"])
    .option("--without-default", "leave the default set-up out, which type-checks whole SDKs for minutes")
    .option("--policies", "measure the policy pack instead: on the stack, and on 2,000 resources")
    .option("--json", "print one JSON object")
    .parse([...argv], { from: "user" })
    .opts<{ runs: number; stack: string[]; withoutDefault?: boolean; policies?: boolean; json?: boolean }>();
  const context: Context = {
    root,
    folder: root,
    env: process.env,
    say: (line) => process.stderr.write(`${line}\n`),
    print: (text) => process.stdout.write(text),
  };
  const engine = await engineOf(context);
  const scratch = mkdtempSync(join(tmpdir(), "platform-bench-"));
  try {
    const variants = options.withoutDefault === true ? BOTH : VARIANTS;
    for (const stack of options.stack) {
      const bench = new Bench(context, engine, join(scratch, stack), stack);
      if (options.policies === true) {
        for (const timings of await bench.policies(options.runs)) {
          context.print(options.json === true ? `${JSON.stringify(timings)}\n` : `${policyTable(timings)}\n`);
        }
        continue;
      }
      const resources = await bench.prepare(variants);
      const timings = new Map<Variant, Timing[]>(variants.map((variant) => [variant, []]));
      for (let run = 1; run <= options.runs; run++) {
        for (const variant of variants) {
          const timing = await bench.time(variant, run);
          timings.get(variant)?.push(timing);
          context.say(`run ${String(run)}, ${variant}: preview ${seconds(timing.preview)}, up ${seconds(timing.up)}`);
        }
      }
      const report = reportOf(stack, resources, options.runs, timings);
      context.print(options.json === true ? `${JSON.stringify(report)}\n` : `${table(report)}\n`);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

class Bench {
  constructor(
    private readonly context: Context,
    private readonly engine: Engine,
    private readonly scratch: string,
    private readonly stack: string,
  ) {}

  /** What the policy pack costs, on the stack and on a wide one made of its resources. */
  async policies(runs: number): Promise<readonly PolicyTimings[]> {
    const resources = await this.recorded();
    const wide = this.program("wide");
    const count = wideProject(this.context.root, wide, this.stack, resources, WIDE);
    const measured = [
      { stack: this.stack, resources: resources.length, program: this.context.root },
      { stack: "wide", resources: count, program: wide },
    ];
    const timings: PolicyTimings[] = [];
    for (const { program, ...what } of measured) {
      const options = { ...what, runs, root: this.context.root };
      const scratch = join(this.scratch, `policies-${what.stack}`);
      timings.push(
        await this.session(`policies-${what.stack}`, program, (session) =>
          timePolicies(options, scratch, (flags, environment = {}) =>
            session.run(["preview", "--stack", this.stack, ...flags], { output: "hidden", events: true, environment }),
          ),
        ),
      );
    }
    return timings;
  }

  /** Deploys the stack once, to learn its resources, and lays out the programs. Gives the number of resources. */
  async prepare(variants: readonly Variant[]): Promise<number> {
    const resources = await this.recorded();
    floorProject(this.context.root, this.program("floor"), this.stack, resources);
    if (variants.includes("default warm")) {
      defaultProject(this.context.root, this.program("default"), this.stack);
      // One run that is not counted fills the caches of the warm variant.
      await this.time("default warm", 0);
    }
    return resources.length;
  }

  /** The resources of the stack, as a deployment of it records them. */
  private async recorded() {
    const resources = await this.session("recording", this.context.root, async (session) => {
      await session.run(["up", "--stack", this.stack, "--yes", "--skip-preview"], { output: "hidden", events: true });
      const text = execFileSync(this.engine.executable, ["stack", "export", "--show-secrets", "--stack", this.stack], {
        cwd: session.project,
        env: session.environment,
        encoding: "utf8",
        maxBuffer: 1 << 28,
      });
      return deployment.parse(JSON.parse(text)).deployment.resources ?? [];
    });
    if (resources.length === 0)
      throw new Error(`stack ${this.stack} did not deploy: platform up ${this.stack} --offline says why`);
    return resources;
  }

  time(variant: Variant, run: number): Promise<Timing> {
    const program = variant === "platform" ? this.context.root : this.program(variant.replace(/ .*/, ""));
    // The runtime keeps compiled sources in the folder for temporary files: a new folder makes it cold.
    const caches = variant === "default warm" ? join(this.scratch, "warm") : mkdtempSync(join(this.scratch, "cold-"));
    mkdirSync(caches, { recursive: true });
    return this.session(`${variant.replace(" ", "-")}-${String(run)}`, program, async (session) => {
      const environment = { TMPDIR: caches };
      const timed = async (step: Step, ...flags: string[]) => {
        const started = performance.now();
        const result = await session.run([step, "--stack", this.stack, ...flags], {
          output: "hidden",
          events: true,
          environment,
        });
        if (result.code !== 0) {
          throw new Error(
            `${variant}: ${step} failed: ${result.digest?.errors.map(({ message }) => message).join("\n") ?? ""}`,
          );
        }
        return (performance.now() - started) / 1000;
      };
      return { preview: await timed("preview"), up: await timed("up", "--yes", "--skip-preview") };
    });
  }

  private program(variant: string): string {
    return join(this.scratch, "programs", variant);
  }

  private async session<Result>(
    name: string,
    program: string,
    use: Parameters<typeof withOfflineSession<Result>>[1],
  ): Promise<Result> {
    const folder = join(this.scratch, "clouds", name);
    await ensureOfflineBackend(this.context, this.engine, this.stack, folder);
    return withOfflineSession({ context: this.context, engine: this.engine, folder, program }, async (session) => {
      await prepareStack(session, this.stack);
      return use(session);
    });
  }
}

function reportOf(
  stack: string,
  resources: number,
  runs: number,
  timings: ReadonlyMap<Variant, readonly Timing[]>,
): Report {
  const of = (variant: Variant, step: Step) => median((timings.get(variant) ?? []).map((timing) => timing[step]));
  const isTimed = timings.has("default cold");
  return {
    stack,
    resources,
    runs,
    medians: Object.fromEntries(
      [...timings.keys()].map((variant) => [variant, { preview: of(variant, "preview"), up: of(variant, "up") }]),
    ),
    ratios: {
      previewToFloor: of("platform", "preview") / of("floor", "preview"),
      upToFloor: of("platform", "up") / of("floor", "up"),
      ...(isTimed ? { coldDefaultToPlatform: of("default cold", "preview") / of("platform", "preview") } : {}),
    },
  };
}

function table({ stack, resources, runs, medians, ratios }: Report): string {
  const rows = new Table({
    head: [`${stack}, ${String(resources)} resources`, "preview", "up"],
    style: { head: [], border: [] },
  });
  for (const [variant, { preview, up }] of Object.entries(medians)) rows.push([variant, seconds(preview), seconds(up)]);
  return [
    rows.toString(),
    `Medians of ${String(runs)} runs. Preview ${ratios.previewToFloor.toFixed(2)} x the floor, up ${ratios.upToFloor.toFixed(2)} x.`,
    ...(ratios.coldDefaultToPlatform === undefined
      ? []
      : [`A cold preview of the default set-up takes ${ratios.coldDefaultToPlatform.toFixed(1)} x ours.`]),
  ].join("\n");
}

void main(process.cwd(), process.argv.slice(2));
