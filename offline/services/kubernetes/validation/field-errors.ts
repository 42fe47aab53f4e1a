import type { Value } from "../../../cloud/value";

/** One field that the API server refuses. */
export interface FieldError {
  /** Path as the API server and the engine write it: `spec.ports[0].port`; "" for the object as a whole. */
  readonly path: string;
  /** `Invalid value: 0: must be between 1 and 65535, inclusive`. */
  readonly text: string;
}

/**
 * Collects what is wrong with an object, in the API server's words:
 * https://github.com/kubernetes/apimachinery/blob/master/pkg/util/validation/field/errors.go
 */
export class FieldErrors {
  readonly found: FieldError[] = [];

  /** `isUnknown`: whether the value at a path was given but is not known yet; a rule that misses something asks it first. */
  constructor(readonly isUnknown: (path: string) => boolean = () => false) {}

  invalid(path: string, value: Value | undefined, detail: string): void {
    this.found.push({ path, text: `Invalid value: ${shown(value)}: ${detail}` });
  }

  required(path: string, detail?: string): void {
    if (this.isUnknown(path)) return;
    this.found.push({ path, text: detail === undefined ? "Required value" : `Required value: ${detail}` });
  }

  duplicate(path: string, value: Value): void {
    this.found.push({ path, text: `Duplicate value: ${shown(value)}` });
  }

  unsupported(path: string, value: Value | undefined, supported: readonly string[]): void {
    const list = supported.map((each) => `"${each}"`).join(", ");
    this.found.push({ path, text: `Unsupported value: ${shown(value)}: supported values: ${list}` });
  }

  forbidden(path: string, detail: string): void {
    this.found.push({ path, text: `Forbidden: ${detail}` });
  }

  notFound(path: string, value: Value): void {
    this.found.push({ path, text: `Not found: ${shown(value)}` });
  }

  tooLong(path: string, bytes: number): void {
    this.found.push({ path, text: `Too long: may not be more than ${String(bytes)} bytes` });
  }

  /** One of a fixed set of values, if given. */
  oneOf(path: string, value: Value | undefined, supported: readonly string[]): void {
    if (value !== undefined && value !== null && !supported.some((each) => each === value))
      this.unsupported(path, value, supported);
  }

  /** A whole number within bounds, if given. */
  range(path: string, value: Value | undefined, low: number, high = Infinity): void {
    if (typeof value !== "number") return;
    if (high !== Infinity && (value < low || value > high)) {
      this.invalid(path, value, `must be between ${String(low)} and ${String(high)}, inclusive`);
    } else if (value < low) {
      this.invalid(
        path,
        value,
        low === 1 ? "must be greater than 0" : `must be greater than or equal to ${String(low)}`,
      );
    }
  }
}

function shown(value: Value | undefined): string {
  return value === undefined ? "null" : JSON.stringify(value);
}
