import assert from "node:assert/strict";
import type { z } from "zod";
import { governanceSettings } from "../../../config/schema/governance";

const governance = governanceSettings({ mode: "skip", backups: "create" });

function problems(schema: z.ZodType, given: unknown): readonly string[] {
  return (schema.safeParse(given).error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("settings of governance", () => {
  it("[PF-DR-01] have careful values", () => {
    assert.deepEqual(governance.parse({}), {
      mode: "skip",
      auditRetentionDays: 2190,
      configurationRole: "create",
      backups: { mode: "create", retentionDays: 35, lock: "governance" },
    });
    const other = governanceSettings({
      mode: "create",
      backups: "skip",
      auditRetentionDays: 3650,
      backupRetentionDays: 90,
      lock: "compliance",
    });
    assert.deepEqual(other.parse({}), {
      mode: "create",
      auditRetentionDays: 3650,
      configurationRole: "create",
      backups: { mode: "skip", retentionDays: 90, lock: "compliance" },
    });
  });

  it("refuse what the services would", () => {
    assert.deepEqual(
      problems(governance, { auditRetentionDays: 90, backups: { retentionDays: 0, lock: "none" }, trail: "no" }),
      [
        "auditRetentionDays: give a whole number from 91 to 36500",
        "backups.retentionDays: give a whole number from 1 to 36500",
        'backups.lock: Invalid option: expected one of "governance"|"compliance"',
        ': Unrecognized key: "trail"',
      ],
    );
    assert.deepEqual(problems(governance, { auditRetentionDays: 91, backups: { retentionDays: 36500 } }), []);
  });
});
