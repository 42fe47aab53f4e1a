import { blueprints, type BlueprintId } from "../../config/blueprints";
import { settingsSchema, type SettingSchema } from "../../config/json-schema";

export type Setting = SettingSchema & { readonly minItems?: number; readonly minLength?: number };

/** The settings of a blueprint that hold a value, by path. */
export function settings(id: BlueprintId): ReadonlyMap<string, Setting> {
  const leaves = (at: string, setting: Setting): readonly [string, Setting][] =>
    setting.properties === undefined
      ? [[at, setting]]
      : Object.entries(setting.properties).flatMap(([name, inner]) =>
          leaves(at === "" ? name : `${at}.${name}`, inner),
        );
  return new Map(leaves("", settingsSchema(blueprints[id])));
}

/** What may be set, by path: least and greatest of whole numbers, the choices there are, the fewest items of lists. */
export function limits(known: ReadonlyMap<string, Setting>) {
  const found = <Value>(read: (setting: Setting) => Value | undefined) =>
    Object.fromEntries(
      [...known].flatMap(([path, setting]) => {
        const value = read(setting);
        return value === undefined ? [] : [[path, value] as const];
      }),
    );
  const numeric = ({ minimum, maximum, anyOf = [] }: Setting): readonly [unknown, unknown] | undefined =>
    anyOf.map(numeric).find((inner) => inner !== undefined) ?? (minimum === undefined ? undefined : [minimum, maximum]);
  return {
    bounds: found(numeric),
    choices: found((setting) => (setting.enum === undefined ? undefined : [...setting.enum].sort(inOrder))),
    fewest: found(({ minItems }) => minItems),
  };
}

function inOrder(a: unknown, b: unknown): number {
  return typeof a === "number" && typeof b === "number" ? a - b : String(a) < String(b) ? -1 : 1;
}
