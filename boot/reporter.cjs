"use strict";

const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

/** A dot for each test, the failures in full, and the counts in the file of the reporter option `counts`. */
module.exports = class extends reporters.Dot {
  constructor(runner, options) {
    super(runner, options);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(options.reporterOptions.counts, JSON.stringify({ passes, failures, pending }));
    });
  }
};
