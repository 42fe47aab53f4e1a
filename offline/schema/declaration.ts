/** A type as the typings write it, with `Input` and `Output` taken off and names not looked up yet. Plain JSON, so that it can be cached. */
export type Declared =
  | "string"
  | "number"
  | "boolean"
  | "any"
  | "asset"
  | { readonly literal: string | number | boolean }
  /** `inputs.ec2.VpcFoo`, `outputs.…` or `enums.…`. */
  | { readonly named: string }
  | { readonly list: Declared }
  | { readonly map: Declared }
  | { readonly members: Members }
  | { readonly union: readonly Declared[] };

export type Members = Readonly<Record<string, { readonly type: Declared; readonly required: boolean }>>;

/** Text that is not written the way the SDK generators write it. */
export class UnreadableTypings extends Error {
  override readonly name = "UnreadableTypings";
}

interface Parsed {
  readonly type: Declared;
  /** Whether the type includes `undefined`. */
  readonly optional: boolean;
}

const TOKEN = /\s*([A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*|"(?:[^"\\]|\\.)*"|-?\d[\d.]*|[<>[\]{}|;:(),?])/y;
const RESOURCE_OBJECT: Declared = { map: "any" };

/** Reads one type, or the members of one interface, from `text` at `position`; comments must be gone. */
class TypeReader {
  constructor(
    private readonly text: string,
    private position: number,
  ) {}

  /** The members up to the closing brace, which is read too; the opening one must have been read. */
  members(): { readonly members: Members; readonly index?: Declared } {
    const members: Record<string, { type: Declared; required: boolean }> = {};
    let index: Declared | undefined;
    for (;;) {
      let token = this.next();
      if (token === "}") return { members, ...(index === undefined ? {} : { index }) };
      if (token === "readonly") token = this.next();
      if (token === "[") {
        while (this.next() !== "]");
        this.skip(":");
        index = this.union().type;
      } else {
        const maybe = this.accept("?");
        this.skip(":");
        const { type, optional } = this.union();
        members[unquote(token)] = { type, required: !maybe && !optional };
      }
      this.accept(";");
    }
  }

  union(): Parsed {
    this.accept("|");
    const members: Declared[] = [];
    let optional = false;
    do {
      const member = this.suffixed();
      optional ||= member.optional;
      if (member.type !== undefined) members.push(...flatten(member.type));
    } while (this.accept("|"));
    return { type: joined(members), optional };
  }

  private suffixed(): { type: Declared | undefined; optional: boolean } {
    let found = this.primary();
    while (this.accept("[")) {
      this.skip("]");
      found = { type: { list: found.type ?? "any" }, optional: false };
    }
    return found;
  }

  private primary(): { type: Declared | undefined; optional: boolean } {
    const token = this.next();
    if (token === "(") {
      const inner = this.union();
      this.skip(")");
      return inner;
    }
    if (token === "{") {
      const { members, index } = this.members();
      return known(index === undefined ? { members } : { map: index });
    }
    if (token.startsWith('"')) return known({ literal: unquote(token) });
    if (/^-?\d/.test(token)) return known({ literal: Number(token) });
    return this.identifier(token);
  }

  private identifier(token: string): { type: Declared | undefined; optional: boolean } {
    switch (token) {
      case "string":
      case "number":
      case "boolean":
      case "any":
        return known(token);
      case "undefined":
        return { type: undefined, optional: true };
      case "true":
      case "false":
        return known({ literal: token === "true" });
      case "pulumi.Input":
      case "pulumi.Output":
        return this.argument();
      case "pulumi.ID":
      case "pulumi.URN":
        return known("string");
      case "pulumi.asset.Asset":
      case "pulumi.asset.Archive":
        return known("asset");
      case "Record":
        this.skip("<");
        this.union();
        this.skip(",");
        return { type: { map: this.closing().type }, optional: false };
    }
    if (/^(inputs|outputs|enums)\./.test(token)) return known({ named: token });
    if (/^[A-Z]|\.[A-Z]\w*$/.test(token)) return known(RESOURCE_OBJECT);
    throw new UnreadableTypings(`type "${token}"`);
  }

  private argument(): Parsed {
    this.skip("<");
    return this.closing();
  }

  private closing(): Parsed {
    const inner = this.union();
    this.skip(">");
    return inner;
  }

  private next(): string {
    TOKEN.lastIndex = this.position;
    const token = TOKEN.exec(this.text)?.[1];
    if (token === undefined) {
      throw new UnreadableTypings(this.rest());
    }
    this.position = TOKEN.lastIndex;
    return token;
  }

  private accept(wanted: string): boolean {
    const start = this.position;
    TOKEN.lastIndex = start;
    if (TOKEN.exec(this.text)?.[1] !== wanted) return false;
    this.position = TOKEN.lastIndex;
    return true;
  }

  private rest(): string {
    return JSON.stringify(this.text.slice(this.position).trimStart().slice(0, 40));
  }

  private skip(...wanted: readonly string[]): void {
    for (const token of wanted) {
      if (!this.accept(token)) throw new UnreadableTypings(`no ${token} at ${this.rest()}`);
    }
  }
}

function known(type: Declared): { type: Declared; optional: boolean } {
  return { type, optional: false };
}

function unquote(token: string): string {
  return token.startsWith('"') ? (JSON.parse(token) as string) : token;
}

function flatten(type: Declared): readonly Declared[] {
  return typeof type === "object" && "union" in type ? type.union : [type];
}

/** A union without repetitions; of one member, that member. `any` swallows the rest. */
function joined(members: readonly Declared[]): Declared {
  const distinct = new Map(members.map((member) => [JSON.stringify(member), member]));
  const [first = "any", ...rest] = distinct.values();
  if (distinct.has('"any"')) return "any";
  return rest.length === 0 ? first : { union: [first, ...rest] };
}

/** The text without block comments; the typings hold no others, and no string literal with `/*` outside of enums. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\//g, "");
}

/** Members of `export interface <name>` in a class file. */
export function readInterface(text: string, name: string): ReturnType<TypeReader["members"]> | undefined {
  const head = new RegExp(`^ *(?:export )?interface ${escaped(name)}\\b[^{]*\\{`, "m").exec(text);
  return head === null ? undefined : new TypeReader(text, head.index + head[0].length).members();
}

/** The outputs of a class: its `readonly` properties. */
export function readOutputs(text: string): Members {
  const members: Record<string, { type: Declared; required: boolean }> = {};
  for (const head of text.matchAll(/^ +readonly ([\w$]+|"[^"]+")(\?)?: /gm)) {
    const { type, optional } = new TypeReader(text, head.index + head[0].length).union();
    members[unquote(head[1] ?? "")] = { type, required: head[2] === undefined && !optional };
  }
  return members;
}

/** The values of an enum: `export declare const Name: { readonly Key: "value"; … }`. */
export function readEnum(text: string, name: string): readonly (string | number | boolean)[] | undefined {
  const head = new RegExp(`^export declare const ${escaped(name)}: \\{\\n`, "m").exec(text);
  if (head === null) return undefined;
  const start = head.index + head[0].length;
  const body = text.slice(start, text.indexOf("\n};", start - 1) + 1);
  return [...body.matchAll(/^ +readonly (?:[\w$]+|"(?:[^"\\]|\\.)*"): (.+);$/gm)].map(
    (line) => JSON.parse(line[1] ?? "null") as string | number | boolean,
  );
}

function escaped(name: string): string {
  return name.replace(/\$/g, "\\$");
}
