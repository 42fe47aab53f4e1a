import assert from "node:assert/strict";
import { parseQuantity } from "../../../components/kubernetes/quantity";

describe("quantity", () => {
  for (const [text, value] of [
    ["100m", 0.1],
    ["1", 1],
    ["0.5", 0.5],
    ["128Mi", 134_217_728],
    ["128M", 128_000_000],
    ["1Gi", 1_073_741_824],
    ["2k", 2000],
    ["3G", 3_000_000_000],
    ["3T", 3_000_000_000_000],
    ["3P", 3_000_000_000_000_000],
    ["3Ki", 3072],
    ["1Ti", 1_099_511_627_776],
    ["1Pi", 1_125_899_906_842_624],
  ] as const) {
    it(`reads ${text}`, () => {
      assert.equal(parseQuantity(text), value);
    });
  }

  for (const text of ["", "Mi", "1MB", "-1", "1 Gi", "1e3", "1mi", "toString"]) {
    it(`refuses "${text}"`, () => {
      assert.equal(parseQuantity(text), undefined);
    });
  }
});
