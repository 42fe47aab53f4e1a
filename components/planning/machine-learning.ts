/** What the model tells of a row: a value, one of two classes, or one of many. */
export const problems = ["regression", "binary-classification", "multiclass-classification"] as const;

export type Problem = (typeof problems)[number];
