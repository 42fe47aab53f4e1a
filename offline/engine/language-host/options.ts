import type { ProgramInfo } from "@pulumi/pulumi/proto/language_pb";

/** The options under `runtime:` of Pulumi.yaml or PulumiPolicy.yaml that this host honours. */
export interface RuntimeOptions {
  /** Option `nodeargs`: flags for Node, ahead of the program. Default: none. */
  readonly nodeArguments: readonly string[];
  /** Option `typescript`: whether Pulumi's runner compiles TypeScript while it loads it. Default: true. */
  readonly typescript: boolean;
}

/** Reads the options of a program. All that is wrong with them is said at once. */
export function readOptions(info: ProgramInfo | undefined): RuntimeOptions | { readonly problem: string } {
  const given = info?.getOptions()?.toJavaScript() ?? {};
  const problems: string[] = [];
  let nodeArguments: readonly string[] = [];
  let typescript = true;
  for (const [name, value] of Object.entries(given)) {
    if (name === "nodeargs") {
      const words = typeof value === "string" ? splitWords(value) : undefined;
      if (words !== undefined) nodeArguments = words;
      else problems.push(`"nodeargs" must be a string with closed quotes, and is ${JSON.stringify(value)}`);
    } else if (name === "typescript") {
      if (typeof value === "boolean") typescript = value;
      else problems.push(`"typescript" must be true or false, and is ${JSON.stringify(value)}`);
    } else {
      problems.push(`"${name}" is not known to this language host: remove it, or install a released Pulumi`);
    }
  }
  return problems.length === 0
    ? { nodeArguments, typescript }
    : { problem: `runtime options of the project: ${problems.join("; ")}` };
}

/** Splits a command line into words: quotes hold a word together, a backslash takes the next character as it is. */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === "\\" && quote !== "'") {
      at += 1;
      if (at === text.length) return undefined;
      word = (word ?? "") + text.charAt(at);
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else word = (word ?? "") + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== "") return undefined;
  return word === undefined ? words : [...words, word];
}
