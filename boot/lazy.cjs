"use strict";

const Module = require("node:module");
const path = require("node:path");

/**
 * What `@pulumi/pulumi` loads at start and a deployment rarely uses, by who asks for it: the Automation API, and the TypeScript
 * compiler and npm's tree reader, which turn a function of the program into a Lambda. Measured on Node.js 20 with 2 cores: 0.5 of
 * the 0.6 s that `require("@pulumi/pulumi")` takes.
 */
const RARE = [
  { from: "index.js", request: "./automation" },
  { from: "typescript-shim.js", request: "typescript" },
  { from: path.join("runtime", "closure", "codePaths.js"), request: "@npmcli/arborist" },
];

const SDK = `${path.sep}${path.join("@pulumi", "pulumi")}${path.sep}`;

/** From here on, the rare parts of the SDK are loaded when something is taken from them. Where the SDK changes, nothing is lost but time. */
function loadRarePartsLate() {
  const load = Module._load;
  Module._load = function (request, parent, ...rest) {
    const isRare = RARE.some((part) => part.request === request && parent?.filename?.endsWith(SDK + part.from));
    return isRare
      ? late(() => load.call(Module, request, parent, ...rest))
      : load.call(Module, request, parent, ...rest);
  };
}

/** Stands for a module until a property of it is asked for. */
function late(load) {
  let loaded;
  const module = () => (loaded ??= load());
  return new Proxy(Object.create(null), {
    get(_target, key) {
      // What the compiler's import helpers ask first: answered without loading, and `default` as they would have made it.
      if (key === "__esModule") return true;
      const value = module()[key];
      return key === "default" && value === undefined ? module() : value;
    },
    has: (_target, key) => key in module(),
    ownKeys: () => Reflect.ownKeys(module()),
    getOwnPropertyDescriptor(_target, key) {
      const descriptor = Object.getOwnPropertyDescriptor(module(), key);
      return descriptor && { ...descriptor, configurable: true };
    },
  });
}

module.exports = { loadRarePartsLate };
