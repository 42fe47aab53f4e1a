import assert from "node:assert/strict";
import type { Log } from "sarif";
import { htmlReport } from "../../../policies/report/html";
import { markdownReport } from "../../../policies/report/markdown";
import { policyReport, type PolicyReport } from "../../../policies/report/report";
import { sarifReport } from "../../../policies/report/sarif";
import { sentence, totals } from "../../../policies/report/summary";
import { RULES } from "../../../policies/rules";

const URN = "urn:pulumi:prod::platform::platform:aws:Postgres$aws:rds/instance:Instance::db";
const found = { urn: URN, resource: "aws:rds/instance:Instance db" };
const report: PolicyReport = policyReport.parse({
  pack: { name: "platform", version: "1.0.0" },
  stack: "prod",
  class: "production",
  isPreview: true,
  resources: 12,
  rules: RULES.map(({ id, severity }) => ({ id, severity, level: "mandatory", satisfied: 1, milliseconds: 0 })),
  violations: [
    { ...found, rule: "aws-rds-multi-az", at: "multiAz", says: "is <b>off</b>", level: "advisory" },
    { ...found, rule: "aws-rds-not-public", at: "publiclyAccessible", says: "is on", level: "mandatory" },
  ],
  undecided: [{ ...found, rule: "aws-rds-encrypted-cmk", at: "kmsKeyId", says: "is not known before the update" }],
  exempted: [
    {
      ...found,
      rule: "aws-rds-tls-forced",
      at: "",
      says: "speaks in clear",
      reason: "Old client",
      owner: "data",
      expires: "2026-12-24",
    },
  ],
});

describe("reports of the policies", () => {
  it("[PR-05] count what was found", () => {
    assert.deepEqual(totals(report), {
      rules: RULES.length,
      satisfied: RULES.length,
      mandatory: 1,
      advisory: 1,
      undecided: 1,
      exempted: 1,
    });
    assert.match(
      sentence(report),
      /^\d+ rules on 12 resources of prod \(production\): \d+ facts hold; 1 mandatory violation, 1 advisory; 1 undecided; 1 exempted\.$/,
    );
  });

  it("[PR-05] in Markdown: the most severe first, with reason and remedy; exemptions and what is undecided", () => {
    const text = markdownReport(report, RULES);
    const headings = [...text.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    assert.deepEqual(headings, [
      "aws-rds-not-public (critical, mandatory)",
      "aws-rds-multi-az (high, advisory)",
      "Exempted",
      "Undecided",
    ]);
    assert.match(text, /- `aws:rds\/instance:Instance db` `publiclyAccessible` is on/);
    assert.match(text, /\*\*Remedy\.\*\* Set publiclyAccessible to false/);
    assert.match(text, /Old client \(data, until 2026-12-24\)/);
    assert.match(text, /The update judges them again/);
  });

  it("[PR-05] in HTML: nothing that was found is taken for markup, and nothing is loaded from elsewhere", () => {
    const text = htmlReport(report, RULES);
    assert.ok(text.includes("is &lt;b&gt;off&lt;/b&gt;"));
    assert.ok(!text.includes("<b>off"));
    assert.doesNotMatch(text, /<(script|link|img|iframe)\b|url\(/);
  });

  it("[PR-05] in SARIF 2.1.0: level, place in the sources, resource, suppression, and what is open", () => {
    const places: string[] = [];
    const text = sarifReport(report, RULES, (urn) => {
      places.push(urn);
      return { file: "components/aws/postgres.ts", line: 40 };
    });
    const log = JSON.parse(text) as Log;
    assert.equal(log.version, "2.1.0");
    const [run] = log.runs;
    assert.deepEqual(
      run?.tool.driver.rules?.map(({ id }) => id),
      RULES.map(({ id }) => id),
    );
    assert.deepEqual(
      run.results?.map(({ ruleId, level, kind, suppressions }) => [ruleId, level, kind, suppressions?.length]),
      [
        ["aws-rds-multi-az", "warning", undefined, undefined],
        ["aws-rds-not-public", "error", undefined, undefined],
        ["aws-rds-tls-forced", "warning", undefined, 1],
        ["aws-rds-encrypted-cmk", "none", "open", undefined],
      ],
    );
    const [first] = run.results ?? [];
    const [location] = first?.locations ?? [];
    assert.equal(location?.physicalLocation?.artifactLocation?.uri, "components/aws/postgres.ts");
    assert.equal(location.physicalLocation.region?.startLine, 40);
    assert.equal(location.logicalLocations?.[0]?.fullyQualifiedName, URN);
    assert.deepEqual(first?.partialFingerprints, { finding: `aws-rds-multi-az ${URN} multiAz` });
    assert.deepEqual([...new Set(places)], [URN]);
  });
});
