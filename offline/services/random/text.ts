import type { RandomStringArgs } from "@pulumi/random/randomString";
import type { CallContext, CheckContext, Resolved } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { Stream } from "./stream";

type Inputs = Resolved<RandomStringArgs>;

/** Source: the doc comment of `special` in @pulumi/random/randomString.d.ts. */
const SPECIAL = "!@#$%&*()-_=+[]{}<>:?";

interface CharacterClass {
  readonly characters: string;
  readonly least: number;
}

function classes(inputs: Partial<Inputs>): readonly CharacterClass[] {
  const all = [
    { use: inputs.lower, least: inputs.minLower, characters: "abcdefghijklmnopqrstuvwxyz" },
    { use: inputs.upper, least: inputs.minUpper, characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    { use: numeric(inputs), least: inputs.minNumeric, characters: "0123456789" },
    { use: inputs.special, least: inputs.minSpecial, characters: inputs.overrideSpecial ?? SPECIAL },
  ];
  return all
    .filter(({ use, characters }) => use !== false && characters !== "")
    .map(({ characters, least }) => ({ characters, least: least ?? 0 }));
}

/** `number` is the former name of `numeric`. */
function numeric(inputs: Partial<Inputs>): boolean | undefined {
  return inputs.numeric ?? (inputs as { number?: boolean }).number;
}

/**
 * At least one character, and room for what the minimums ask for.
 * Source: https://registry.terraform.io/providers/hashicorp/random/latest/docs/resources/password
 */
export function checkText({ inputs, refuse }: CheckContext<Inputs>): void {
  if (inputs.length === undefined) return;
  if (inputs.length < 1) refuse("length", `Attribute length value must be at least 1, got: ${String(inputs.length)}`);
  const least = classes(inputs).reduce((sum, { least: one }) => sum + one, 0);
  if (inputs.length < least) {
    refuse(
      "length",
      `Attribute length value must be at least sum of min_upper, min_lower, min_numeric and min_special, ${String(least)}, got: ${String(inputs.length)}`,
    );
  }
  if (classes(inputs).length === 0) {
    refuse("special", "at least one of lower, upper, numeric and special must be true: no character is left to use");
  }
}

/** The text and the defaults that the provider writes into the state. */
export function randomText({ inputs, hex }: CallContext<Inputs>): Properties & { readonly result: string } {
  const stream = new Stream(hex(64));
  const used = classes(inputs);
  const characters: string[] = [];
  for (const { characters: set, least } of used) {
    for (let count = 0; count < least; count += 1) characters.push(stream.pick(set));
  }
  const all = used.map(({ characters: set }) => set).join("");
  while (characters.length < inputs.length) characters.push(stream.pick(all));
  const usesNumbers = numeric(inputs) ?? true;
  return {
    result: stream.shuffle(characters).join(""),
    lower: inputs.lower ?? true,
    upper: inputs.upper ?? true,
    special: inputs.special ?? true,
    numeric: usesNumbers,
    number: usesNumbers,
    minLower: inputs.minLower ?? 0,
    minUpper: inputs.minUpper ?? 0,
    minNumeric: inputs.minNumeric ?? 0,
    minSpecial: inputs.minSpecial ?? 0,
  };
}

/** The shape of a bcrypt hash at cost 10; nothing offline verifies a password against it. */
export function bcryptShape(hex: (digits: number) => string): string {
  const stream = new Stream(`${hex(64)}|bcrypt`);
  const alphabet = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  return `$2a$10$${Array.from({ length: 53 }, () => stream.pick(alphabet)).join("")}`;
}
