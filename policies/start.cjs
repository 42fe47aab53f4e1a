"use strict";

// What Pulumi runs: `main` of package.json. The pack is compiled on start-up, as the program is.

const path = require("node:path");

const root = path.join(__dirname, "..");

Error.stackTraceLimit = process.env.PLATFORM_TRACE === undefined ? 0 : 10;
require("node:module").enableCompileCache?.(path.join(root, "node_modules", ".cache", "platform", "compiled"));

const { bundle } = require("../boot/bundle.cjs");

require(bundle(root, "policies", "policies/server/main.ts")).serve(process.cwd());
