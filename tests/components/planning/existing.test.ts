import assert from "node:assert/strict";
import { existing } from "../../../components/planning/existing";

describe("look-ups of what exists already", () => {
  it("give what is found", async () => {
    assert.equal(await existing(Promise.resolve("zone"), 'zone "shop"', "correct dns.zoneId"), "zone");
  });

  it("say what was asked for, why it was not found, and what to do", async () => {
    const refused = new Error("404");
    await assert.rejects(existing(Promise.reject(refused), 'zone "shop"', "correct dns.zoneId"), {
      message: 'zone "shop" cannot be looked up (404): correct dns.zoneId',
      cause: refused,
    });
  });
});
