"use strict";

const path = require("node:path");
const { ensureDependencies, SetupError } = require("./setup.cjs");

const root = path.join(__dirname, "..");

/** Runs the `platform` command of this clone, with its dependencies installed. Gives the exit code. */
async function platform(args) {
  await ensureDependencies(root);
  const { bundle } = require("./bundle.cjs");
  if (process.env.PLATFORM_TRACE !== undefined) process.setSourceMapsEnabled(true);
  const { main } = require(bundle(root, "platform", "cli/main.ts"));
  return main(args, root);
}

/** Runs a task that gives an exit code, and says what went wrong if it does not come to that. */
function run(task) {
  Promise.resolve()
    .then(task)
    .then((code) => {
      process.exitCode = code;
    })
    .catch((error) => {
      const explained = error instanceof SetupError || error?.constructor?.name === "BundleError";
      console.error(`error: ${explained ? error.message : (error?.stack ?? String(error))}`);
      process.exitCode = 1;
    });
}

module.exports = { platform, root, run };
