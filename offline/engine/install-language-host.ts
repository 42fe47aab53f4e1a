import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** Name by which the engine looks for it beside its own executable. */
const NAME = "pulumi-language-nodejs";

/** Packages that are compiled into the language host, and the compiler. */
const PACKAGES = ["@grpc/grpc-js", "@pulumi/pulumi", "google-protobuf", "esbuild"];

/**
 * Puts our language host into a folder, compiled into one file that needs nothing of this clone. Does nothing if the
 * one that is there was made from the same sources; else it is replaced in one step, so that a run in progress is safe.
 */
export async function refreshLanguageHost(root: string, folder: string): Promise<void> {
  const file = join(folder, NAME);
  const head = `#!/usr/bin/env node\n// Made from sources ${fingerprint(root)}\n`;
  if (startOf(file, head.length) === head) return;
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ["offline/engine/language-host/main.ts"],
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    banner: { js: head },
    legalComments: "inline",
    logLevel: "silent",
    write: false,
  });
  const temporary = `${file}.${String(process.pid)}.tmp`;
  try {
    writeFileSync(temporary, outputFiles[0]?.contents ?? "");
    chmodSync(temporary, 0o755);
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function fingerprint(root: string): string {
  const hash = createHash("sha256");
  const engine = join(root, "offline", "engine");
  const sources = readdirSync(join(engine, "language-host")).sort();
  for (const file of [...sources.map((name) => join("language-host", name)), "version.ts"]) {
    hash.update(file).update(readFileSync(join(engine, file)));
  }
  for (const name of PACKAGES) {
    const manifest: unknown = JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
    hash.update(JSON.stringify([name, (manifest as { readonly version?: unknown }).version]));
  }
  return hash.digest("hex");
}

function startOf(file: string, length: number): string | undefined {
  try {
    const descriptor = openSync(file, "r");
    try {
      const start = Buffer.alloc(length);
      readSync(descriptor, start);
      return start.toString();
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}
