import type { Unwrap } from "@pulumi/pulumi";
import { Asset, isList, propertyPath, Unknown, type Properties, type Value } from "../../offline/cloud/value";

/**
 * What rules see of a class's arguments: plain values, any of which may be missing, whatever the class demands: a state may come
 * from an older version of the provider. A `null` reads as missing.
 */
export type View<T> = T extends string | number | boolean | null | undefined
  ? Exclude<T, null>
  : T extends readonly (infer Item)[]
    ? readonly View<Item>[]
    : T extends object
      ? { readonly [Key in keyof T]?: View<T[Key]> }
      : unknown;

/** The view of the arguments of a class. */
export type ViewOf<Args> = View<Unwrap<Args>>;

/** Thrown when a rule reads a value that is not known yet, or follows a reference that leads out of the stack. */
export class Undecided extends Error {
  override readonly name = "Undecided";
  constructor(
    /** Path of the value; empty where it is no single one. */
    readonly path: string,
    readonly reason: string,
  ) {
    super(reason);
  }
}

export const NOT_KNOWN_YET = "is not known before the update";

/** Ends a check without a verdict: what it needs cannot be seen from here. */
export function undecided(path: string, reason: string): never {
  throw new Undecided(path, reason);
}

/** A view of a property bag. Reading what is unknown throws {@link Undecided}, with its path. */
export function viewOf<T>(properties: Properties, path = ""): View<T> {
  return look(properties, path) as View<T>;
}

function look(value: Value | undefined, path: string): unknown {
  if (value instanceof Unknown) undecided(path, NOT_KNOWN_YET);
  if (value === null) return undefined;
  if (typeof value !== "object" || value instanceof Asset) return value;
  // What is null in a list is no element of it.
  const readable = isList(value) && value.includes(null) ? value.filter((item) => item !== null) : value;
  return new Proxy(readable, {
    get: (target, key) => {
      if (typeof key === "symbol") return Reflect.get(target, key) as unknown;
      if (isList(target)) {
        if (!/^\d+$/.test(key)) return Reflect.get(target, key) as unknown;
        return look(target[Number(key)], `${path}[${key}]`);
      }
      // What every object has is no property of a resource.
      if (!Object.hasOwn(target, key)) return undefined;
      return look(target[key], propertyPath(path, key));
    },
  });
}
