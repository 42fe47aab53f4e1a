import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { loadConfiguration } from "../../config/load";
import { root } from "../config/stack-files";
import { equivalents } from "./equivalent";
import { withMutant } from "./mutants";
import { stackFileMutants } from "./stack-files";

function configuration(stack: string, text: string): unknown {
  const { config } = parse(text) as { config: Record<string, unknown> };
  const values = Object.entries(config).map(([key, value]) => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return loadConfiguration({ stack, values: Object.fromEntries(values) as Record<string, string>, secretKeys: [] });
}

describe("changes that no test can notice", () => {
  for (const { file, value } of equivalents.filter((row) => row.file.endsWith(".yaml"))) {
    it(`${file} without "${value}" means the same`, () => {
      const text = readFileSync(join(root, file), "utf8");
      const mutant = stackFileMutants(file, text).find(({ original }) => original === value);
      assert.ok(mutant, "it is not in the file");
      const stack = file.split(".")[1] ?? "";
      assert.deepEqual(configuration(stack, withMutant(text, mutant)), configuration(stack, text));
    });
  }
});
