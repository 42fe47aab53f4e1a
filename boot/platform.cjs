#!/usr/bin/env node
"use strict";

const { platform, run } = require("./command.cjs");

run(() => platform(process.argv.slice(2)));
