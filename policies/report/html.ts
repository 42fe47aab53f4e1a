import { SEVERITIES, type Rule } from "../model/rule";
import type { PolicyReport } from "./report";
import { afterwards, byRule, count, line, sentence, totals, type RuleFindings } from "./summary";

/** A report as one page, without anything from elsewhere. */
export function htmlReport(report: PolicyReport, rules: readonly Rule[]): string {
  const { mandatory, advisory, undecided, satisfied, exempted } = totals(report);
  const tiles = [
    ["Facts that hold", satisfied, "good"],
    ["Mandatory violations", mandatory, mandatory === 0 ? "good" : "bad"],
    ["Advisory violations", advisory, advisory === 0 ? "good" : "open"],
    ["Undecided", undecided, "open"],
    ["Exempted", exempted, "open"],
  ] as const;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Policies of ${escape(report.stack)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>Policies of ${escape(report.stack)}</h1>
<p>${escape(sentence(report))}</p>
<ul class="tiles">${tiles.map(([what, number, tone]) => `<li class="${tone}"><b>${String(number)}</b> ${what}</li>`).join("")}</ul>
${section("Violations", byRule(report.violations, rules).map(violated).join("\n"), "No rule is violated.")}
${report.exempted.length === 0 ? "" : section("Exempted", list(report.exempted.map((one) => `${one.rule}: ${line(one)}. ${one.reason} (${one.owner}, until ${one.expires})`)), "")}
${report.undecided.length === 0 ? "" : section("Undecided", `<p>${afterwards(report)}</p>${byRule(report.undecided, rules).map(undecidedRule).join("\n")}`, "")}
${section("Rules", ruleTable(report), "")}
</main>
</body>
</html>
`;
}

function section(title: string, content: string, otherwise: string): string {
  return `<section><h2>${title}</h2>\n${content === "" ? `<p>${otherwise}</p>` : content}</section>`;
}

function violated({ rule, findings }: RuleFindings): string {
  return `<article class="${rule.severity}">
<h3><code>${rule.id}</code> <span>${rule.severity}</span> <span>${count(findings.length, "finding", "findings")}</span></h3>
<p>${escape(rule.title)}. ${escape(rule.why)}</p>
${list(findings.map(line))}
<p><b>Remedy.</b> ${escape(rule.remedy.text)}</p>
<pre>${escape(rule.remedy.example)}</pre>
<p><a href="${escape(rule.source)}">Source</a></p>
</article>`;
}

function undecidedRule({ rule, findings }: RuleFindings): string {
  return `<details><summary><code>${rule.id}</code> ${count(findings.length, "fact", "facts")}</summary>${list(findings.map(line))}</details>`;
}

function ruleTable({ rules }: PolicyReport): string {
  const rows = [...rules]
    .filter(({ satisfied, level }) => satisfied > 0 || level === "disabled")
    .sort((one, other) => SEVERITIES.indexOf(one.severity) - SEVERITIES.indexOf(other.severity))
    .map(
      ({ id, severity, level, satisfied }) =>
        `<tr><td><code>${id}</code></td><td>${severity}</td><td>${level}</td><td class="number">${String(satisfied)}</td></tr>`,
    );
  return `<table><thead><tr><th>Rule</th><th>Severity</th><th>Level</th><th class="number">Facts that hold</th></tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

function list(items: readonly string[]): string {
  return `<ul>${items.map((item) => `<li>${escape(item)}</li>`).join("\n")}</ul>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2530; --paper: #ffffff; --line: #d5dbe3; --soft: #f4f6f9; --bad: #b3261e; --open: #8a5a00; --good: #1b6e3c; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --paper: #14181e; --line: #333c48; --soft: #1d232b; --bad: #ff8a80; --open: #e8b04b; --good: #7ccf9a; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { margin: 0 0 .5rem; font-size: 1.9rem; }
h2 { margin: 2.5rem 0 1rem; font-size: 1.3rem; }
h3 { margin: 0 0 .5rem; font-size: 1rem; }
h3 span { margin-left: .5rem; font-weight: normal; opacity: .75; }
code, pre { font: .88em/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem 1rem; background: var(--soft); border-radius: 6px; }
article { margin: 0 0 1rem; padding: 1rem 1.25rem; border: 1px solid var(--line); border-left: 4px solid var(--open); border-radius: 6px; }
article.critical, article.high { border-left-color: var(--bad); }
li, td { overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; padding: 0; list-style: none; }
.tiles li { padding: .75rem 1rem; border: 1px solid var(--line); border-radius: 6px; }
.tiles b { display: block; font-size: 1.6rem; }
.bad b { color: var(--bad); } .open b { color: var(--open); } .good b { color: var(--good); }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .35rem .5rem; border-bottom: 1px solid var(--line); text-align: left; }
.number { text-align: right; }
`;
