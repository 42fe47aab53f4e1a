import { z } from "zod";

/** The parts of a JSON schema that the documentation and the suggestions read. */
export interface SettingSchema {
  readonly type?: string;
  readonly description?: string;
  readonly unit?: string;
  readonly requirement?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly SettingSchema[];
  readonly items?: SettingSchema;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SettingSchema>>;
  readonly additionalProperties?: boolean | SettingSchema;
  readonly propertyNames?: SettingSchema;
  readonly required?: readonly string[];
}

/** The settings of a blueprint as a JSON schema: what may be written, before defaults fill the rest. */
export function settingsSchema(schema: z.ZodObject): SettingSchema {
  return z.toJSONSchema(schema, { io: "input", target: "draft-7" }) as SettingSchema;
}

/** The names of the settings at a path; none where any name may stand. */
export function keysAt(schema: z.ZodObject, path: readonly PropertyKey[]): readonly string[] {
  let at: SettingSchema | undefined = settingsSchema(schema);
  for (const step of path) at = typeof step === "number" ? at?.items : at?.properties?.[String(step)];
  return Object.keys(at?.properties ?? {});
}

/** The JSON schema of a whole stack file, for editors: `# yaml-language-server: $schema=docs/schema/<blueprint>.schema.json`. */
export function stackFileSchema(blueprint: string, schema: z.ZodObject): object {
  const { properties = {}, required = [] } = settingsSchema(schema);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: `Configuration of a stack that runs ${blueprint}`,
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(
          Object.entries(properties).map(([key, setting]) => [
            `platform:${key}`,
            key === "secrets" ? encrypted(setting) : setting,
          ]),
        ),
        required: required.filter((key) => key !== "secrets").map((key) => `platform:${key}`),
        patternProperties: { "^pulumi:": {} },
        additionalProperties: false,
      },
      // What the engine keeps beside the configuration.
      secretsprovider: { type: "string" },
      encryptedkey: { type: "string" },
      encryptionsalt: { type: "string" },
      environment: {},
    },
    required: ["config"],
    additionalProperties: false,
  };
}

/** In the file a secret is a mapping with its cipher text. */
function encrypted(group: SettingSchema): object {
  const secure = (setting: SettingSchema) => ({
    description: setting.description,
    type: "object",
    properties: { secure: { type: "string" } },
    required: ["secure"],
    additionalProperties: false,
  });
  return {
    description: group.description,
    type: "object",
    properties: Object.fromEntries(
      Object.entries(group.properties ?? {}).map(([name, setting]) => [name, secure(setting)]),
    ),
    additionalProperties: false,
  };
}
