import type { ObjectSchema } from "../schema/schema";
import type { MutableProperties, Properties, Value } from "../cloud/value";

/** What the engine keeps in a provider's inputs for itself. */
const ENGINE_PROPERTIES = new Set(["version", "pluginDownloadURL", "pluginChecksums", "__internal"]);

/** A provider's configuration as its typings have it: whatever is not a string, the SDK's Provider class sends as JSON in a string. */
export function parseConfiguration(inputs: Properties, schema: ObjectSchema | undefined): Properties {
  const config: MutableProperties = {};
  for (const [property, value] of Object.entries(inputs)) {
    if (ENGINE_PROPERTIES.has(property)) continue;
    config[property] =
      typeof value === "string" ? parsed(property, value, schema?.properties[property]?.schema.kind) : value;
  }
  return config;
}

function parsed(property: string, text: string, accepts: string | undefined): Value {
  // A kubeconfig may be JSON and is a string all the same.
  if (accepts === "string" || accepts === "enum" || property === "kubeconfig") return text;
  if (accepts === "number" && text.trim() !== "" && Number.isFinite(Number(text))) return Number(text);
  if (!/^(?:[[{].*[\]}]|true|false)$/s.test(text)) return text;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return text;
  }
}
