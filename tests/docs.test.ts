import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { drawing } from "../docs/picture/drawing";

const root = resolve(__dirname, "..");
const text = (file: string) => readFileSync(join(root, file), "utf8");
const readme = text("README.md");

/** Lines of the README's code blocks and what stands between backquotes in it, without comments. */
const commands = [...readme.matchAll(/```sh\n([^]*?)```/g), ...readme.matchAll(/`([^`\n]+)`/g)]
  .flatMap(([, code = ""]) => code.split("\n"))
  .map((line) => line.replace(/\s#.*$/, "").trim());

/** The words of a `platform` command up to the first that is no name of a command: a stack, an option, `--`. */
function named(command: string): readonly string[] {
  const [first = "", second = ""] = command.split(" ").slice(2);
  return first === "offline" && second !== "--" ? [first, second] : [first];
}

describe("the documentation", function () {
  this.timeout(60_000);

  it("shows the imports as they are: run npm run docs", async () => {
    assert.equal(text("docs/architecture.svg"), await drawing(root));
  });

  const platform = [
    ...new Set(commands.filter((line) => line.startsWith("npx platform ")).map((line) => named(line).join(" "))),
  ];

  it("names every command of platform in the README", async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [join(root, "boot/platform.cjs"), "--help"]);
    const known = [...stdout.matchAll(/^ {2}([a-z]+) .*[[<]/gm)].map(([, name = ""]) => name).sort();
    assert.deepEqual(
      [...new Set(platform.map((one) => one.split(" ")[0] ?? ""))].sort(),
      known.filter((name) => name !== "help"),
    );
  });

  for (const command of platform) {
    it(`platform ${command}, which the README names, is a command`, async () => {
      const run = [join(root, "boot/platform.cjs"), ...command.split(" "), "--help"];
      const { stdout } = await promisify(execFile)(process.execPath, run);
      assert.ok(stdout.startsWith(`Usage: platform ${command} `), stdout);
    });
  }

  it("names only scripts that package.json has", () => {
    const { scripts } = JSON.parse(text("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
    const run = commands.flatMap((line) => /^npm (?:run )?([a-z:]+)/.exec(line)?.[1] ?? []);
    assert.ok(run.includes("start") && run.includes("test"));
    assert.deepEqual(
      run.filter((name) => !(name in scripts)),
      [],
    );
  });

  for (const file of ["README.md", "docs/architecture.md"]) {
    it(`${file} links to files that are there`, () => {
      const links = [...text(file).matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link = ""]) => link);
      assert.ok(links.length > 0);
      assert.deepEqual(
        links.filter((link) => !existsSync(join(root, file, "..", link))),
        [],
      );
    });
  }
});
