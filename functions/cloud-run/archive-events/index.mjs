import { archive } from "./archive.mjs";
import { writer } from "./bucket.mjs";

const put = writer(process.env.BUCKET);

/**
 * Archives batches of the event stream in the lake. A caller sends `{"records": {"<topic>-<partition>": [...]}}` and goes on in the
 * stream after 200; after anything else it sends the same batch again.
 */
export async function handler(request, response) {
  if (request.method !== "POST" || typeof request.body?.records !== "object" || request.body.records === null) {
    response.status(400).json({ error: "send a batch by POST, as JSON with records" });
    return;
  }
  try {
    response.status(200).json(await archive(request.body, put));
  } catch (error) {
    console.error(JSON.stringify({ severity: "ERROR", message: error.message }));
    response.status(500).json({ error: error.message });
  }
}
