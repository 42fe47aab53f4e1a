import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";
import { coverage, render } from "./report";

/** Mocha's own list of the tests: nothing is run. */
const listing = z.object({ tests: z.array(z.object({ fullTitle: z.string() })) });

/** `npm run requirements`: every requirement with the tests that prove it; fails when a covered one has lost its proof. */
export function main(root: string): number {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(root, "node_modules/mocha/bin/mocha.js"), "tests/**/*.test.ts", "--dry-run", "--reporter", "json"],
    { cwd: root, encoding: "utf8", maxBuffer: 1 << 28 },
  );
  if (status !== 0) {
    process.stderr.write(stderr);
    return 1;
  }
  const titles = listing.parse(JSON.parse(stdout.slice(stdout.indexOf("{")))).tests.map(({ fullTitle }) => fullTitle);
  const { rows, problems } = coverage(titles);
  process.stdout.write(`${render(rows)}\n`);
  for (const problem of problems) process.stderr.write(`error: ${problem}\n`);
  return problems.length === 0 ? 0 : 1;
}

process.exitCode = main(process.cwd());
