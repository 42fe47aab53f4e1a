import { createHash } from "node:crypto";

/** Numbers that look random and are always the same for the same seed: a plan and its repetition must agree. */
export class Stream {
  private block = Buffer.alloc(0);
  private blocks = 0;

  constructor(private readonly seed: string) {}

  bytes(count: number): Buffer {
    while (this.block.length < count) {
      const next = createHash("sha256")
        .update(`${this.seed}|${String(this.blocks)}`)
        .digest();
      this.blocks += 1;
      this.block = Buffer.concat([this.block, next]);
    }
    const taken = this.block.subarray(0, count);
    this.block = this.block.subarray(count);
    return taken;
  }

  /** An integer from 0 to `below` - 1. */
  below(below: number): number {
    return this.bytes(6).readUIntBE(0, 6) % below;
  }

  pick<Item>(items: ArrayLike<Item>): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error("nothing to pick from");
    return item;
  }

  shuffle<Item>(items: readonly Item[]): Item[] {
    const rest = [...items];
    const shuffled: Item[] = [];
    while (rest.length > 0) shuffled.push(...rest.splice(this.below(rest.length), 1));
    return shuffled;
  }
}
