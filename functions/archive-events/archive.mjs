/**
 * One object for each partition of a batch, one JSON document a line. An object is named after its first record: a batch that is
 * delivered again replaces what it wrote before.
 */
export function objectsOf(event) {
  return Object.values(event.records ?? {})
    .filter((records) => records.length > 0)
    .map((records) => {
      const ordered = [...records].sort((a, b) => a.offset - b.offset);
      return { key: keyOf(ordered[0]), body: ordered.map((record) => `${JSON.stringify(lineOf(record))}\n`).join("") };
    });
}

/** Writes a batch; it is delivered again, whole, unless all of it was written. */
export async function archive(event, put) {
  const objects = objectsOf(event);
  const results = await Promise.allSettled(objects.map((object) => put(object)));
  const failed = results.flatMap((result, index) =>
    result.status === "rejected" ? [`${objects[index].key}: ${result.reason?.message ?? result.reason}`] : [],
  );
  if (failed.length > 0)
    throw new Error(`${failed.length} of ${objects.length} objects not written: ${failed.join("; ")}`);
  return { objects: objects.length };
}

function keyOf({ topic, partition, offset, timestamp }) {
  const date = new Date(timestamp).toISOString().slice(0, 10);
  // Twenty digits hold every offset, so that names sort as offsets do.
  return `events/topic=${topic}/date=${date}/${partition}-${String(offset).padStart(20, "0")}.jsonl`;
}

function lineOf({ topic, partition, offset, timestamp, key, value }) {
  return {
    topic,
    partition,
    offset,
    timestamp: new Date(timestamp).toISOString(),
    key: text(key),
    value: content(value),
  };
}

/** Keys and values come in base64; a record without a value is a deletion. */
function text(encoded) {
  return encoded === undefined || encoded === null ? null : Buffer.from(encoded, "base64").toString("utf8");
}

function content(encoded) {
  const decoded = text(encoded);
  if (decoded === null) return null;
  try {
    return JSON.parse(decoded);
  } catch {
    return decoded;
  }
}
