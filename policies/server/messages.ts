import * as analyzer from "@pulumi/pulumi/proto/analyzer_pb";
import { decode } from "../../offline/providers/values";
import type { Diagnostic } from "../messages";
import type { ProviderOf, Resource, StackResource } from "../model/resource";
import { PACK } from "../run";
import { LEVEL_CODE, SEVERITY_CODE } from "./info";

/** Reads resources from the engine's requests. A provider is read once. */
export class ResourceReader {
  private readonly providers = new Map<string, ProviderOf>();

  resource(request: analyzer.AnalyzeRequest | analyzer.AnalyzerResource): Resource {
    const { properties, secrets } = decode(request.getProperties());
    const options = request.getOptions();
    const provider = this.provider(request.getProvider());
    return {
      urn: request.getUrn(),
      type: request.getType(),
      name: request.getName(),
      inputs: properties,
      secrets,
      protect: options?.getProtect() ?? false,
      ignoreChanges: options?.getIgnorechangesList() ?? [],
      parent: options?.getParent() ?? "",
      ...(provider === undefined ? {} : { provider }),
    };
  }

  /** A resource of the stack: its inputs as they were shown before, since the engine shows its outputs now. */
  stackResource(request: analyzer.AnalyzerResource, seen: ReadonlyMap<string, Resource>): StackResource {
    const known = seen.get(request.getUrn());
    const own = known ?? this.resource(request);
    return {
      ...own,
      outputs: known === undefined ? own.inputs : decode(request.getProperties()).properties,
      parent: request.getParent(),
      dependencies: request.getDependenciesList(),
      propertyDependencies: Object.fromEntries(
        [...request.getPropertydependenciesMap().entries()].map(([property, from]) => [property, from.getUrnsList()]),
      ),
    };
  }

  private provider(request: analyzer.AnalyzerProviderResource | undefined): ProviderOf | undefined {
    if (request === undefined) return undefined;
    const urn = request.getUrn();
    const known = this.providers.get(urn) ?? {
      urn,
      type: request.getType(),
      name: request.getName(),
      inputs: decode(request.getProperties()).properties,
    };
    this.providers.set(urn, known);
    return known;
  }
}

export function diagnosticOf(found: Diagnostic, version: string): analyzer.AnalyzeDiagnostic {
  return new analyzer.AnalyzeDiagnostic()
    .setPolicyname(found.rule)
    .setPolicypackname(PACK)
    .setPolicypackversion(version)
    .setDescription(found.title)
    .setMessage(found.message)
    .setEnforcementlevel(LEVEL_CODE[found.level])
    .setSeverity(SEVERITY_CODE[found.severity])
    .setUrn(found.urn);
}
