/** Tokens of the service's own account. https://docs.cloud.google.com/run/docs/container-contract#metadata-server */
const tokenUrl = "http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token";

/** A token is taken anew so long before its end. */
const spareMilliseconds = 60_000;

/**
 * What writes objects to a bucket of Cloud Storage, in one request each, over those of the same name.
 * https://docs.cloud.google.com/storage/docs/json_api/v1/objects/insert
 */
export function writer(bucket, request = globalThis.fetch, now = Date.now) {
  let token = { value: "", ends: 0 };
  const current = async () => {
    if (now() < token.ends - spareMilliseconds) return token.value;
    const answer = await request(tokenUrl, { headers: { "Metadata-Flavor": "Google" } });
    if (!answer.ok) throw new Error(`no token: ${answer.status}`);
    const { access_token: value, expires_in: seconds } = await answer.json();
    token = { value, ends: now() + seconds * 1000 };
    return value;
  };
  return async ({ key, body }) => {
    const url = `https://storage.googleapis.com/upload/storage/v1/b/${bucket}/o?uploadType=media&name=${encodeURIComponent(key)}`;
    const answer = await request(url, {
      method: "POST",
      headers: { Authorization: `Bearer ${await current()}`, "Content-Type": "application/x-ndjson" },
      body,
    });
    if (!answer.ok) throw new Error(`Cloud Storage answered ${answer.status}: ${await answer.text()}`);
  };
}
