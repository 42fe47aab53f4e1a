import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import type { RuleConfiguration } from "../enforcement";
import { judgeResource } from "../model/judgement";
import type { Rule, StackFacts } from "../model/rule";
import { PACK } from "../run";
import { ResourceReader } from "./messages";

interface Mending {
  /** Rules at the level `remediate`. */
  readonly rules: readonly Rule[];
  readonly version: string;
  readonly stack: StackFacts;
  readonly configuration: ReadonlyMap<string, RuleConfiguration>;
}

type Wire = Record<string, JavaScriptValue>;

/** Sets what rules at the level `remediate` can set safely, and says what: each rule that changed something, with the new inputs. */
export function remediate(
  { rules, version, stack, configuration }: Mending,
  request: analyzer.AnalyzeRequest,
): analyzer.RemediateResponse {
  const response = new analyzer.RemediateResponse();
  const settings = new Map([...configuration].map(([id, one]) => [id, one.settings]));
  const reader = new ResourceReader();
  for (const rule of rules) {
    const fixes = rule.kind === "resource" ? rule.fix[request.getType()] : undefined;
    if (rule.kind !== "resource" || fixes === undefined) continue;
    const { findings } = judgeResource([rule], reader.resource(request), { stack, settings });
    const paths = findings.flatMap(({ verdict, at }) => (verdict === "violated" && at in fixes ? [at] : []));
    if (paths.length === 0) continue;
    const wire = (request.getProperties() ?? new Struct()).toJavaScript();
    for (const path of paths) setAt(wire, path.split("."), fixes[path] ?? null);
    const properties = Struct.fromJavaScript(wire);
    // The next rule sees what this one has mended.
    request.setProperties(properties);
    const set = paths.map((path) => `${path} to ${String(fixes[path])}`).join(", ");
    response.addRemediations(
      new analyzer.Remediation()
        .setPolicyname(rule.id)
        .setPolicypackname(PACK)
        .setPolicypackversion(version)
        .setDescription(`${rule.title}: set ${set}`)
        .setProperties(properties),
    );
  }
  return response;
}

/** Sets a value in an object on the wire, whose marks of secrets and assets stay as they are. */
function setAt(wire: Wire, [step = "", ...rest]: readonly string[], value: JavaScriptValue): void {
  if (rest.length === 0) wire[step] = value;
  else {
    const next = wire[step];
    const block = typeof next === "object" && next !== null && !Array.isArray(next) ? (next as Wire) : {};
    wire[step] = block;
    setAt(block, rest, value);
  }
}
