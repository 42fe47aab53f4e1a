/** Ranges of the fields of a cron expression of AWS, in order: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html */
const FIELDS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ["minutes", /^(\*|[0-5]?\d([-/,][0-5]?\d)*|\*\/\d+)$/],
  ["hours", /^(\*|([01]?\d|2[0-3])([-/,]([01]?\d|2[0-3]))*|\*\/\d+)$/],
  ["day of month", /^(\*|\?|L|LW|([1-9]|[12]\d|3[01])W?([-/,]([1-9]|[12]\d|3[01]))*|\*\/\d+)$/],
  ["month", /^(\*|(0?[1-9]|1[0-2]|[A-Z]{3})([-/,](0?[1-9]|1[0-2]|[A-Z]{3}))*|\*\/\d+)$/],
  ["day of week", /^(\*|\?|L|([1-7]|[A-Z]{3})(L|#[1-5])?([-/,]([1-7]|[A-Z]{3}))*|\*\/\d+)$/],
  ["year", /^(\*|(19[7-9]\d|20\d\d|21\d\d)([-/,]\d+)*|\*\/\d+)$/],
];

/** What is wrong with a schedule, `cron(0 5 * * ? *)` or `rate(1 hour)`. Undefined: nothing. */
export function scheduleProblem(expression: string): string | undefined {
  const rate = /^rate\((\d+) (minutes?|hours?|days?)\)$/.exec(expression);
  if (rate !== null) {
    const isOne = rate[1] === "1";
    if (rate[1] === "0") return "a rate is 1 or more";
    return isOne === rate[2]?.endsWith("s") ? `"${expression}" must say one minute, or several minutes` : undefined;
  }
  const cron = /^cron\((.*)\)$/.exec(expression);
  if (cron?.[1] === undefined) return `"${expression}" is neither cron(…) nor rate(…)`;
  const fields = cron[1].trim().split(/\s+/);
  if (fields.length !== FIELDS.length)
    return `a cron expression has ${String(FIELDS.length)} fields, not ${String(fields.length)}`;
  const wrong = FIELDS.findIndex(([, pattern], index) => !pattern.test(fields[index] ?? ""));
  if (wrong >= 0) return `"${fields[wrong] ?? ""}" is no ${FIELDS[wrong]?.[0] ?? ""}`;
  const open = [fields[2], fields[4]].filter((field) => field === "?").length;
  return open === 1 ? undefined : "exactly one of day of month and day of week is ?";
}
