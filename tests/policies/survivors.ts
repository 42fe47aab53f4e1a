/** Changes of settings to which no rule objects, as `type path`, and why none should. */
export const SURVIVORS: Readonly<Record<string, string>> = {};
