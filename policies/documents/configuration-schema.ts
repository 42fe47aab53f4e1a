import { z } from "zod";
import { LEVELS } from "../enforcement";
import type { Rule } from "../model/rule";

/** JSON schema of a configuration file of the pack, which `--policy-pack-config` takes. */
export function configurationSchema(rules: readonly Rule[]): object {
  const level = { enum: LEVELS, description: "What a violation does." };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Configuration of the policy pack",
    type: "object",
    additionalProperties: false,
    properties: {
      $schema: { type: "string" },
      all: { ...level, description: "What a violation of any rule does that is not named." },
      ...Object.fromEntries(
        rules.map((rule) => {
          const { properties = {} } = z.toJSONSchema(rule.settings ?? z.object({}), { io: "input" });
          const settings = {
            type: "object",
            additionalProperties: false,
            properties: { enforcementLevel: level, ...properties },
          };
          return [rule.id, { description: rule.title, anyOf: [level, settings] }];
        }),
      ),
    },
  };
}
