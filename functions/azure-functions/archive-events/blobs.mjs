/** https://learn.microsoft.com/rest/api/storageservices/versioning-for-the-azure-storage-services */
const version = "2024-11-04";

/** Tokens that end within five minutes are fetched anew. */
const margin = 300;

/**
 * Writes blobs of a container by the managed identity of the host.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
export function blobWriter(
  { account, container, endpoint, header, clientId },
  fetchUrl = globalThis.fetch,
  now = Date.now,
) {
  let token;
  const authorization = async () => {
    if (token === undefined || token.ends - margin < now() / 1000) {
      const query = new globalThis.URLSearchParams({
        resource: "https://storage.azure.com/",
        "api-version": "2019-08-01",
        client_id: clientId,
      });
      const answer = await fetchUrl(`${endpoint}?${query}`, { headers: { "X-IDENTITY-HEADER": header } });
      if (!answer.ok) throw new Error(`no token of the managed identity: ${answer.status}`);
      const { access_token: value, expires_on: ends } = await answer.json();
      token = { value, ends: Number(ends) };
    }
    return `Bearer ${token.value}`;
  };
  return async ({ key, body }) => {
    const answer = await fetchUrl(`https://${account}.blob.core.windows.net/${container}/${key}`, {
      method: "PUT",
      headers: {
        authorization: await authorization(),
        "x-ms-version": version,
        "x-ms-blob-type": "BlockBlob",
        "content-type": "application/x-ndjson",
      },
      body,
    });
    if (!answer.ok) throw new Error(`storage answered ${answer.status}`);
  };
}
