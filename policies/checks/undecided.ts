import { Undecided } from "../model/view";
import { attempt } from "./attempt";

/** Whether something holds of one at least. Where it holds of none that can be judged, one that cannot leaves it undecided. */
export function anyOf<Item>(items: Iterable<Item>, holds: (item: Item) => boolean): boolean {
  let open: Undecided | undefined;
  for (const item of items) {
    const result = attempt(() => holds(item));
    if (result === true) return true;
    if (result instanceof Undecided) open ??= result;
  }
  if (open !== undefined) throw open;
  return false;
}

/** What a source has, and what kept it from being read to its end. */
export function readable<Item>(source: () => Iterable<Item>): {
  readonly items: readonly Item[];
  readonly open?: Undecided;
} {
  const items: Item[] = [];
  const end = attempt(() => {
    for (const item of source()) items.push(item);
  });
  return end instanceof Undecided ? { items, open: end } : { items };
}

/** What several sources have, one after the other: where one cannot be read to its end, the others come first. */
export function* inTurn<Item>(...sources: readonly (() => Iterable<Item>)[]): Generator<Item, void> {
  let open: Undecided | undefined;
  for (const source of sources) {
    const read = readable(source);
    yield* read.items;
    open ??= read.open;
  }
  if (open !== undefined) throw open;
}
