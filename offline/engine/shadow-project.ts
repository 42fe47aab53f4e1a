import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { isMap, isScalar, parseDocument, type Document, type YAMLMap } from "yaml";

/** Fields by which a stack's file names its real secrets provider; offline the state has a passphrase of its own. */
const SECRETS_PROVIDER = ["secretsprovider", "encryptedkey", "encryptionsalt"] as const;

export interface ShadowProject {
  /** Folder to run the engine in. */
  readonly folder: string;
  /** Stacks that have a file. */
  readonly stacks: readonly string[];
}

export interface ShadowOptions {
  /** The project: where Pulumi.yaml and the stack files are. */
  readonly root: string;
  /** Folder of the program to run, where it is not the project's: another revision of it, say. */
  readonly program?: string;
  /** Where to make the shadow. */
  readonly folder: string;
  /**
   * Values for the secrets of a stack with this configuration, by path (`platform:secrets.mongodbUri`): they replace what the
   * stack's file holds encrypted, and fill in what it leaves to `pulumi config set --secret`.
   */
  readonly placeholders: (config: Readonly<Record<string, unknown>>) => Readonly<Record<string, string>>;
}

/**
 * Makes, or brings up to date, the project that offline runs happen in: copies of Pulumi.yaml and of every stack's file, pointing
 * back at the program. The engine rewrites a stack's file when the secrets provider differs; here it rewrites a copy.
 */
export function shadowProject({ root, program = root, folder, placeholders }: ShadowOptions): ShadowProject {
  mkdirSync(folder, { recursive: true });
  const project = parseDocument(readFileSync(join(root, "Pulumi.yaml"), "utf8"));
  project.set("main", relative(folder, program));
  project.delete("backend");
  replaceFile(join(folder, "Pulumi.yaml"), project.toString());
  const stacks = stackNames(root);
  for (const stack of stacks) {
    const file = `Pulumi.${stack}.yaml`;
    const shadow = shadowStack(readFileSync(join(root, file), "utf8"), placeholders);
    const salt = saltOf(join(folder, file));
    if (salt !== undefined) shadow.set("encryptionsalt", salt);
    replaceFile(join(folder, file), shadow.toString());
  }
  return { folder, stacks };
}

/** Names of the stacks that have a file in `root`, sorted. */
export function stackNames(root: string): readonly string[] {
  return readdirSync(root)
    .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

function shadowStack(text: string, placeholdersOf: ShadowOptions["placeholders"]): Document {
  const stack = parseDocument(text === "" ? "{}" : text);
  for (const field of SECRETS_PROVIDER) stack.delete(field);
  if (!isMap(stack.get("config"))) stack.set("config", stack.createNode({}));
  const config = stack.get("config") as YAMLMap;
  const placeholders = placeholdersOf(config.toJSON() as Record<string, unknown>);
  unsecure(config, "", placeholders);
  for (const [path, value] of Object.entries(placeholders)) {
    const [key = "", ...rest] = path.split(".");
    const at = ["config", key, ...rest];
    if (stack.getIn(at) === undefined) stack.setIn(at, value);
  }
  return stack;
}

/** Replaces every `secure:` value below `node` by its placeholder: nothing that the real key would have to decrypt is left. */
function unsecure(node: YAMLMap, path: string, placeholders: Readonly<Record<string, string>>): void {
  for (const pair of node.items) {
    const key = isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
    const at = path === "" ? key : `${path}.${key}`;
    if (!isMap(pair.value)) continue;
    if (pair.value.has("secure")) node.set(key, placeholders[at] ?? "offline-placeholder");
    else unsecure(pair.value, at, placeholders);
  }
}

function saltOf(file: string): unknown {
  try {
    return parseDocument(readFileSync(file, "utf8")).get("encryptionsalt");
  } catch {
    // The first run of this stack: the engine writes the salt when it makes the stack.
    return undefined;
  }
}

/** Writes a file so that a reader sees the old content or the new, never half of it. */
function replaceFile(file: string, content: string): void {
  const temporary = `${file}.${String(process.pid)}.tmp`;
  writeFileSync(temporary, content, { mode: 0o600 });
  renameSync(temporary, file);
}
