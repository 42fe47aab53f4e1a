import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { findEngine, type Engine } from "../../../offline/engine/find";

export const REPOSITORY = resolve(__dirname, "../../..");

/** A machine of its own: a folder for PATH, a Pulumi home, and what the search said. */
export class FakeMachine {
  readonly folder = mkdtempSync(join(tmpdir(), "platform-engine-"));
  readonly home = join(this.folder, "home");
  readonly said: string[] = [];

  /** The environment of a command on it. */
  readonly env: NodeJS.ProcessEnv = { PATH: join(this.folder, "bin"), PULUMI_HOME: this.home };

  /** Puts an executable there; `head` is its first line. */
  put(file: string, body: string, head = "#!/bin/sh"): string {
    const path = join(this.folder, file);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${head}\nPATH=/usr/bin:/bin\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** A `pulumi` that says it has that version. */
  pulumi(version: string, file = "bin/pulumi", head?: string): string {
    return this.put(file, `[ "$1" = version ] && echo ${version}`, head);
  }

  /** A `go` that notes its calls and makes a `pulumi`; `build` runs first when it is to build. */
  go(version: string, build = ""): void {
    this.put(
      "bin/go",
      `echo "$1 $GOTOOLCHAIN $GOWORK $(basename "$PWD")" >> "${this.folder}/calls"
case "$1" in
  version) echo "go version go${version} linux/amd64" ;;
  list) printf 'example.com/a\\nexample.com/b\\n' ;;
  build)
    ${build}
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\necho 3.245.0\\n' > "$2"
    chmod +x "$2" ;;
esac`,
    );
  }

  /** The calls of `go`, in order. */
  calls(): string[] {
    const file = join(this.folder, "calls");
    return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
  }

  find(): Promise<Engine> {
    return findEngine({
      root: REPOSITORY,
      env: this.env,
      report: (line) => this.said.push(line),
      terminal: { isTTY: false, write: () => true },
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** Waits for a condition; fails when it does not come true within 8 seconds, which is less than a test may take. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 8_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`it did not come true: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
