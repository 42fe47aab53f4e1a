import { closeSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type * as Bundler from "../../boot/bundle.cjs";
import { packages } from "../packages";
import { componentProcess } from "./component-process";
import { startServer } from "./cloud-server";
import type { StartOrder } from "./client";

/** File descriptor on which the server says, in one line of JSON, that it is ready or why it is not. */
const READY = 3;

const order = JSON.parse(process.argv[2] ?? "{}") as StartOrder;

function say(message: object): void {
  try {
    writeSync(READY, `${JSON.stringify(message)}\n`);
    closeSync(READY);
  } catch {
    // Whoever started the server is gone; another may join it.
  }
}

function eksComponents(): string {
  const { bundle } = createRequire(join(order.root, "package.json"))("./boot/bundle.cjs") as typeof Bundler;
  return bundle(order.root, "eks", "offline/providers/eks/start.ts");
}

startServer({
  folder: order.folder,
  build: order.build,
  packages: packages(order.root),
  components: { eks: (log) => componentProcess({ file: eksComponents, log }) },
  // The gRPC servers' connections would keep the process alive.
  ended: () => process.exit(0),
}).then(
  (record) => {
    say({ record });
  },
  (error: unknown) => {
    say({ error: error instanceof Error ? error.message : String(error) });
    process.exit(1);
  },
);
