/** What an add-on says of others, by their ids. */
export interface AddOnRelations<Id extends string> {
  /** Must be there before it, or be brought by the cluster. */
  readonly needs: readonly Id[];
  /** Cannot be in a cluster together with it. One of the two says so. */
  readonly conflicts: readonly Id[];
}

export interface AddOnChoice<Id extends string> {
  /** What to install. */
  readonly wanted: readonly Id[];
  /** What the cluster brings itself: it meets a need, and conflicts count. */
  readonly brought?: readonly Id[];
}

/**
 * The wanted add-ons, each after those that it needs, otherwise in the order of the table.
 * Throws with everything that is wrong: a need that nothing meets, two that conflict, needs that go round in a circle.
 */
export function addOnOrder<Id extends string>(
  table: Readonly<Record<Id, AddOnRelations<Id>>>,
  { wanted, brought = [] }: AddOnChoice<Id>,
): readonly Id[] {
  const present = new Set([...wanted, ...brought]);
  const problems: string[] = [];
  for (const id of wanted) {
    for (const need of table[id].needs) {
      if (!present.has(need))
        problems.push(`add-on "${id}" needs "${need}": install "${need}" too, or leave "${id}" out`);
    }
  }
  for (const id of present) {
    for (const other of table[id].conflicts) {
      if (present.has(other)) problems.push(`add-ons "${id}" and "${other}" exclude each other: leave one of them out`);
    }
  }
  const order: Id[] = [];
  const path: Id[] = [];
  const visit = (id: Id): void => {
    if (order.includes(id) || !wanted.includes(id)) return;
    const start = path.indexOf(id);
    if (start >= 0) {
      const circle = [...path.slice(start), id].map((each) => `"${each}"`).join(" needs ");
      problems.push(`add-ons need each other in a circle: ${circle}: take out one of the needs`);
      return;
    }
    path.push(id);
    for (const need of table[id].needs) visit(need);
    path.pop();
    order.push(id);
  };
  for (const id of Object.keys(table) as Id[]) visit(id);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return order;
}
