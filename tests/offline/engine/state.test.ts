import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isWhole, restoreState } from "../../../offline/engine/state";

const checkpoint = (serial: string) => JSON.stringify({ version: 3, checkpoint: { serial } });

describe("a state in a local folder", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "platform-state-"));
    mkdirSync(join(folder, ".pulumi/stacks/platform"), { recursive: true });
    mkdirSync(join(folder, ".pulumi/backups/platform/small"), { recursive: true });
    file = join(folder, ".pulumi/stacks/platform/small.json");
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const whole = () => isWhole(folder, "platform", "small");
  const restore = () => restoreState(folder, "platform", "small");

  it("is whole when the engine can read it and what is noted of it, which need not be there", () => {
    assert.equal(whole(), false);
    writeFileSync(file, checkpoint("1"));
    assert.equal(whole(), true);
    writeFileSync(`${file}.attrs`, "{}");
    assert.equal(whole(), true);
    for (const torn of ["", '{"md5":"cOXv']) {
      writeFileSync(`${file}.attrs`, torn);
      assert.equal(whole(), false, torn);
    }
    rmSync(`${file}.attrs`);
    for (const torn of ["", checkpoint("1").slice(0, 20)]) {
      writeFileSync(file, torn);
      assert.equal(whole(), false, torn);
    }
  });

  it("keeps what it says where only the note was torn", () => {
    writeFileSync(file, checkpoint("2"));
    writeFileSync(`${file}.bak`, checkpoint("1"));
    writeFileSync(`${file}.attrs`, "");
    assert.equal(restore(), file);
    assert.equal(readFileSync(file, "utf8"), checkpoint("2"));
    assert.equal(existsSync(`${file}.attrs`), false);
    assert.equal(whole(), true);
  });

  it("is that of the step before where it was torn, else that of the newest update, else none", () => {
    const backups = join(folder, ".pulumi/backups/platform/small");
    writeFileSync(file, "{");
    assert.equal(restore(), undefined);
    for (const serial of ["1", "2"]) writeFileSync(join(backups, `small.170000000${serial}.json`), checkpoint(serial));
    assert.equal(restore(), join(backups, "small.1700000002.json"));
    assert.equal(readFileSync(file, "utf8"), checkpoint("2"));
    writeFileSync(file, "{");
    writeFileSync(`${file}.bak`, checkpoint("3"));
    assert.equal(restore(), `${file}.bak`);
    assert.equal(readFileSync(file, "utf8"), checkpoint("3"));
  });
});
