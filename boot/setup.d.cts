/** A failure that its message explains. */
export class SetupError extends Error {}

/** @throws SetupError if that version of Node is too old. */
export function checkNode(version: string): void;

/**
 * Installs the packages of package-lock.json unless exactly these are installed.
 *
 * @throws SetupError if that is not possible.
 */
export function ensureDependencies(root: string): Promise<void>;
