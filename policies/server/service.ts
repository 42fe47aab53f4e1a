import { writeFileSync } from "node:fs";
import * as grpc from "@grpc/grpc-js";
import * as empty from "google-protobuf/google/protobuf/empty_pb";
import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { configurationOf, ConfigurationProblem, type GivenConfiguration, type RuleConfiguration } from "../enforcement";
import { readExemptions } from "../exemptions";
import type { Diagnostic } from "../messages";
import type { Resource } from "../model/resource";
import { STACK_CLASSES, type Rule, type StackFacts } from "../model/rule";
import { PackRun } from "../run";
import { remediate } from "./remediation";
import { analyzerInfo, levelOf } from "./info";
import { diagnosticOf, ResourceReader } from "./messages";

export interface PackServer {
  readonly rules: readonly Rule[];
  readonly version: string;
  /** Text of the file of exemptions. */
  readonly exemptions: string;
  /** Day on which exemptions are judged. */
  readonly today: Date;
  /** File to write what was found to. Default: none. */
  readonly reportFile: string | undefined;
  /** Whether nothing is said to the engine: what is found is in the report alone. */
  readonly reportOnly: boolean;
}

/** What stands for a stack of which the engine says nothing, as when a pack is published. */
const NO_STACK: StackFacts = { stack: "", project: "", class: "production", isPreview: false, config: {} };

/**
 * The calls that the engine makes to a policy pack. It serves the protocol itself, because the SDK's own server reads each resource
 * once for every rule (docs/decisions/policy-server.md).
 */
export function analyzerService(pack: PackServer): grpc.UntypedServiceImplementation {
  const { rules, version } = pack;
  const told = (found: readonly Diagnostic[]) =>
    pack.reportOnly ? [] : found.map((one) => diagnosticOf(one, version));
  let stack = NO_STACK;
  let configuration: ReadonlyMap<string, RuleConfiguration> = configurationOf(rules, new Map(), stack.class);
  let run: PackRun | undefined;
  const seen = new Map<string, Resource>();
  const reader = new ResourceReader();
  const current = () => {
    const ids = rules.map(({ id }) => id);
    const exemptions = () => readExemptions(pack.exemptions, ids, pack.today);
    return (run ??= new PackRun({ rules, version, stack, configuration, exemptions: exemptions() }));
  };

  return {
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(version)),
    configureStack: unary((request: analyzer.AnalyzerStackConfigureRequest) => {
      stack = stackOf(request);
      configuration = configurationOf(rules, new Map(), stack.class);
      return new analyzer.AnalyzerStackConfigureResponse();
    }),
    getAnalyzerInfo: unary(() => analyzerInfo(rules, version, stack.class)),
    configure: unary((request: analyzer.ConfigureAnalyzerRequest) => {
      configuration = configurationOf(rules, given(request), stack.class);
      run = undefined;
      return new empty.Empty();
    }),
    remediate: unary((request: analyzer.AnalyzeRequest) => {
      const mending = rules.filter(({ id }) => configuration.get(id)?.level === "remediate");
      return remediate({ rules: mending, version, stack, configuration }, request);
    }),
    analyze: unary((request: analyzer.AnalyzeRequest) => {
      const resource = reader.resource(request);
      seen.set(resource.urn, resource);
      return new analyzer.AnalyzeResponse().setDiagnosticsList(told(current().resource(resource)));
    }),
    analyzeStack: unary((request: analyzer.AnalyzeStackRequest) => {
      const verdict = current().stack(request.getResourcesList().map((one) => reader.stackResource(one, seen)));
      if (pack.reportFile !== undefined) writeFileSync(pack.reportFile, JSON.stringify(verdict.report));
      run = undefined;
      seen.clear();
      return new analyzer.AnalyzeResponse()
        .setDiagnosticsList(told(verdict.diagnostics))
        .setNotApplicableList(
          [...verdict.notPassed].map(([rule, reason]) =>
            new analyzer.PolicyNotApplicable().setPolicyName(rule).setReason(reason),
          ),
        );
    }),
    cancel: unary(() => new empty.Empty()),
  };
}

function unary<Request, Response>(answer: (request: Request) => Response): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    try {
      callback(null, answer(call.request));
    } catch (error) {
      const explained = error instanceof ConfigurationProblem;
      const details =
        error instanceof Error ? (explained ? error.message : (error.stack ?? error.message)) : String(error);
      callback({ code: explained ? grpc.status.INVALID_ARGUMENT : grpc.status.INTERNAL, details });
    }
  };
}

function stackOf(request: analyzer.AnalyzerStackConfigureRequest): StackFacts {
  const secret = new Set(request.getConfigSecretKeysList());
  const config = Object.fromEntries(
    request
      .getConfigMap()
      .toObject()
      .filter(([key]) => !secret.has(key)),
  );
  const stackClass = STACK_CLASSES.find((one) => one === config[`${request.getProject()}:class`]);
  return {
    stack: request.getStack(),
    project: request.getProject(),
    class: stackClass ?? NO_STACK.class,
    isPreview: request.getDryRun(),
    config,
  };
}

function given(request: analyzer.ConfigureAnalyzerRequest): ReadonlyMap<string, GivenConfiguration> {
  // The engine has given every rule the level of `all` already, and hands that over as well.
  const entries = [...request.getPolicyconfigMap().entries()].filter(([id]) => id !== "all");
  return new Map(
    entries.map(([id, entry]) => [
      id,
      { level: levelOf(entry.getEnforcementlevel()), properties: entry.getProperties()?.toJavaScript() ?? {} },
    ]),
  );
}
