import assert from "node:assert/strict";
import { ServiceError } from "../../../offline/cloud/errors";

/** Asserts that the service refuses the call with exactly this code, and with words that match. */
export function refused(call: () => unknown, code: string, words: RegExp = /./): void {
  assert.throws(call, (error) => {
    assert.ok(error instanceof ServiceError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  });
}

/** The URN that the engine gives to a resource of a test. */
export function urn(token: string, name: string): string {
  return `urn:pulumi:test::platform::${token}::${name}`;
}
