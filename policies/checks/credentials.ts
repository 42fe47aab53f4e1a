import { gunzipSync } from "node:zlib";
import { Asset, propertyPath } from "../../offline/cloud/value";
import type { Expect } from "../model/rule";
import { Undecided } from "../model/view";
import { addressIn, formatIn, isPlaceholder, privateKeyIn, type CredentialKind } from "./credential-formats";
import { isNamedKey, isUnnamedKey } from "./randomness";
import { readable } from "./undecided";

export type { CredentialKind } from "./credential-formats";

/**
 * The first credential in a text, by its format, by the name it is given, or by how random it is. The time is proportional to the
 * length of the text, whatever is in it.
 *
 * @param name what the text is the value of: a variable, a key. Default: nothing that tells
 */
export function credentialIn(text: string, name = ""): CredentialKind | undefined {
  return (
    privateKeyIn(text) ??
    formatIn(text) ??
    addressIn(text) ??
    (text.length > LONGEST_NAMED ? undefined : namedCredential(name, text.trim(), true)) ??
    assignmentIn(text) ??
    (isDigest(name) ? undefined : randomIn(text))
  );
}

/** Unpacked texts are read up to this size: user data has 16 KiB at most when it is packed. */
const MOST_UNPACKED = 1024 * 1024;

/** A text of base64, which may be packed with gzip, as what it says; undefined where it is none, or holds no text. */
export function decodedText(base64: string): string | undefined {
  const packed = base64.replaceAll(/\s+/g, "");
  if (packed.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(packed)) return undefined;
  const bytes = Buffer.from(packed, "base64");
  const text = (bytes[0] === 0x1f && bytes[1] === 0x8b ? unpacked(bytes) : bytes)?.toString("utf8");
  return text === undefined || text.includes("\0") || text.includes("\uFFFD") ? undefined : text;
}

function unpacked(bytes: Buffer): Buffer | undefined {
  try {
    return gunzipSync(bytes, { maxOutputLength: MOST_UNPACKED });
  } catch {
    return undefined;
  }
}

export interface FoundCredential {
  /** Path of the text, as the engine writes paths. */
  readonly path: string;
  readonly kind: CredentialKind;
}

export interface CredentialSearch {
  /** `base64`: texts are decoded first, such as user data and the values of a Kubernetes secret. Default: as they are. */
  readonly encoding?: "base64";
  /** What the value itself is called. Default: the last step of the path. */
  readonly name?: string;
}

/**
 * Every credential in the texts of a value, which may be a view of unknowns: keys name what they hold, and so does the `name` of
 * a block with a `value`, as environments are written. After the last one it throws {@link Undecided} if a part could not be read.
 */
export function* credentialsIn(
  value: unknown,
  path: string,
  { encoding, name = lastStep(path) }: CredentialSearch = {},
): Iterable<FoundCredential> {
  const unread: Undecided[] = [];
  for (const text of textsOf(() => value, path, name, unread)) {
    const decoded = encoding === "base64" ? decodedText(text.value) : text.value;
    if (decoded === undefined) unread.push(new Undecided(text.path, "is no text in base64"));
    const kind = credentialIn(decoded ?? text.value, text.name);
    if (kind !== undefined) yield { path: text.path, kind };
  }
  if (unread[0] !== undefined) throw unread[0];
}

/**
 * Judges that a value holds no credential: each that is found by itself, and the value as a whole where there is none. What it
 * says names the kind, never the text.
 */
export function noCredentials(expect: Expect, path: string, value: () => unknown, search?: CredentialSearch): void {
  const { items, open } = readable(() => credentialsIn(value(), path, search));
  for (const found of items) expect(found.path, `holds ${found.kind}`, () => false);
  if (open !== undefined) {
    expect(open.path, "holds a credential", () => {
      throw open;
    });
  } else if (items.length === 0) expect(path, "holds a credential", () => true);
}

interface Text {
  readonly value: string;
  readonly path: string;
  readonly name: string;
}

function* textsOf(read: () => unknown, path: string, name: string, unread: Undecided[]): Iterable<Text> {
  const value = attempted(read, unread);
  if (typeof value === "string") yield { value, path, name };
  if (typeof value !== "object" || value === null || value instanceof Asset) return;
  if (Array.isArray(value)) {
    const items = value as readonly unknown[];
    for (const index of items.keys()) {
      yield* textsOf(() => items[index], `${path}[${String(index)}]`, name, unread);
    }
    return;
  }
  const block = value as Readonly<Record<string, unknown>>;
  const called = attempted(() => block["name"] ?? block["key"], unread);
  for (const key of Object.keys(block)) {
    const told = key === "value" && typeof called === "string" ? called : key;
    yield* textsOf(() => block[key], propertyPath(path, key), told, unread);
  }
}

function attempted(read: () => unknown, unread: Undecided[]): unknown {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Undecided)) throw error;
    unread.push(error);
    return undefined;
  }
}

function lastStep(path: string): string {
  return (path.match(/"[^"]*"|[^.[\]"]+/g) ?? []).filter((step) => !/^\d+$/.test(step)).at(-1) ?? "";
}

/** Names of passwords: whatever they are given, even "changeme", opens something. */
const PASSWORDS = ["password", "passwd", "passphrase"];

/** The same, too short to be looked for within other words. */
const SHORT_PASSWORDS = [/(?:^|[_.-])(?:pass|pwd)$/i, /[a-z](?:Pass|Pwd)$/];

/** Names of keys and tokens, which are random. The same names are given to references: `secret: database` names one. */
const KEYS = [
  "accesskey",
  "accesstoken",
  "accountkey",
  "apikey",
  "authkey",
  "credential",
  "credentials",
  "encryptionkey",
  "functionkey",
  "hmackey",
  "masterkey",
  "privatekey",
  "secret",
  "secretkey",
  "sharedkey",
  "signingkey",
  "storagekey",
  "token",
];

/** Names of what is random and public. */
const DIGEST =
  /(?:hash|digest|checksum|fingerprint|thumbprint|integrity|etag|sha\d+|md5|certificate|cert|cacert|cabundle|publickey)$/;

function simple(name: string): string {
  return name.length > 100 ? "" : name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

function isDigest(name: string): boolean {
  return DIGEST.test(simple(name));
}

function meaningOf(name: string): "password" | "key" | undefined {
  const plain = simple(name);
  if (plain === "") return undefined;
  if (PASSWORDS.some((ending) => plain.endsWith(ending)) || SHORT_PASSWORDS.some((ending) => ending.test(name)))
    return "password";
  return KEYS.some((ending) => plain.endsWith(ending)) ? "key" : undefined;
}

function namedCredential(name: string, value: string, isQuoted: boolean): CredentialKind | undefined {
  const meaning = meaningOf(name);
  if (meaning === undefined || isPlaceholder(value)) return undefined;
  if (meaning === "key") {
    if (!isNamedKey(value)) return undefined;
    return /account|sharedaccess/i.test(name) ? "an Azure account key" : "a key or token";
  }
  return isOtherName(value) || (!isQuoted && isCode(value)) ? undefined : "a password";
}

/** The name of where a password is kept: `database-password`, but not `password`. */
function isOtherName(value: string): boolean {
  const plain = simple(value);
  return meaningOf(value) !== undefined && !PASSWORDS.includes(plain) && /^[A-Za-z_./-]+$/.test(value);
}

/** An expression of a program: `var.password`, `read(path)`. */
function isCode(value: string): boolean {
  return /[()]/.test(value) || /^\.?[A-Za-z_]+(?:\.[A-Za-z_]+)+$/.test(value);
}

/** Longest text that is taken for one password or key by its name alone: what is longer is a document. */
const LONGEST_NAMED = 4096;

/** Longest value in a text that is looked at: keeps the time proportional where every word is the name of the rest. */
const LONGEST = 256;

/** A name, what separates it from its value, and the value: in shells, connection strings, JSON, YAML, options of commands. */
function assignmentIn(text: string): CredentialKind | undefined {
  for (const match of text.matchAll(/[\w.-]+/g)) {
    const name = match[0].replace(/^-{1,2}/, "");
    if (meaningOf(name) === undefined) continue;
    const isOption = match[0].startsWith("--");
    const given = valueAfter(
      text.slice(match.index + match[0].length, match.index + match[0].length + LONGEST),
      isOption,
    );
    const kind = given === undefined ? undefined : namedCredential(name, given.value, given.isQuoted);
    if (kind !== undefined) return kind;
  }
  return undefined;
}

function valueAfter(rest: string, isOption: boolean): { value: string; isQuoted: boolean } | undefined {
  const separator = /^(?:\\?["'])?[ \t]*(=>|:=|==|=|:|)[ \t]*/.exec(rest);
  const sign = separator?.[1] ?? "";
  const isJson = /^\\?["']/.test(rest);
  const after = rest.slice(separator?.[0].length ?? 0);
  if (sign === "==" || (sign === "" && !(isOption && /^[ \t]/.test(rest)))) return undefined;
  const quote = /^\\?["']/.exec(after)?.[0];
  if (quote !== undefined) {
    const inside = after.slice(quote.length);
    const end = inside.indexOf(quote);
    return { value: end < 0 ? inside : inside.slice(0, end), isQuoted: true };
  }
  const value = /^[^\s"'`;,&|\\]*/.exec(after)?.[0] ?? "";
  if (sign === ":") {
    // A part of an ARN (`secret:name`), or the first word of a sentence (`password: what you type`).
    const isSpaced = /^(?:\\?["'])?[ \t]*:[ \t]/.test(rest);
    const isAlone = /^[ \t]*(?:$|[\r\n#,}]|\\n)/.test(after.slice(value.length));
    if (isJson || !isSpaced || !isAlone) return undefined;
  }
  return { value, isQuoted: false };
}

/** Runs of the characters of base64 and of names. */
const RUN = /[\w+/-]+=*/g;

function randomIn(text: string): CredentialKind | undefined {
  // What PEM holds here is public: private keys were looked for before.
  let isPem = false;
  for (const match of text.matchAll(RUN)) {
    const found = match[0];
    if (found.includes("-----BEGIN")) isPem = true;
    const isInPem = isPem;
    if (found.includes("-----END")) isPem = false;
    if (isInPem || /^sha\d+-/.test(found) || !isUnnamedKey(found)) continue;
    if (!isDigest(nameBefore(text.slice(Math.max(0, match.index - 40), match.index)))) return "text as random as a key";
  }
  return undefined;
}

function nameBefore(text: string): string {
  return /([\w-]+)[\s"':=\\]*$/.exec(text)?.[1] ?? "";
}
