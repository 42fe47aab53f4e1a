import { blueprints } from "./blueprints";
import { capabilitiesDocument } from "./capability-docs";
import { configurationDocument } from "./docs";
import { stackFileSchema } from "./json-schema";

/** What is generated from the schemas of configuration and the capability matrix, by path in the repository. */
export function configurationFiles(): ReadonlyMap<string, string> {
  const files = new Map([
    ["docs/capabilities.md", capabilitiesDocument()],
    ["docs/configuration.md", configurationDocument(blueprints)],
  ]);
  for (const [id, schema] of Object.entries(blueprints)) {
    files.set(`docs/schema/${id}.schema.json`, `${JSON.stringify(stackFileSchema(id, schema), undefined, 2)}\n`);
  }
  return files;
}
