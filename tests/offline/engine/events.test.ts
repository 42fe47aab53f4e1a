import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digest, readEvents, type EngineEvent } from "../../../offline/engine/events";

const STACK = { op: "create", urn: "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s", type: "pulumi:pulumi:Stack" };
const VPC = { op: "create", urn: "urn:pulumi:s::p::aws:ec2/vpc:Vpc::v", type: "aws:ec2/vpc:Vpc" };
const SECRET = "4dabf18193072939515e22adb298388d";

const events = (...some: Omit<EngineEvent, "timestamp">[]): EngineEvent[] =>
  some.map((one) => ({ timestamp: 1, ...one }));
const summary = (resourceChanges: Record<string, number>) => ({
  summaryEvent: { durationSeconds: 3, resourceChanges },
});

describe("the digest of the engine's events", () => {
  it("counts what changed, the stack itself left out", () => {
    const { changes, resources, complete, seconds } = digest(
      events(
        { resourcePreEvent: { metadata: STACK } },
        { resourcePreEvent: { metadata: VPC } },
        summary({ create: 2 }),
      ),
    );
    assert.deepEqual(changes, { create: 1, update: 0, delete: 0, replace: 0, same: 0 });
    assert.deepEqual([resources, complete, seconds], [1, true, 3]);
  });

  it("leaves the stack itself out of a refresh too", () => {
    const { changes } = digest(
      events(
        { resourcePreEvent: { metadata: { ...STACK, op: "refresh" } } },
        { resourcePreEvent: { metadata: { ...VPC, op: "refresh" } } },
        summary({ same: 2 }),
      ),
    );
    assert.equal(changes.same, 1);
  });

  it("gives messages without the engine's marks for colours", () => {
    const { errors } = digest(
      events({
        diagnosticEvent: { severity: "error", message: "<{%reset%}>preview <{%fg 1%}>canceled<{%reset%}>\n" },
      }),
    );
    assert.deepEqual(errors, [{ message: "preview canceled" }]);
  });

  it("counts a replacement once, and what is deleted not as a resource", () => {
    const { changes, resources } = digest(
      events(
        ...["create-replacement", "replace", "delete-replaced"].map((op) => ({
          resourcePreEvent: { metadata: { ...VPC, op } },
        })),
        { resourcePreEvent: { metadata: { ...VPC, urn: "urn:pulumi:s::p::t::gone", op: "delete" } } },
        summary({ replace: 1, delete: 1 }),
      ),
    );
    assert.deepEqual([changes.replace, changes.delete, resources], [1, 1, 1]);
  });

  it("masks secrets in outputs, nested ones too", () => {
    const secret = { [SECRET]: "1b47061264138c4ac30d75fd1eb44270", ciphertext: "abc", plaintext: "hush" };
    const { outputs } = digest(
      events({
        resOutputsEvent: { metadata: { ...STACK, new: { outputs: { a: secret, b: [secret, 1], c: { d: secret } } } } },
      }),
    );
    assert.deepEqual(outputs, { a: "[secret]", b: ["[secret]", 1], c: { d: "[secret]" } });
  });

  it("names what a preview cannot know", () => {
    const outputs = { a: "04da6b54-80e4-46f7-96ec-b56ff0331ba9", b: ["04da6b54-80e4-46f7-96ec-b56ff0331ba9"] };
    assert.deepEqual(digest(events({ resOutputsEvent: { metadata: { ...STACK, new: { outputs } } } })).outputs, {
      a: "[unknown]",
      b: ["[unknown]"],
    });
  });

  it("collects errors, failed resources and mandatory violations, and no warnings or advice", () => {
    const found = digest(
      events(
        { diagnosticEvent: { severity: "error", message: "bad\n", urn: VPC.urn } },
        { diagnosticEvent: { severity: "warning", message: "hm" } },
        { resOpFailedEvent: { metadata: VPC } },
        { policyEvent: { policyName: "no-public", message: "open\n", enforcementLevel: "mandatory" } },
        { policyEvent: { policyName: "tags", message: "none", enforcementLevel: "advisory" } },
      ),
    );
    assert.deepEqual(found.errors, [{ urn: VPC.urn, message: "bad" }]);
    assert.deepEqual(found.failed, [VPC.urn]);
    assert.deepEqual(found.violations, ["no-public: open"]);
    assert.equal(found.complete, false);
  });

  it("reads a log whose writer was killed in the middle of a line", () => {
    const folder = mkdtempSync(join(tmpdir(), "platform-events-"));
    try {
      const file = join(folder, "log");
      writeFileSync(file, `${JSON.stringify({ timestamp: 1, ...summary({ same: 4 }) })}\n{"timestamp":2,"summ`);
      assert.equal(digest(readEvents(file)).changes.same, 4);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
