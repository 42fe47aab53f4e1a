import { isMap, isScalar, isSeq, parseDocument, type ParsedNode, type Scalar } from "yaml";
import type { Mutant } from "./mutants";
import { OPPOSITES } from "./settings";

/**
 * Every value of a stack's configuration, changed once: a number counts on, a switch and a word turn into their opposite, a string
 * that holds a number counts on, anything else is left out.
 */
export function stackFileMutants(file: string, text: string): readonly Mutant[] {
  const found: Mutant[] = [];
  const add = ([start, end]: readonly [number, number], replacement: string, original = text.slice(start, end)) => {
    found.push({ file, line: text.slice(0, start).split("\n").length, start, end, original, replacement });
  };
  const visit = (node: ParsedNode | null): void => {
    if (isMap<ParsedNode, ParsedNode | null>(node)) {
      for (const { key, value } of node.items) {
        const changed = isScalar(value) ? changedValue(value) : undefined;
        if (!isScalar(value)) visit(value);
        else if (changed !== undefined) add(spanOf(value), changed);
        else add([key.range[0], value.range[1]], "");
      }
    } else if (isSeq<ParsedNode>(node)) {
      node.items.forEach((item, index) => {
        const rest = node.items.filter((_, other) => other !== index).map((other) => text.slice(...spanOf(other)));
        add(spanOf(node), `[${rest.join(", ")}]`, `item ${text.slice(...spanOf(item))}`);
      });
    }
  };
  visit(parseDocument(text).contents);
  return found;
}

function spanOf(node: ParsedNode): [number, number] {
  return [node.range[0], node.range[1]];
}

function changedValue({ value }: Scalar): string | undefined {
  if (typeof value === "number") return String(value + 1);
  if (typeof value === "boolean") return String(!value);
  if (typeof value !== "string") return undefined;
  if (Object.hasOwn(OPPOSITES, value)) return JSON.stringify(OPPOSITES[value]);
  const digits = /\d+(?!.*\d)/.exec(value);
  if (digits === null) return undefined;
  const counted = String(Number(digits[0]) + 1).padStart(digits[0].length, "0");
  return JSON.stringify(value.slice(0, digits.index) + counted + value.slice(digits.index + digits[0].length));
}
