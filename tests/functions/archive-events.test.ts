import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface Stored {
  readonly key: string;
  readonly body: string;
}

interface Archive {
  archive(event: object, put: (stored: Stored) => Promise<unknown>): Promise<{ objects: number }>;
}

const base64 = (text: string) => Buffer.from(text).toString("base64");

function record(partition: number, offset: number, value: string | null = '{"total":1}') {
  return {
    topic: "orders",
    partition,
    offset,
    timestamp: Date.UTC(2026, 0, 2, 23, 59, 59),
    key: base64(`key-${String(offset)}`),
    ...(value === null ? {} : { value: base64(value) }),
  };
}

describe("function archive-events", () => {
  let code: Archive;
  before(async () => {
    const module = pathToFileURL(join(process.cwd(), "functions", "archive-events", "archive.mjs")).href;
    code = (await import(module)) as Archive;
  });

  async function stored(event: object): Promise<readonly Stored[]> {
    const found: Stored[] = [];
    const result = await code.archive(event, (object) => Promise.resolve(found.push(object)));
    assert.equal(result.objects, found.length);
    return found;
  }

  it("[PF-SVC-03] writes one object for each partition of a batch, one JSON document a line, in the order of the stream", async () => {
    const found = await stored({
      eventSource: "aws:kafka",
      records: { "orders-0": [record(0, 42), record(0, 41)], "orders-1": [record(1, 7)] },
    });
    assert.deepEqual(
      found.map(({ key }) => key),
      [
        "events/topic=orders/date=2026-01-02/0-00000000000000000041.jsonl",
        "events/topic=orders/date=2026-01-02/1-00000000000000000007.jsonl",
      ],
    );
    const lines = (found[0]?.body ?? "").split("\n");
    assert.equal(lines.pop(), "");
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      [41, 42].map((offset) => ({
        topic: "orders",
        partition: 0,
        offset,
        timestamp: "2026-01-02T23:59:59.000Z",
        key: `key-${String(offset)}`,
        value: { total: 1 },
      })),
    );
  });

  it("names an object after its first record, so that a batch that comes again replaces it", async () => {
    const event = { records: { "orders-0": [record(0, 5), record(0, 6)] } };
    assert.deepEqual(await stored(event), await stored(event));
  });

  it("keeps text that is no JSON as it is, and a deletion as null", async () => {
    const [object] = await stored({ records: { "orders-0": [record(0, 1, "hello"), record(0, 2, null)] } });
    const values = (object?.body ?? "")
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { value: unknown }).value);
    assert.deepEqual(values, ["hello", null]);
  });

  it("writes nothing for an empty batch", async () => {
    assert.deepEqual(await stored({ records: { "orders-0": [] } }), []);
    assert.deepEqual(await stored({}), []);
  });

  it("fails as a whole, naming what was not written, so that the batch comes again", async () => {
    const event = { records: { "orders-0": [record(0, 1)], "orders-1": [record(1, 2)] } };
    const put = ({ key }: Stored) => (key.includes("/1-") ? Promise.reject(new Error("SlowDown")) : Promise.resolve());
    await assert.rejects(
      code.archive(event, put),
      /1 of 2 objects not written: events\/topic=orders\/date=2026-01-02\/1-00000000000000000002\.jsonl: SlowDown$/,
    );
  });
});
