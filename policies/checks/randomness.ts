/** How random texts of an alphabet are that are keys. */
interface Threshold {
  /** Characters, at least. */
  readonly length: number;
  /** Shannon entropy in bits per character, at least. */
  readonly bits: number;
}

/**
 * Of random texts of these lengths, 99 of 100 have at least this entropy (measured over 20,000 each): a text cannot have more than
 * the logarithm of its length, so that short keys reach less. Names and sentences reach as much from about 40 characters on,
 * which is why what they never have, a change between upper case, lower case and digits at nearly every second character, is asked
 * for as well. Below 32 characters, names of machines and of images are as random.
 */
const BASE64: readonly Threshold[] = [
  { length: 88, bits: 5.16 },
  { length: 64, bits: 4.9 },
  { length: 40, bits: 4.43 },
  { length: 32, bits: 4.2 },
];

/** What is named as a key may be of lower case and digits alone, and shorter. */
const NAMED: readonly Threshold[] = [{ length: 16, bits: 3.1 }];

/** Digests, ids and commits are random too: a text of hexadecimal digits is a key by the name it is given alone. */
const HEX: readonly Threshold[] = [
  { length: 64, bits: 3.64 },
  { length: 40, bits: 3.4 },
  { length: 32, bits: 3.27 },
  { length: 16, bits: 2.66 },
];

/**
 * Changes of the class of characters, as a share of neighbours. Of random texts of base 62, 99 of 100 have more than the first. Of
 * what is named as a key, so much is asked of texts with separators, which the names of secrets have: `credentials-6f15825`. Keys
 * of lower case and digits without any have fewer changes.
 */
const MIXED = { unnamed: 0.4, separated: 0.3, named: 0.12 };

/** Share of `+ / - _` in base64, where random: 1 in 32. In paths and names it is more. */
const MOST_SYMBOLS = 0.15;

/** Shannon entropy, bits per character. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** Whether a text that is named as a credential is random enough to be one. */
export function isNamedKey(text: string): boolean {
  const value = text.replace(/=+$/, "");
  if (!/^[\w+/.~-]+$/.test(value) || UUID.test(value)) return false;
  if (/^[0-9a-fA-F]+$/.test(value)) return /\d/.test(value) && /[a-fA-F]/.test(value) && reaches(HEX, value);
  const separators = symbols(value);
  return (
    reaches(NAMED, value) &&
    separators <= MOST_SYMBOLS &&
    mixed(value) >= (separators > 0 ? MIXED.separated : MIXED.named)
  );
}

/** Whether a text that nothing names is so random that it can be little else than a key. */
export function isUnnamedKey(text: string): boolean {
  const value = text.replace(/=+$/, "");
  return (
    /[a-z]/.test(value) &&
    /[A-Z]/.test(value) &&
    /\d/.test(value) &&
    reaches(BASE64, value) &&
    mixed(value) >= MIXED.unnamed &&
    symbols(value) <= MOST_SYMBOLS &&
    !hasId(value) &&
    !isPublic(value)
  );
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;

/** Whether a path has a step that is a digest or an id. */
function hasId(value: string): boolean {
  return UUID.test(value) || value.split(/[/_-]/).some((step) => /^[0-9a-fA-F]{16,}$/.test(step));
}

function reaches(thresholds: readonly Threshold[], value: string): boolean {
  const threshold = thresholds.find(({ length }) => value.length >= length);
  return threshold !== undefined && entropyOf(value) >= threshold.bits;
}

function classOf(code: number): "digit" | "upper" | "lower" | undefined {
  if (code >= 48 && code <= 57) return "digit";
  if (code >= 65 && code <= 90) return "upper";
  return code >= 97 && code <= 122 ? "lower" : undefined;
}

function mixed(value: string): number {
  let neighbours = 0;
  let changes = 0;
  for (let index = 1; index < value.length; index += 1) {
    const [before, here] = [classOf(value.charCodeAt(index - 1)), classOf(value.charCodeAt(index))];
    if (before === undefined || here === undefined) continue;
    neighbours += 1;
    if (before !== here) changes += 1;
  }
  return neighbours === 0 ? 0 : changes / neighbours;
}

function symbols(value: string): number {
  let count = 0;
  for (let index = 0; index < value.length; index += 1) if (classOf(value.charCodeAt(index)) === undefined) count += 1;
  return count / value.length;
}

/** Base64 of what anybody may see: readable text, a certificate or public key, an archive, a public key of SSH. */
function isPublic(value: string): boolean {
  const bytes = Buffer.from(value, "base64");
  const [first, second] = bytes;
  if (/^[\t\n\r\x20-\x7e]+$/.test(bytes.toString("latin1"))) return true;
  // gzip, and the lengths that the fields of a public key of SSH begin with.
  if ((first === 0x1f && second === 0x8b) || (first === 0 && second === 0)) return true;
  // DER: a certificate and a public key begin with a sequence in a sequence, a private key with its version, a small number.
  return first === 0x30 && second === 0x82 && bytes[4] === 0x30;
}
