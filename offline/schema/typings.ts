import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Where a class of an SDK stands: its typings and its code. */
export interface ClassFile {
  readonly typings: string;
  readonly code: string;
}

/** The package of a token: `aws` of `aws:ec2/vpc:Vpc` and of `pulumi:providers:aws`. */
export function packageOf(token: string): string {
  const [first = "", module, name = ""] = token.split(":");
  return first === "pulumi" && module === "providers" ? name : first;
}

/**
 * The file of a resource class. The module names the folder: a group `rbac.authorization.k8s.io/v1` stands in `rbac/v1`, a bridged
 * module `ec2/vpc` names the file too. The generators disagree with each other about capitals (`csidriver`, `mltransform`) and
 * write `index_` for `index`, so the folder is searched without regard to either. Undefined: the SDK has no such class.
 */
export function findClass(
  folder: string,
  token: string,
  listing: (folder: string) => ReadonlyMap<string, string>,
): ClassFile | undefined {
  const [first, module = "", className = ""] = token.split(":");
  if (first === "pulumi" && module === "providers") return classFile(folder, "provider");
  const parts = module.split("/");
  if (parts.length > 1 && parts[parts.length - 1]?.toLowerCase() === className.toLowerCase()) parts.pop();
  if (parts[0] === "index") parts.shift();
  const group = parts.shift()?.split(".")[0];
  if (group !== undefined) parts.unshift(group);
  const inside = join(folder, ...parts);
  const names = listing(inside);
  const file = names.get(`${className.toLowerCase()}_`) ?? names.get(className.toLowerCase());
  return file === undefined ? undefined : classFile(inside, file);
}

function classFile(folder: string, name: string): ClassFile | undefined {
  const found = { typings: join(folder, `${name}.d.ts`), code: join(folder, `${name}.js`) };
  return existsSync(found.typings) && existsSync(found.code) ? found : undefined;
}

/** Names of the typings files in a folder, without extension, by their name in small letters. */
export function typingsIn(folder: string): ReadonlyMap<string, string> {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".d.ts"));
    return new Map(names.map((name) => [name.slice(0, -5).toLowerCase(), name.slice(0, -5)]));
  } catch {
    return new Map();
  }
}

/** Where each interface stands in a file of nested types: byte offsets of its declaration and of the end of its closing brace. */
export type InterfaceIndex = Readonly<Record<string, readonly [start: number, end: number]>>;

/** Reads the whole file once. Decoded byte by byte, so that offsets in the text are offsets in the file. */
export function indexInterfaces(file: string): InterfaceIndex {
  const text = readFileSync(file, "latin1");
  const index: Record<string, [number, number]> = {};
  const namespaces: string[] = [];
  for (const head of text.matchAll(/^( *)(?:export )?(?:declare )?(namespace|interface) ([\w$]+)[^{\n]*\{/gm)) {
    const [, indent = "", keyword, name = ""] = head;
    namespaces.length = indent.length / 4;
    if (keyword === "namespace") {
      namespaces.push(name);
      continue;
    }
    const end = text.startsWith("}", head.index + head[0].length)
      ? head.index + head[0].length
      : text.indexOf(`\n${indent}}`, head.index) + indent.length + 1;
    index[[...namespaces, name].join(".")] = [head.index, end + 1];
  }
  return index;
}

/** Properties that the SDK's class marks secret in every resource of the type. */
export function secretOutputs(code: string): readonly string[] {
  const list = /additionalSecretOutputs: (\[[^\]]*\])/.exec(code)?.[1];
  return list === undefined ? [] : (JSON.parse(list) as string[]);
}

/** The type token that the class registers its resources with. */
export function tokenOf(code: string): string | undefined {
  return /__pulumiType = ['"]([^'"]+)['"]/.exec(code)?.[1];
}
