import type { NameRule } from "../../cloud/resource-type";
import { rfc1035 } from "./generic";

/** A name by RFC 1035 whose length is bounded on both sides. */
export function boundedName(property: string, least: number, most: number, source: string): NameRule {
  return {
    ...rfc1035(property, most, source),
    pattern: new RegExp(`^(?=.{${String(least)}})[a-z]([-a-z0-9]*[a-z0-9])?$`),
    rule: `${String(least)} to ${String(most)} lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen`,
  };
}

/** A name of which only the characters are fixed. */
export function patternName(
  property: string,
  pattern: RegExp,
  rule: string,
  maxLength: number,
  source: string,
): NameRule {
  return { property, pattern, rule, source, maxLength };
}
