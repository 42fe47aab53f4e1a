import assert from "node:assert/strict";
import { protectionOf, stackClasses } from "../../../components/planning/protection";

const production = {
  deletionProtection: true,
  protect: true,
  finalSnapshot: true,
  deleteContents: false,
  multiZone: true,
  crossRegion: true,
  backupRetentionDays: 7,
  logRetentionDays: 365,
  keyDeletionDays: 30,
  secretRecoveryDays: 30,
};

describe("protection by class", () => {
  it("protects production and recovery alike", () => {
    assert.deepEqual(protectionOf("production"), production);
    assert.deepEqual(protectionOf("recovery"), production);
  });

  it("lets staging go, but keeps a last snapshot", () => {
    assert.deepEqual(protectionOf("staging"), {
      ...production,
      deletionProtection: false,
      protect: false,
      deleteContents: true,
      crossRegion: false,
      logRetentionDays: 30,
      keyDeletionDays: 7,
      secretRecoveryDays: 7,
    });
  });

  it("leaves nothing of development behind", () => {
    assert.deepEqual(protectionOf("development"), {
      deletionProtection: false,
      protect: false,
      finalSnapshot: false,
      deleteContents: true,
      multiZone: false,
      crossRegion: false,
      backupRetentionDays: 1,
      logRetentionDays: 7,
      keyDeletionDays: 7,
      secretRecoveryDays: 0,
    });
  });

  it("switched off, takes down the guards and keeps everything else of the class", () => {
    for (const stackClass of stackClasses) {
      assert.deepEqual(protectionOf(stackClass, "off"), {
        ...protectionOf(stackClass),
        deletionProtection: false,
        protect: false,
        finalSnapshot: false,
        deleteContents: true,
        secretRecoveryDays: 0,
      });
    }
  });
});
