import assert from "node:assert/strict";
import { parse } from "yaml";
import { withMutant } from "./mutants";
import { stackFileMutants } from "./stack-files";

const text = `config:
  platform:region: us-west-2
  platform:network:
    zones: [a, b]
    nat: per-zone
  platform:database:
    backupCopy: true
    replicas: { reader: c }
    logs:
      [
        api,
      ]
    storageGiB: 100
`;

describe("mutants of a stack file", () => {
  const mutants = stackFileMutants("Pulumi.x.yaml", text);

  it("changes every value once", () => {
    assert.deepEqual(
      mutants.map(({ line, original, replacement }) => `${String(line)} ${original} -> ${replacement}`),
      [
        '2 us-west-2 -> "us-west-3"',
        "4 item a -> [b]",
        "4 item b -> [a]",
        '5 per-zone -> "single"',
        "7 true -> false",
        "8 reader: c -> ",
        "10 item api -> []",
        "13 100 -> 101",
      ],
    );
  });

  it("leaves everything else as it is", () => {
    const expected = {
      "platform:region": "us-west-2",
      "platform:network": { zones: ["a", "b"], nat: "per-zone" },
      "platform:database": { backupCopy: true, replicas: { reader: "c" }, logs: ["api"], storageGiB: 100 },
    };
    const changed = mutants.map((mutant) => (parse(withMutant(text, mutant)) as { config: unknown }).config);
    assert.deepEqual(changed.slice(0, 2), [
      { ...expected, "platform:region": "us-west-3" },
      { ...expected, "platform:network": { zones: ["b"], nat: "per-zone" } },
    ]);
    assert.deepEqual(changed[5], {
      ...expected,
      "platform:database": { backupCopy: true, replicas: {}, logs: ["api"], storageGiB: 100 },
    });
    assert.deepEqual(changed[6], {
      ...expected,
      "platform:database": { backupCopy: true, replicas: { reader: "c" }, logs: [], storageGiB: 100 },
    });
  });
});
