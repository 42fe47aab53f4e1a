import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface Records {
  readonly eventOf: (delivered: unknown) => {
    readonly records: Readonly<Record<string, readonly { readonly value: string | null }[]>>;
  };
}

interface Blobs {
  readonly blobWriter: (
    place: Readonly<Record<"account" | "container" | "endpoint" | "header" | "clientId", string>>,
    fetchUrl: (url: string, init?: RequestInit) => Promise<Response>,
    now?: () => number,
  ) => (object: { readonly key: string; readonly body: string }) => Promise<void>;
}

async function codeOf(file: string): Promise<unknown> {
  return import(pathToFileURL(join(process.cwd(), "functions", "azure-functions", "archive-events", file)).href);
}

describe("the function of Azure that archives events", () => {
  let eventOf: Records["eventOf"];
  let blobWriter: Blobs["blobWriter"];
  before(async () => {
    ({ eventOf } = (await codeOf("records.mjs")) as Records);
    ({ blobWriter } = (await codeOf("blobs.mjs")) as Blobs);
  });

  const record = {
    Topic: "orders",
    Partition: 1,
    Offset: 7,
    Timestamp: "2026-01-02T03:04:05Z",
    Key: "k",
    Value: '{"a":1}',
  };

  it("takes records as objects or as text, by partition", () => {
    const base64 = (content: string) => Buffer.from(content).toString("base64");
    const expected = {
      topic: "orders",
      partition: 1,
      offset: 7,
      timestamp: Date.UTC(2026, 0, 2, 3, 4, 5),
      key: base64("k"),
      value: base64('{"a":1}'),
    };
    assert.deepEqual(eventOf([record, JSON.stringify({ ...record, Partition: 2, Key: null })]), {
      records: { "orders-1": [expected], "orders-2": [{ ...expected, partition: 2, key: null }] },
    });
    assert.deepEqual(eventOf({ ...record, Value: { a: 1 } }).records["orders-1"]?.[0]?.value, base64('{"a":1}'));
  });

  it("writes by the identity of the host, whose token it takes anew before it ends", async () => {
    const calls: [string, RequestInit | undefined][] = [];
    let time = 1_000_000;
    const put = blobWriter(
      { account: "lake", container: "events", endpoint: "http://identity/token", header: "h", clientId: "c" },
      (url: string, init?: RequestInit) => {
        calls.push([url, init]);
        const token = { access_token: `t${String(calls.length)}`, expires_on: String(time / 1000 + 600) };
        return Promise.resolve(new Response(url.startsWith("http:") ? JSON.stringify(token) : "", { status: 201 }));
      },
      () => time,
    );
    await put({ key: "events/a.jsonl", body: "{}\n" });
    await put({ key: "events/b.jsonl", body: "{}\n" });
    time += 400_000;
    await put({ key: "events/c.jsonl", body: "{}\n" });
    const tokens =
      "http://identity/token?resource=https%3A%2F%2Fstorage.azure.com%2F&api-version=2019-08-01&client_id=c";
    const blob = (key: string) => `https://lake.blob.core.windows.net/events/events/${key}.jsonl`;
    assert.deepEqual(
      calls.map(([url]) => url),
      [tokens, blob("a"), blob("b"), tokens, blob("c")],
    );
    const headers = new Headers(calls[4]?.[1]?.headers);
    assert.equal(headers.get("authorization"), "Bearer t4");
    assert.equal(headers.get("x-ms-blob-type"), "BlockBlob");
  });

  it("fails where storage refuses, so that the batch comes again", async () => {
    const put = blobWriter(
      { account: "lake", container: "events", endpoint: "http://identity/token", header: "h", clientId: "c" },
      (url: string) =>
        Promise.resolve(
          url.startsWith("http:")
            ? Response.json({ access_token: "t", expires_on: "9999999999" })
            : new Response("", { status: 403 }),
        ),
    );
    await assert.rejects(put({ key: "a", body: "" }), /storage answered 403/);
  });
});
