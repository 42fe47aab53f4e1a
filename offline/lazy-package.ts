import type { CloudPackage } from "./cloud/package";

/** A package whose rules are loaded when they are first asked for: a stack that does not use it pays nothing for it. */
export function lazyPackage(name: string, load: () => CloudPackage): CloudPackage {
  let loaded: CloudPackage | undefined;
  return new Proxy({} as CloudPackage, {
    get: (_, property): unknown => {
      if (property === "name") return name;
      loaded ??= load();
      return Reflect.get(loaded, property);
    },
  });
}
