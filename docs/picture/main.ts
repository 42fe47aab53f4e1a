import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawing } from "./drawing";

/** Writes docs/architecture.svg, or with `--check` fails when it is not what the code says. */
async function main(root: string, check: boolean): Promise<number> {
  const svg = await drawing(root);
  const file = join(root, "docs", "architecture.svg");
  if (!check) {
    writeFileSync(file, svg);
    return 0;
  }
  if (readFileSync(file, "utf8") === svg) return 0;
  process.stderr.write("error: docs/architecture.svg is not what the code says: run npm run docs\n");
  return 1;
}

void main(process.cwd(), process.argv.includes("--check")).then((code) => (process.exitCode = code));
