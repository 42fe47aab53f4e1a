import type { Expect } from "../model/rule";

/**
 * Whether a service is told to encrypt with a key of the account: one that its owner can rotate, restrict and revoke. Without a key,
 * or with an alias of AWS such as `alias/aws/rds`, AWS decides over it.
 *
 * https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key
 *
 * @param key id, ARN or alias of a key
 */
export function isOwnKey(key: string | undefined): boolean {
  return key !== undefined && key !== "" && !/(^|:)alias\/aws\//.test(key);
}

/**
 * Judges that a resource is encrypted with a key of the account.
 *
 * @param needsNone where it has no key of its own. Default: nowhere
 */
export function ownKey(
  expect: Expect,
  at: string,
  key: () => string | undefined,
  needsNone: () => boolean = () => false,
): void {
  expect(at, "names no key of this account, so AWS decides over it", () => isOwnKey(key()) || needsNone());
}
