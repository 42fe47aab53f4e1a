import assert from "node:assert/strict";
import { stateOf } from "./golden";
import { livesWithoutAws } from "./life";

describe("dr on the real engine", function () {
  this.timeout(300_000);

  livesWithoutAws(
    {
      stack: "dr",
      cloud: "azure",
      change: { from: "snapshots: 12h", to: "snapshots: 6h", updates: 1 },
      // A deleted vault can be restored, and Azure keeps the network watcher that it made by itself.
      kept: [
        "azure-native:keyvault:DeletedVault",
        "azure-native:network:NetworkWatcher",
        "azure-native:resources:ResourceGroup",
      ],
    },
    ({ stack, project, run, contract }) => {
      const data = () =>
        stateOf(project().root, stack)
          .resources.filter(({ protect }) => protect === true)
          .map(({ urn, id }) => `${urn} ${id ?? ""}`)
          .sort();

      for (const [role, other] of [
        ["active", "standby"],
        ["standby", "active"],
      ] as const) {
        it(`[PF-DR-03] [PF-CLOUD-03] becomes ${role} in place, with AWS switched off: nothing is replaced or deleted`, async () => {
          const before = data();
          const told = contract();
          const { ran, report } = await run(
            "up",
            stack,
            "--yes",
            "--skip-preview",
            "--config",
            `platform:role=${role}`,
          );
          assert.equal(ran.code, 0, ran.stderr);
          assert.ok(report.changes.update > 10, `from ${other}: ${JSON.stringify(report.changes)}`);
          assert.deepEqual([report.changes.create, report.changes.replace, report.changes.delete], [0, 0, 0]);
          assert.deepEqual(data(), before);
          assert.deepEqual(contract(), told);
        });
      }
    },
  );
});
