import { requirements, type Requirement } from "./requirements";

/** One requirement with the tests that name it. */
export interface Coverage extends Requirement {
  readonly id: string;
  readonly tests: readonly string[];
}

const ID = /\[([A-Z]{2}(?:-[A-Z0-9]+)?-\d{2})\]/g;

/** Joins the requirements with the titles of all tests. A title may carry several ids. */
export function coverage(
  titles: readonly string[],
  all: Readonly<Record<string, Requirement>> = requirements,
): { readonly rows: readonly Coverage[]; readonly problems: readonly string[] } {
  const tests = new Map<string, string[]>();
  for (const title of titles) {
    for (const [, id = ""] of title.matchAll(ID)) tests.set(id, [...(tests.get(id) ?? []), title]);
  }
  const rows = Object.entries(all).map(([id, row]) => ({ id, ...row, tests: tests.get(id) ?? [] }));
  const problems = [
    ...rows
      .filter((row) => row.status !== "planned" && row.tests.length === 0)
      .map(
        (row) =>
          `${row.id} is ${row.status}, and no test names it: write the test, or say that the requirement is planned`,
      ),
    ...rows
      .filter((row) => row.status === "planned" && row.tests.length > 0)
      .map((row) => `${row.id} is planned, and a test names it: say that it is partial or proved`),
    ...[...tests.keys()]
      .filter((id) => !(id in all))
      .map((id) => `${id} is no requirement, and a test names it: ${tests.get(id)?.[0] ?? ""}`),
  ];
  return { rows, problems };
}

/** The table that `npm run requirements` prints. */
export function render(rows: readonly Coverage[]): string {
  const lines = rows.map((row) => {
    const proof = row.tests.length === 0 ? "" : row.tests.map((title) => `\n      ${title}`).join("");
    return `${row.id.padEnd(12)} ${row.status.padEnd(8)} ${row.text}${proof}`;
  });
  const count = (status: string) => String(rows.filter((row) => row.status === status).length);
  return [...lines, "", `${count("proved")} proved, ${count("partial")} partial, ${count("planned")} planned`].join(
    "\n",
  );
}
