/** What is known of a build that runs. */
export class BuildProgress {
  private readonly started = Date.now();
  private readonly timer: NodeJS.Timeout;
  private downloaded = 0;
  private compiled = 0;
  private total: number | undefined;
  private lastLine = Date.now();
  private readonly other: string[] = [];
  private rest = "";

  /**
   * @param say gets a line every half a minute where there is no terminal.
   * @param terminal shows a line that changes, if it is one.
   */
  constructor(
    private readonly say: (line: string) => void,
    private readonly terminal: Pick<NodeJS.WriteStream, "isTTY" | "write">,
    private readonly lineEvery = 30_000,
  ) {
    this.timer = setInterval(
      () => {
        this.show();
      },
      terminal.isTTY ? 250 : Math.min(1_000, lineEvery),
    );
  }

  /** How many packages there are to compile. */
  expect(packages: number): void {
    this.total = packages;
  }

  /** Reads what `go` prints on standard error: modules that it downloads, packages that it compiles, and problems. */
  read(chunk: string): void {
    const lines = `${this.rest}${chunk}`.split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("go: downloading ")) this.downloaded += 1;
      else if (/^[\w.~/-]+$/.test(line)) this.compiled += 1;
      else if (line.trim() !== "") this.other.push(line);
    }
  }

  /** What `go` said besides progress: the last lines, for an error message. */
  problems(): string {
    return [...this.other, this.rest]
      .filter((line) => line.trim() !== "")
      .slice(-20)
      .join("\n");
  }

  seconds(): number {
    return Math.round((Date.now() - this.started) / 1000);
  }

  end(): void {
    clearInterval(this.timer);
    if (this.terminal.isTTY) this.terminal.write("\r\u001b[K");
  }

  private show(): void {
    if (this.terminal.isTTY) {
      this.terminal.write(`\r\u001b[K  ${this.text()}`);
    } else if (Date.now() - this.lastLine >= this.lineEvery) {
      this.lastLine = Date.now();
      this.say(this.text());
    }
  }

  private text(): string {
    return `${this.stage()} (${elapsed(this.seconds())})`;
  }

  private stage(): string {
    if (this.total === undefined) return `downloading Go modules: ${String(this.downloaded)}`;
    if (this.compiled >= this.total) return "linking pulumi";
    return `compiling pulumi: ${String(this.compiled)} of ${String(this.total)} packages`;
  }
}

function elapsed(seconds: number): string {
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, "0")}`;
}
