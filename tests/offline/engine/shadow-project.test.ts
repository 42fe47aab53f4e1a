import assert from "node:assert/strict";
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { shadowProject, stackNames } from "../../../offline/engine/shadow-project";

const REAL = `# a comment stays where it is
secretsprovider: awskms://alias/state?region=us-east-1
encryptedkey: AQICAHh
encryptionsalt: v1:abc
config:
  platform:blueprint: system
  platform:secrets:
    token:
      secure: v1:ciphertext
  platform:list:
    - 1
`;

describe("the shadow project", () => {
  let root: string;
  let folder: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "platform-shadow-"));
    folder = join(root, ".platform/offline/project");
    writeFileSync(join(root, "Pulumi.yaml"), "name: platform\nruntime: nodejs\nbackend:\n  url: s3://real\n");
    writeFileSync(join(root, "Pulumi.prod.yaml"), REAL);
    writeFileSync(join(root, "Pulumi.empty.yaml"), "");
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const shadow = () =>
    shadowProject({
      root,
      folder,
      placeholders: (config): Record<string, string> =>
        config["platform:blueprint"] === "system"
          ? { "platform:secrets.token": "offline-token", "platform:secrets.other": "offline-other" }
          : {},
    });
  const read = (file: string) => parse(readFileSync(join(folder, file), "utf8")) as Record<string, unknown>;

  it("names the stacks that have a file", () => {
    assert.deepEqual(stackNames(root), ["empty", "prod"]);
    assert.deepEqual(shadow().stacks, ["empty", "prod"]);
  });

  it("points back at the program and has no backend of its own", () => {
    shadow();
    assert.deepEqual(read("Pulumi.yaml"), { name: "platform", runtime: "nodejs", main: "../../.." });
  });

  it("replaces encrypted values by placeholders, fills in declared ones, and drops the real secrets provider", () => {
    shadow();
    assert.deepEqual(read("Pulumi.prod.yaml"), {
      config: {
        "platform:blueprint": "system",
        "platform:secrets": { token: "offline-token", other: "offline-other" },
        "platform:list": [1],
      },
    });
  });

  it("gives an encrypted value that nobody declared a placeholder too: the real key is not asked for", () => {
    writeFileSync(join(root, "Pulumi.prod.yaml"), "config:\n  platform:x:\n    secure: v1:abc\n");
    shadow();
    assert.deepEqual(read("Pulumi.prod.yaml"), { config: { "platform:x": "offline-placeholder" } });
  });

  it("keeps the salt that the engine wrote into the shadow, and takes over changes of the real file", () => {
    shadow();
    writeFileSync(
      join(folder, "Pulumi.prod.yaml"),
      "encryptionsalt: v1:own\nconfig:\n  platform:added: by a command\n",
    );
    writeFileSync(join(root, "Pulumi.prod.yaml"), "config:\n  platform:blueprint: other\n");
    shadow();
    assert.deepEqual(read("Pulumi.prod.yaml"), { config: { "platform:blueprint": "other" }, encryptionsalt: "v1:own" });
  });

  it("takes an empty stack file", () => {
    shadow();
    assert.deepEqual(read("Pulumi.empty.yaml"), { config: {} });
  });

  it("leaves the project's own files as they are", () => {
    shadow();
    assert.equal(readFileSync(join(root, "Pulumi.prod.yaml"), "utf8"), REAL);
  });

  it("runs another revision's program from where it is", () => {
    const program = join(root, "elsewhere/program");
    mkdirSync(program, { recursive: true });
    shadowProject({ root, program, folder, placeholders: () => ({}) });
    assert.equal(read("Pulumi.yaml")["main"], "../../../elsewhere/program");
  });
});
