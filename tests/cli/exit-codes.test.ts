import assert from "node:assert/strict";
import { EXIT, exitCodeOf } from "../../cli/exit-codes";
import { digest, type Digest } from "../../offline/engine/events";

const nothing = digest([]);
const ended = (code: number, found: Partial<Digest> = {}) =>
  exitCodeOf({ code, interrupted: false, digest: { ...nothing, ...found } });
const STACK = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s";
const VPC = "urn:pulumi:s::p::aws:ec2/vpc:Vpc::v";

describe("exit codes", () => {
  const cases: readonly [what: string, actual: number, expected: number][] = [
    ["0 when the engine succeeded, whatever it warned of", ended(0, { violations: ["x"] }), EXIT.succeeded],
    [
      "5 for a mandatory policy violation, ahead of everything else",
      ended(1, { violations: ["x"], failed: [VPC] }),
      EXIT.policy,
    ],
    ["4 for a resource that failed", ended(1, { failed: [VPC] }), EXIT.resource],
    ["4 for a resource whose inputs were refused", ended(1, { errors: [{ urn: VPC, message: "bad" }] }), EXIT.resource],
    ["1 for an error of the program", ended(1, { errors: [{ urn: STACK, message: "TypeError" }] }), EXIT.failed],
    [
      "2 for a configuration with problems",
      ended(1, {
        errors: [{ urn: STACK, message: "The configuration of stack dev (Pulumi.dev.yaml) has a problem:" }],
      }),
      EXIT.configuration,
    ],
    [
      "7 for changes where none were expected",
      ended(1, { errors: [{ message: "no changes were expected for preview but changes were proposed" }] }),
      EXIT.changesFound,
    ],
    [
      "the engine's own code when it wrote no events",
      exitCodeOf({ code: 255, interrupted: false, digest: undefined }),
      255,
    ],
    [
      "8 when the engine read Ctrl-C from the terminal itself",
      ended(1, { errors: [{ urn: STACK, message: "update canceled" }] }),
      EXIT.cancelled,
    ],
    [
      "8 when the answer to the engine's question was no",
      exitCodeOf({ code: 1, interrupted: false, digest: { ...nothing, complete: true } }, true),
      EXIT.cancelled,
    ],
    [
      "the engine's own code where nobody was asked",
      exitCodeOf({ code: 1, interrupted: false, digest: { ...nothing, complete: true } }, false),
      EXIT.failed,
    ],
    ["8 when somebody stopped it", exitCodeOf({ code: 1, interrupted: true, digest: nothing }), EXIT.cancelled],
  ];
  for (const [what, actual, expected] of cases) {
    it(`is ${what}`, () => {
      assert.equal(actual, expected);
    });
  }
});
