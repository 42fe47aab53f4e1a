/** A failure that its message explains. */
export class BundleError extends Error {}

/**
 * Compiles TypeScript from one entry, given relative to `root`, into one CommonJS file and returns its absolute path.
 *
 * @throws BundleError if it does not compile or cannot be written.
 */
export function bundle(root: string, name: string, entry: string): string;
