import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import {
  readEnum,
  readInterface,
  readOutputs,
  UnreadableTypings,
  withoutComments,
  type Declared,
  type Members,
} from "./declaration";
import { DefinitionCache } from "./definition-cache";
import type { ObjectSchema, PropertySchema, ResourceSchema } from "./schema";
import {
  findClass,
  indexInterfaces,
  packageOf,
  secretOutputs,
  tokenOf,
  typingsIn,
  type ClassFile,
  type InterfaceIndex,
} from "./typings";

/** Packages whose providers are not bridged and take scalars as they are. */
const NATIVE: ReadonlySet<string> = new Set(["kubernetes", "azure-native"]);

interface ResourceDefinition {
  readonly inputsName: string;
  readonly inputs: Members;
  readonly outputs: Members;
  readonly secrets: readonly string[];
}

interface ObjectDefinition {
  readonly members: Members;
}

interface EnumDefinition {
  readonly values: readonly (string | number | boolean)[];
}

/** An object whose properties are read when they are first asked for: types of the SDKs are recursive. */
class LazyObject implements ObjectSchema {
  private read: ObjectSchema["properties"] | undefined;
  constructor(
    readonly name: string,
    readonly coerces: boolean,
    private readonly load: () => ObjectSchema["properties"],
  ) {}
  get properties(): ObjectSchema["properties"] {
    this.read ??= this.load();
    return this.read;
  }
}

/** What is known of one installed package. */
class PackageTypings {
  readonly version: string;
  private readonly cache: DefinitionCache;
  private readonly resources = new Map<string, ResourceSchema | undefined>();
  private readonly objects = new Map<string, ObjectSchema>();
  private readonly folders = new Map<string, ReadonlyMap<string, string>>();
  private readonly indexes = new Map<string, InterfaceIndex>();
  private readonly enumFiles = new Map<string, string>();

  constructor(
    private readonly name: string,
    private readonly folder: string,
    cache: string,
  ) {
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
    this.version = manifest.version;
    this.cache = new DefinitionCache(cache, `${name}@${this.version}`);
  }

  resource(token: string): ResourceSchema | undefined {
    if (!this.resources.has(token)) this.resources.set(token, this.build(token));
    return this.resources.get(token);
  }

  private build(token: string): ResourceSchema | undefined {
    const definition = this.cache.definition(token, () => {
      const file = findClass(this.folder, token, (folder) => this.listing(folder));
      return file === undefined ? undefined : this.naming(token, () => readResource(file, token));
    });
    if (definition === undefined) return undefined;
    const className = token.slice(token.lastIndexOf(":") + 1);
    return {
      token,
      inputs: this.lazy(definition.inputsName, () => this.properties(definition.inputs)),
      outputs: this.lazy(className, () => this.properties(definition.outputs)),
      secrets: definition.secrets,
    };
  }

  /** Carries out `read`, and says what was being read when the typings cannot be. */
  private naming<T>(what: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof UnreadableTypings)) throw error;
      const where = `@pulumi/${this.name} ${this.version}`;
      throw new UnreadableTypings(`${where}: the typings of ${what} cannot be read: ${error.message}`);
    }
  }

  private lazy(name: string, load: () => ObjectSchema["properties"]): ObjectSchema {
    return new LazyObject(name, !NATIVE.has(this.name), load);
  }

  private properties(members: Members): ObjectSchema["properties"] {
    return Object.fromEntries(
      Object.entries(members).map(([name, { type, required }]) => [name, { schema: this.schema(type), required }]),
    );
  }

  private schema(type: Declared): PropertySchema {
    if (typeof type === "string") return { kind: type };
    if ("literal" in type) return { kind: "enum", values: [type.literal], open: false };
    if ("list" in type) return { kind: "list", items: this.schema(type.list) };
    if ("map" in type) return { kind: "map", values: this.schema(type.map) };
    if ("members" in type) {
      return { kind: "object", object: this.lazy("object", () => this.properties(type.members)) };
    }
    if ("named" in type) return this.named(type.named);
    return merged(type.union.map((member) => this.schema(member)));
  }

  private named(name: string): PropertySchema {
    if (!name.startsWith("enums.")) return { kind: "object", object: this.object(name) };
    const path = name.split(".").slice(1);
    const definition = this.cache.definition<EnumDefinition>(name, () => {
      const values = readEnum(this.enumText(path.slice(0, -1)), path[path.length - 1] ?? "");
      return values === undefined ? undefined : { values };
    });
    return definition === undefined ? { kind: "any" } : { kind: "enum", values: definition.values, open: false };
  }

  private enumText(modules: readonly string[]): string {
    const file = join(this.folder, "types", "enums", ...modules, "index.d.ts");
    const text = this.enumFiles.get(file) ?? readFileSync(file, "utf8");
    this.enumFiles.set(file, text);
    return text;
  }

  private object(name: string): ObjectSchema {
    const known = this.objects.get(name);
    if (known !== undefined) return known;
    const object = this.lazy(name.slice(name.lastIndexOf(".") + 1), () => {
      const definition = this.cache.definition<ObjectDefinition>(name, () =>
        this.naming(name, () => this.readObject(name)),
      );
      if (definition === undefined)
        throw new Error(`@pulumi/${this.name} ${this.version}: its typings name ${name} and do not declare it`);
      return this.properties(definition.members);
    });
    this.objects.set(name, object);
    return object;
  }

  private readObject(name: string): ObjectDefinition | undefined {
    const side = name.startsWith("inputs.") ? "input" : "output";
    const path = name.slice(name.indexOf(".") + 1);
    return this.slice(side, path, false) ?? this.slice(side, path, true);
  }

  /** Reads one interface out of the big file; undefined when the index does not point at it. */
  private slice(side: string, path: string, fresh: boolean): ObjectDefinition | undefined {
    const file = join(this.folder, "types", `${side}.d.ts`);
    const index =
      (fresh ? undefined : this.indexes.get(side)) ?? this.cache.index(side, () => indexInterfaces(file), fresh);
    this.indexes.set(side, index);
    const [start, end] = Object.hasOwn(index, path) ? (index[path] ?? [0, 0]) : [0, 0];
    if (!(end > start)) return undefined;
    const text = withoutComments(bytes(file, start, end));
    const found = readInterface(text, path.slice(path.lastIndexOf(".") + 1));
    return found === undefined ? undefined : { members: found.members };
  }

  private listing(folder: string): ReadonlyMap<string, string> {
    const names = this.folders.get(folder) ?? typingsIn(folder);
    this.folders.set(folder, names);
    return names;
  }
}

/** Where the schemas of resource types come from: the typings of the SDKs installed under `root`, read on demand. */
export class SchemaSource {
  private readonly packages = new Map<string, PackageTypings | undefined>();

  /** `root` holds `node_modules`; `cache` is a folder for what was read, made when absent. */
  constructor(private readonly options: { readonly root: string; readonly cache: string }) {}

  /** Undefined: no installed SDK has a class of this token, as with custom resources; the caller decides what that means. */
  resource(token: string): ResourceSchema | undefined {
    return this.package(packageOf(token))?.resource(token);
  }

  /** Version of the installed SDK. Fails when there is none. */
  version(name: string): string {
    const found = this.package(name);
    if (found === undefined) throw new Error(`@pulumi/${name} is not installed under ${this.options.root}`);
    return found.version;
  }

  private package(name: string): PackageTypings | undefined {
    if (!this.packages.has(name)) this.packages.set(name, this.open(name));
    return this.packages.get(name);
  }

  private open(name: string): PackageTypings | undefined {
    if (!/^[a-z][\w-]*$/.test(name)) return undefined;
    const folder = join(this.options.root, "node_modules", "@pulumi", name);
    try {
      return new PackageTypings(name, folder, this.options.cache);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }
}

function readResource({ typings, code }: ClassFile, token: string): ResourceDefinition | undefined {
  const script = readFileSync(code, "utf8");
  const declared = tokenOf(script);
  if (declared !== token && `pulumi:providers:${declared ?? ""}` !== token) return undefined;
  const text = withoutComments(readFileSync(typings, "utf8"));
  const inputsName = /^ +constructor\(name: string, args\??: ([\w$]+)/m.exec(text)?.[1] ?? "";
  return {
    inputsName,
    inputs: readInterface(text, inputsName)?.members ?? {},
    outputs: readOutputs(text),
    secrets: secretOutputs(script),
  };
}

/** A union as the contract has it: literals and enums become one enum, which `string` beside it opens. */
function merged(members: readonly PropertySchema[]): PropertySchema {
  const enums = members.filter((member) => member.kind === "enum");
  const open = members.some((member) => member.kind === "string");
  const rest = members.filter((member) => member.kind !== "enum" && (member.kind !== "string" || enums.length === 0));
  const values = [...new Set(enums.flatMap((member) => member.values))];
  const of: PropertySchema[] =
    enums.length === 0 ? rest : [{ kind: "enum", values, open: open || enums.some((member) => member.open) }, ...rest];
  const [only] = of;
  return of.length === 1 && only !== undefined ? only : { kind: "union", of };
}

function bytes(file: string, start: number, end: number): string {
  const descriptor = openSync(file, "r");
  try {
    const buffer = Buffer.alloc(end - start);
    readSync(descriptor, buffer, 0, buffer.length, start);
    return buffer.toString("utf8");
  } finally {
    closeSync(descriptor);
  }
}
