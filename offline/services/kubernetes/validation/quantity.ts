import type { Value } from "../../../cloud/value";

const EXPRESSION = "^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$";

/** Powers of the suffixes; `m` is legal everywhere, on memory too: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
const SUFFIXES: Readonly<Record<string, number>> = {
  "": 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

export const QUANTITY_RULE = `quantities must match the regular expression '${EXPRESSION}'`;

/** The quantity as a number of its base unit (cores, bytes), or undefined if it is none. */
export function quantity(value: Value | undefined): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return undefined;
  const exponent = /^([+-]?(?:\d+\.?\d*|\.\d+))[eE]([+-]?\d+)$/.exec(value);
  if (exponent !== null) return Number(exponent[1]) * 10 ** Number(exponent[2]);
  const parts = /^([+-]?(?:\d+\.?\d*|\.\d+))([a-zA-Z]*)$/.exec(value);
  const factor = SUFFIXES[parts?.[2] ?? "none"];
  return parts === null || factor === undefined ? undefined : Number(parts[1]) * factor;
}
