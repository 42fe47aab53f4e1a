import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { ConfigurationSource } from "../../config/load";
import { secretsOf } from "../../config/secrets";

export const root = join(__dirname, "..", "..");

/** The configuration of a committed stack file as the engine hands it over, with a value for every secret it is given. */
export function committed(stack: string): ConfigurationSource {
  const { config } = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  const secrets = secretsOf(String(config["platform:blueprint"]));
  const values = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
  if (secrets.length === 0) return { stack, values, secretKeys: [] };
  const given = Object.fromEntries(secrets.map(({ path, placeholder }) => [path.split(".")[1] ?? "", placeholder]));
  return { stack, values: { ...values, "platform:secrets": JSON.stringify(given) }, secretKeys: ["platform:secrets"] };
}

/** The same with some groups of settings set. */
export function withSettings(source: ConfigurationSource, settings: Record<string, unknown>): ConfigurationSource {
  const changed = Object.entries(settings).map(([key, value]) => [
    `platform:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return { ...source, values: { ...source.values, ...(Object.fromEntries(changed) as Record<string, string>) } };
}
