import ts from "typescript";
import { LEFT_OUT, OPPOSITES } from "./settings";

/** One value changed in one file. */
export interface Mutant {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly original: string;
  readonly replacement: string;
}

/** Properties and constants that explain a value instead of being one: words for a person, the day a source was read. */
const PROSE = new Set([
  "checked",
  "date",
  "description",
  "error",
  "example",
  "message",
  "read",
  "reason",
  "source",
  "sourceUrl",
  "text",
  "title",
]);
/** Calls whose arguments are words for a person. */
const PROSE_CALLS = /^(describe|meta|register|refine|superRefine|Error|RunError|regex|problem|import|require)$/;

/** Calls whose numbers say where in a text or list to look, not what stands there. */
const POSITION_CALLS = /^(at|charAt|padStart|reduce|slice|splice|substring)$/;

/** Operators that compare and count. */
const STEPS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
  ts.SyntaxKind.PlusToken,
  ts.SyntaxKind.PlusEqualsToken,
  ts.SyntaxKind.MinusToken,
]);

/**
 * Every documented value in a source file, changed once: numbers, switches, settings that are words, strings that hold a number; and
 * every property of a resource that encrypts, protects, keeps or copies, left out once.
 */
export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  const found: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (isProse(node)) return;
    const replacement = mutate(node) ?? leaveOut(node);
    if (replacement !== undefined) {
      const start = node.getStart(source);
      found.push({
        file,
        line: source.getLineAndCharacterOfPosition(start).line + 1,
        start,
        end: node.getEnd(),
        original: node.getText(source),
        replacement,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** The source with one mutant in it. */
export function withMutant(text: string, { start, end, replacement }: Mutant): string {
  return text.slice(0, start) + replacement + text.slice(end);
}

function mutate(node: ts.Node): string | undefined {
  if (ts.isNumericLiteral(node)) {
    if (ts.isLiteralTypeNode(node.parent) || isPosition(node) || isCount(node)) return undefined;
    return String(Number(node.text.replaceAll("_", "")) + 1);
  }
  if (node.kind === ts.SyntaxKind.TrueKeyword && !ts.isLiteralTypeNode(node.parent)) return "false";
  if (node.kind === ts.SyntaxKind.FalseKeyword && !ts.isLiteralTypeNode(node.parent)) return "true";
  if (!ts.isStringLiteral(node) || !isValue(node)) return undefined;
  const opposite = isChoice(node) || !Object.hasOwn(OPPOSITES, node.text) ? undefined : OPPOSITES[node.text];
  if (opposite !== undefined) return JSON.stringify(opposite);
  const digit = /\d+(?!.*\d)/.exec(node.text);
  if (digit === null) return undefined;
  const changed = String(Number(digit[0]) + 1).padStart(digit[0].length, "0");
  return JSON.stringify(node.text.slice(0, digit.index) + changed + node.text.slice(digit.index + digit[0].length));
}

/** What stands in for a property that is left out; undefined for one whose value is changed itself. */
function leaveOut(node: ts.Node): string | undefined {
  const isShort = ts.isShorthandPropertyAssignment(node);
  if (!isShort && !ts.isPropertyAssignment(node)) return undefined;
  if (ts.isComputedPropertyName(node.name) || !LEFT_OUT.test(node.name.text)) return undefined;
  return isShort || holdsNoLiteral(node.initializer) ? "...{}" : undefined;
}

/** Whether nothing in an expression is changed by itself. */
function holdsNoLiteral(node: ts.Node): boolean {
  return mutate(node) === undefined && ts.forEachChild(node, (child) => !holdsNoLiteral(child)) !== true;
}

/** Whether a word is one of those that a setting may have, or what one is compared with: the code would be another. */
function isChoice({ parent }: ts.StringLiteral): boolean {
  if (ts.isBinaryExpression(parent)) return STEPS.has(parent.operatorToken.kind);
  const call = ts.isArrayLiteralExpression(parent) ? parent.parent : parent;
  return ts.isAsExpression(call) || isArgumentOf(call, /^(enum|literal|discriminatedUnion|includes|startsWith)$/);
}

/** Whether a number is an index or the bound of a loop: the code's own business, which no document names. */
function isPosition(node: ts.NumericLiteral): boolean {
  const { parent } = node;
  if (ts.isElementAccessExpression(parent)) return true;
  if (ts.isVariableDeclaration(parent) && ts.isForStatement(parent.parent.parent)) return true;
  return isArgumentOf(parent, POSITION_CALLS) || isComparator(node);
}

function isArgumentOf(call: ts.Node, names: RegExp): boolean {
  return (
    ts.isCallExpression(call) && ts.isPropertyAccessExpression(call.expression) && names.test(call.expression.name.text)
  );
}

/** Whether a number stands in the function that a list is sorted by, where only its sign counts. */
function isComparator(node: ts.Node): boolean {
  for (let at = node.parent; !ts.isSourceFile(at); at = at.parent) {
    if (ts.isArrowFunction(at)) return isArgumentOf(at.parent, /^(sort|toSorted)$/);
  }
  return false;
}

/** Whether a number is the 0 or 1 of "none", "more than one" or "the next": a step of the code, no value of a table. */
function isCount(node: ts.NumericLiteral): boolean {
  const { parent, text } = node;
  return (text === "0" || text === "1") && ts.isBinaryExpression(parent) && STEPS.has(parent.operatorToken.kind);
}

/** Whether a string is a value of the program: no module name, no type, no property name, no sentence. */
function isValue(node: ts.StringLiteral): boolean {
  const { parent } = node;
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent) || ts.isLiteralTypeNode(parent)) return false;
  if (ts.isPropertyAssignment(parent) && parent.name === node) return false;
  return !/ .* /.test(node.text) && !/^https?:/.test(node.text);
}

function isProse(node: ts.Node): boolean {
  if ((ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) && ts.isIdentifier(node.name))
    return PROSE.has(node.name.text);
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return false;
  const { expression } = node;
  const name = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
  // A chain `z.number().describe("…")` holds its values in what it is called on.
  if (!PROSE_CALLS.test(name)) return false;
  return !(ts.isPropertyAccessExpression(expression) && ts.isCallExpression(expression.expression));
}
