"use strict";

// What Pulumi runs: `main` of package.json.

const path = require("node:path");

const root = path.join(__dirname, "..");
const tracing = process.env.PLATFORM_TRACE !== undefined;

if (!tracing) {
  // The SDK takes a stack trace for every output property, and maps each frame: 600 resources take 11 s with frames
  // and 4 s without.
  Error.stackTraceLimit = 0;
  const hint = "\n    (its stack frames are switched off: set PLATFORM_TRACE=1 to see them)";
  const explain = (error) => {
    // A RunError is a message to the user, shown without frames anyway.
    if (error instanceof Error && !error.__pulumiRunError && typeof error.stack === "string") error.stack += hint;
  };
  // Ahead of the handlers of Pulumi's runner, which print the stack.
  process.prependOnceListener("uncaughtException", explain);
  process.prependOnceListener("unhandledRejection", explain);
}

// Compiled SDK code is kept between runs where Node can do that (22 or later).
require("node:module").enableCompileCache?.(path.join(root, "node_modules", ".cache", "platform", "compiled"));

require("./lazy.cjs").loadRarePartsLate();

/** A default export that is a function is the program; other exports are the stack's outputs. */
function load() {
  const { bundle, BundleError } = require("./bundle.cjs");
  try {
    const program = require(bundle(root, "program", "index.ts"));
    return typeof program.default === "function" ? () => program.default(root) : program;
  } catch (error) {
    if (!(error instanceof BundleError)) throw error;
    const { RunError } = require("@pulumi/pulumi/errors");
    throw new RunError(error.message);
  }
}

module.exports = load();
