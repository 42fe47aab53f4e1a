import type { CheckContext } from "../cloud/resource-type";

/** Reports every number that is outside its range. Undefined values are those that the program left to the default. */
export function checkRanges(
  context: Pick<CheckContext<unknown>, "refuse">,
  ranges: readonly (readonly [property: string, value: number | undefined, low: number, high: number])[],
): void {
  for (const [property, value, low, high] of ranges) {
    if (value === undefined || (value >= low && value <= high)) continue;
    context.refuse(
      property,
      `expected ${property} to be in the range (${String(low)} - ${String(high)}), got ${String(value)}`,
    );
  }
}

/** Reports every text that is none of the allowed ones. */
export function checkChoices(
  context: Pick<CheckContext<unknown>, "refuse">,
  choices: readonly (readonly [property: string, value: string | undefined, allowed: readonly string[]])[],
): void {
  for (const [property, value, allowed] of choices) {
    if (value === undefined || allowed.includes(value)) continue;
    context.refuse(property, `expected ${property} to be one of ${allowed.join(", ")}, got ${value}`);
  }
}
