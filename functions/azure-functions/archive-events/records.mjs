/**
 * The event that `archive` takes, out of what the Kafka trigger hands over: a list of records, each an object or its JSON, with keys
 * and values as text. https://learn.microsoft.com/azure/azure-functions/functions-bindings-kafka-trigger#usage
 */
export function eventOf(delivered) {
  const records = {};
  for (const raw of Array.isArray(delivered) ? delivered : [delivered]) {
    const { Topic: topic, Partition: partition, Offset: offset, Timestamp, Key, Value } = parsed(raw);
    (records[`${topic}-${partition}`] ??= []).push({
      topic,
      partition,
      offset,
      timestamp: Date.parse(Timestamp),
      key: encoded(Key),
      value: encoded(Value),
    });
  }
  return { records };
}

function parsed(raw) {
  return typeof raw === "string" ? JSON.parse(raw) : raw;
}

function encoded(content) {
  if (content === undefined || content === null) return null;
  return Buffer.from(typeof content === "string" ? content : JSON.stringify(content), "utf8").toString("base64");
}
