/** From here on, the parts of `@pulumi/pulumi` that a deployment rarely uses are loaded when something is taken from them. */
export function loadRarePartsLate(): void;
