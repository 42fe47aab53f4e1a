import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";

/** How long a process may tidy up after SIGTERM, in milliseconds. The engine gives the host itself 5 s. */
const GRACE_MS = 1_000;

/**
 * The processes that the host runs for the engine. They stay in the host's process group, which the engine made for
 * it: whatever they start in turn ends with the group, even when the host itself is killed.
 */
export class Processes {
  private readonly running = new Set<ChildProcess>();

  start(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const child = spawn(command, args, options);
    this.running.add(child);
    const forget = () => this.running.delete(child);
    child.on("error", forget);
    child.on("exit", forget);
    return child;
  }

  /** Asks a process to end, and makes it end after the grace time. */
  end(child: ChildProcess): void {
    if (!this.running.has(child)) return;
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
    child.on("exit", () => {
      clearTimeout(timer);
    });
  }

  /** Ends every process and waits until they are gone. */
  async endAll(): Promise<void> {
    const all = [...this.running];
    for (const child of all) this.end(child);
    await Promise.all(all.map((child) => new Promise((resolve) => child.on("exit", resolve))));
  }
}

/** Kills what is left of the group that this process leads, itself included; it returns if it leads none. */
export function killOwnGroup(): void {
  try {
    process.kill(-process.pid, "SIGKILL");
  } catch {
    // Not a leader: started by hand, not by the engine.
  }
}
