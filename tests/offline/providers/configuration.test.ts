import assert from "node:assert/strict";
import { Unknown } from "../../../offline/cloud/value";
import { parseConfiguration } from "../../../offline/providers/configuration";
import type { ObjectSchema, PropertySchema } from "../../../offline/schema/schema";

const property = (schema: PropertySchema) => ({ schema, required: false });

describe("offline/providers/configuration", () => {
  it("parses what the SDK sent as JSON, leaves strings alone, and drops what belongs to the engine", () => {
    assert.deepEqual(
      parseConfiguration(
        {
          version: "7.48.0",
          pluginDownloadURL: "url",
          region: "us-west-2",
          defaultTags: '{"tags":{"owner":"team"}}',
          skipRegionValidation: "true",
          allowedAccountIds: '["123456789012"]',
          accessKey: "123",
          kubeconfig: '{"apiVersion":"v1"}',
          broken: "{not json}",
          later: Unknown.value,
        },
        undefined,
      ),
      {
        region: "us-west-2",
        defaultTags: { tags: { owner: "team" } },
        skipRegionValidation: true,
        allowedAccountIds: ["123456789012"],
        accessKey: "123",
        kubeconfig: '{"apiVersion":"v1"}',
        broken: "{not json}",
        later: Unknown.value,
      },
    );
  });

  it("follows the typings where they are known", () => {
    const schema: ObjectSchema = {
      name: "ProviderArgs",
      properties: { token: property({ kind: "string" }), maxRetries: property({ kind: "number" }) },
    };
    assert.deepEqual(parseConfiguration({ token: "true", maxRetries: "5" }, schema), { token: "true", maxRetries: 5 });
  });
});
