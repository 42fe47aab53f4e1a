import { strict as assert } from "node:assert";
import { BuildProgress } from "../../../offline/engine/build-progress";
import { until } from "./fakes";

describe("offline/engine/build-progress", () => {
  it("says a line now and then where there is no terminal", async () => {
    const lines: string[] = [];
    const latest = () => lines.at(-1)?.replace(/ \(\d:\d\d\)$/, "");
    const progress = new BuildProgress((line) => lines.push(line), { isTTY: false, write: () => assert.fail() }, 20);
    progress.read("go: downloading example.com/a v1.0.0\ngo: downl");
    progress.read("oading example.com/b v1.0.0\n");
    await until(() => latest() === "downloading Go modules: 2");
    progress.expect(2);
    progress.read("example.com/a\nexample.com/");
    await until(() => latest() === "compiling pulumi: 1 of 2 packages");
    progress.read("b~1/c-d_e.f\n");
    await until(() => latest() === "linking pulumi");
    progress.end();
    assert.equal(new Set(lines.map((line) => line.replace(/ \(\d:\d\d\)$/, ""))).size, 3);
  });

  it("redraws one line on a terminal and clears it at the end", async () => {
    const drawn: string[] = [];
    const terminal = { isTTY: true, write: (text: string) => drawn.push(text) > 0 };
    const progress = new BuildProgress(() => assert.fail(), terminal);
    await until(() => drawn.length > 0);
    progress.end();
    const [first = ""] = drawn;
    assert.ok(first.startsWith("\r\u001b[K  downloading Go modules: 0 (0:0"), first);
    assert.equal(drawn.at(-1), "\r\u001b[K");
  });

  it("keeps what is not progress", () => {
    const progress = new BuildProgress(() => undefined, { isTTY: false, write: () => true });
    progress.read("example.com/a\n# example.com/b\n./x.go:1:2: undefined: y\nlast");
    progress.end();
    assert.equal(progress.problems(), "# example.com/b\n./x.go:1:2: undefined: y\nlast");
  });
});
