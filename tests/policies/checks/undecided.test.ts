import assert from "node:assert/strict";
import { anyOf, inTurn, readable } from "../../../policies/checks/undecided";
import { Undecided, undecided } from "../../../policies/model/view";

const unknown = () => undecided("a", "is unknown");
const is = (read: () => boolean) => read();

describe("checks on what is partly unknown", () => {
  it("[PR-05] something holds of one as soon as it does, whatever is unknown of the others", () => {
    assert.equal(anyOf([unknown, () => true], is), true);
    assert.equal(anyOf([() => true, unknown], is), true);
    assert.equal(anyOf([() => false], is), false);
    assert.equal(anyOf([], is), false);
    assert.throws(() => anyOf([unknown, () => false], is), Undecided);
  });

  it("[PR-05] gives all that can be read, then says what could not", () => {
    const found: number[] = [];
    const read = () => {
      for (const one of inTurn<number>(
        () => [1],
        unknown,
        () => [2, 3],
      ))
        found.push(one);
    };
    assert.throws(read, Undecided);
    assert.deepEqual(found, [1, 2, 3]);
    assert.deepEqual(
      readable(() => [1, 2]),
      { items: [1, 2] },
    );
    const { items, open } = readable(() => inTurn<number>(() => [1], unknown));
    assert.deepEqual(items, [1]);
    assert.equal(open?.path, "a");
  });

  it("[PR-05] hides no fault", () => {
    const fault = () => {
      throw new TypeError("a fault");
    };
    assert.throws(() => anyOf([fault], is), TypeError);
    assert.throws(() => readable(fault), TypeError);
    assert.throws(() => [...inTurn(fault)], TypeError);
  });
});
