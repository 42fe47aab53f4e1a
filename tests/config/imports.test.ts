import assert from "node:assert/strict";
import { loadedWith } from "../support/loaded-with";

describe("configuration", () => {
  it("is checked before any SDK is loaded: of components it needs contracts, planning and plans alone", async () => {
    const { files, packages } = await loadedWith("config/blueprints.ts");
    assert.ok(files.includes("config/schema/portfolio-azure.ts"));
    assert.ok(files.some((file) => file.startsWith("components/planning/")));
    assert.deepEqual(
      files.filter((file) => !/^(config\/|components\/(contracts|planning)\/)|\.plan\.ts$/.test(file)),
      [],
    );
    assert.deepEqual(packages, ["ipaddr.js", "node:crypto", "zod"]);
  });
});
