"use strict";

// `npm start [-- <stack> [flags]]`: sets up what is missing and deploys a stack on the offline cloud.

const { platform, run } = require("./command.cjs");

const DEFAULT_STACK = "dev";

run(() => {
  const [first, ...rest] = process.argv.slice(2);
  const named = first !== undefined && !first.startsWith("-");
  const flags = named ? rest : process.argv.slice(2);
  return platform(["up", named ? first : DEFAULT_STACK, "--offline", "--yes", ...flags]);
});
