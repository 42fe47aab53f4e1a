import assert from "node:assert/strict";
import { RunError } from "@pulumi/pulumi/errors";
import { loadConfiguration } from "../../config/load";
import { committed, withSettings } from "./stack-files";

/** The problems of a stack's configuration with some groups of settings changed, one line each, without the heading. */
export function problems(stack: string, settings: Record<string, unknown>): readonly string[] {
  try {
    loadConfiguration(withSettings(committed(stack), settings));
  } catch (error) {
    assert.ok(RunError.isInstance(error), String(error));
    const [, ...lines] = error.message.split("\n");
    return lines.map((line) => line.trim());
  }
  return [];
}
