import { z } from "zod";
import { resourceRule, type Rule } from "../../model/rule";

const RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide";

export const databaseRules: readonly Rule[] = [
  resourceRule({
    id: "aws-rds-not-public",
    title: "Databases are not reachable from the internet",
    severity: "critical",
    controls: {
      cis: ["AWS 3.0 2.3.3"],
      iso27001: ["A.8.1"],
      soc2: ["CC6.2"],
      hipaa: ["164.312(a)(1)"],
      pciDss: ["1.2.8"],
    },
    why: "A database with a public address is one password, or one flaw of the engine, away from everybody.",
    remedy: {
      text: "Set publiclyAccessible to false and give the instance a subnet group of private subnets.",
      example: 'new rds.Instance("db", { publiclyAccessible: false, dbSubnetGroupName: subnets.name, … })',
    },
    source: `${RDS}/USER_VPC.WorkingWithRDSInstanceinaVPC.html`,
    on: {
      "aws:rds/instance:Instance": (db, expect) => {
        expect("publiclyAccessible", "gives the database a public address", () => db.publiclyAccessible !== true);
        expect("dbSubnetGroupName", "is missing: the default subnets are public", () => {
          // A replica in the region of its source is in the subnets of the source.
          return db.dbSubnetGroupName !== undefined || db.replicateSourceDb !== undefined;
        });
      },
    },
    fix: { "aws:rds/instance:Instance": { publiclyAccessible: false } },
  }),
  resourceRule({
    id: "aws-rds-pitr-retention",
    title: "Databases can be restored to any moment of a long enough past",
    severity: "high",
    controls: {
      soc2: ["CC7.4", "A1.2"],
      hipaa: ["164.308(a)(7)(ii)(A)"],
      pciDss: ["10.3.3"],
      gdpr: ["Article 32"],
    },
    why: "A fault that is found after the last backup has gone cannot be undone.",
    remedy: {
      text: "Keep automated backups, and keep them when the instance is deleted.",
      example: 'new rds.Instance("db", { backupRetentionPeriod: 35, deleteAutomatedBackups: false, … })',
    },
    source: `${RDS}/USER_WorkingWithAutomatedBackups.html`,
    settings: z.object({
      minimumDays: z.int().min(1).max(35).default(7).describe("Days that automated backups are kept, at least."),
    }),
    on: {
      "aws:rds/instance:Instance": (db, expect, { settings }) => {
        expect("backupRetentionPeriod", `keeps backups for less than ${String(settings.minimumDays)} days`, () => {
          return db.replicateSourceDb !== undefined || Number(db.backupRetentionPeriod ?? 0) >= settings.minimumDays;
        });
        expect(
          "deleteAutomatedBackups",
          "deletes the backups with the instance",
          () => db.deleteAutomatedBackups === false,
        );
      },
    },
  }),
];
