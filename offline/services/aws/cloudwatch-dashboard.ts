/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const WIDGETS = ["metric", "text", "log", "alarm", "explorer", "custom"];

/** Columns of the grid. */
const COLUMNS = 24;
const LONGEST = 1000;
const MOST_WIDGETS = 500;

type Json = Readonly<Record<string, unknown>>;

/** What CloudWatch would refuse in the body of a dashboard. Undefined: nothing. */
export function dashboardProblem(text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    return `The field DashboardBody must be a valid JSON object: ${error instanceof Error ? error.message : String(error)}`;
  }
  if (!isObject(body)) return "The field DashboardBody must be a valid JSON object";
  const { widgets } = body;
  if (!Array.isArray(widgets)) return "Should have required property 'widgets', an array";
  if (widgets.length > MOST_WIDGETS) return `at most ${String(MOST_WIDGETS)} widgets`;
  for (const [index, widget] of widgets.entries()) {
    const problem = isObject(widget) ? widgetProblem(widget) : "must be an object";
    if (problem !== undefined) return `/widgets/${String(index)}: ${problem}`;
  }
  return undefined;
}

function widgetProblem(widget: Json): string | undefined {
  const type = String(widget["type"]);
  if (!WIDGETS.includes(type)) return `type must be one of ${WIDGETS.join(", ")}, got ${type}`;
  const properties = widget["properties"];
  if (!isObject(properties)) return "should have required property 'properties'";
  for (const [key, least, most] of [
    ["x", 0, COLUMNS - 1],
    ["y", 0, Infinity],
    ["width", 1, COLUMNS],
    ["height", 1, LONGEST],
  ] as const) {
    const value = widget[key];
    if (value === undefined || (Number.isInteger(value) && Number(value) >= least && Number(value) <= most)) continue;
    return `${key} must be a whole number from ${String(least)} to ${String(most)}`;
  }
  if (type === "text" && typeof properties["markdown"] !== "string") return "a text widget has markdown";
  if (type === "alarm" && !Array.isArray(properties["alarms"])) return "an alarm widget has alarms";
  const isChart = type === "metric" || type === "log";
  return isChart && typeof properties["region"] !== "string" ? `a ${type} widget has a region` : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
