import { validate } from "../schema/validate";
import { completeOutputs } from "../schema/complete";
import { readyAfter, resourceKey, type Cloud, type StoredResource } from "./cloud";
import { changes, covers, replaces, type Change } from "./diff";
import { PartialFailure, refuse, ServiceError } from "./errors";
import { takeFault, type FaultKind, type FaultOperation } from "./faults";
import { reach, worded } from "./outgoing";
import type { CloudPackage, Session } from "./package";
import { nameProblem, withName } from "./naming";
import { plannedOutputs } from "./planned";
import { mergeSecrets, redact } from "./redaction";
import { brokenReference, referredReadyAt, referrers } from "./references";
import type { CallContext, Created, Effects, ResourceType, Scope } from "./resource-type";
import { hasUnknown, isProperties, valuesAt, withoutUnknowns, type Properties } from "./value";

/** What the engine asks of one resource. `secrets` are the paths of inputs that must not be written down. */
export interface Call {
  readonly urn: string;
  readonly type: string;
  readonly inputs: Properties;
  readonly secrets?: ReadonlySet<string>;
  readonly session: Session;
}

export interface CheckCall extends Omit<Call, "secrets"> {
  readonly oldInputs?: Properties;
  /** The name that the engine's autonaming proposes, when the project configures it; `disabled` forbids one. */
  readonly autonaming?: { readonly name: string; readonly disabled: boolean };
}

export interface CheckFailure {
  readonly property: string;
  readonly reason: string;
}

export interface DiffResult {
  readonly changes: readonly (Change & { readonly replaces: boolean })[];
  readonly deleteBeforeReplace: boolean;
}

/**
 * The control plane of one attached package: the five layers, in order. Every caller (the provider on the wire, the monitor of
 * the tests) comes through here, so a rule is written once.
 */
export class ControlPlane {
  constructor(
    private readonly cloud: Cloud,
    private readonly pkg: CloudPackage,
  ) {}

  /** Layer 1 and what layer 2 can say of the inputs alone; fills in defaults and the automatic name. */
  check(call: CheckCall): { inputs: Properties; failures: readonly CheckFailure[] } {
    const { type, session } = call;
    const schema = this.pkg.schema(type);
    const rules = this.pkg.resourceType(type);
    const scope = this.pkg.scopeOf(type, call.inputs, session);
    const suffix = (digits: number) => () => this.cloud.hex(scope, call.urn, digits);
    const named =
      this.pkg.prepareInputs?.(call, suffix(8), this.cloud.view(scope)) ?? withName(rules.name, call, suffix(7));
    const inputs = rules.defaults === undefined ? named : { ...rules.defaults(named), ...named };
    const failures: CheckFailure[] = [];
    if (schema !== undefined) {
      failures.push(...validate(schema.inputs, inputs).map(({ path, reason }) => ({ property: path, reason })));
    }
    if (failures.length === 0) {
      const known = withoutUnknowns(inputs);
      const name = nameProblem(rules.name, inputs);
      if (name !== undefined) failures.push(name);
      rules.check?.({
        inputs: isProperties(known) ? known : {},
        scope,
        isUnknown: (path) => valuesAt(inputs, path).some(({ value }) => hasUnknown(value)),
        refuse: (property, reason) => failures.push({ property, reason }),
      });
    }
    return { inputs, failures };
  }

  /** Layer 4: what an update changes and whether it replaces. */
  diff(type: string, oldInputs: Properties, newInputs: Properties, session?: Session): DiffResult {
    const row = this.pkg.replacement(type, session, oldInputs, newInputs);
    const conditional = new Set(this.pkg.resourceType(type).replacesWhen?.(oldInputs, newInputs) ?? []);
    const found = changes(oldInputs, newInputs).map((change) => ({
      ...change,
      replaces: replaces(row, change) || [...conditional].some((path) => covers(path, change.path)),
    }));
    return {
      changes: found,
      deleteBeforeReplace: found.some((change) => change.replaces) && this.pkg.deletesFirst(type, oldInputs, newInputs),
    };
  }

  /** What a preview shows of a creation, or of an update of `old`: nothing is asked of the cloud. */
  plan(
    call: Pick<Call, "type" | "inputs" | "session">,
    old?: { readonly inputs: Properties; readonly outputs: Properties },
  ): Properties {
    return plannedOutputs({
      schema: this.pkg.schema(call.type),
      inputs: call.inputs,
      effective: this.pkg.effectiveOutputs?.(call.type, call.inputs, call.session) ?? {},
      ...(old === undefined ? {} : { old }),
    });
  }

  create(call: Call): { id: string; outputs: Properties } {
    const { scope, rules, context, transaction } = this.begin(call, "create");
    return this.carryOut(rules, "create", (fault) => {
      this.checkReferences(rules, call.inputs, scope);
      this.checkUniqueness(rules, call.inputs, scope);
      const created = rules.create?.(context) ?? this.genericCreate(rules, call, scope);
      const outputs = this.outputs(call, scope, created);
      if (rules.stateOnly === true) {
        this.cloud.commit({ made: [call.urn] });
        return { id: created.id, outputs };
      }
      const all = this.cloud.all();
      const start = Math.max(readyAfter(call.inputs, all), referredReadyAt(rules, call.inputs, scope, all));
      const readyAt = start + (rules.duration?.create ?? 1);
      transaction.put.push(this.stored({ type: call.type, id: created.id, scope, readyAt }, call, outputs));
      this.cloud.commit(transaction);
      const problems = [...(created.problems ?? [])];
      if (fault === "partial-creation")
        problems.push(`${call.type} ${created.id} did not become ready (injected fault)`);
      if (problems.length > 0) throw new PartialFailure(created.id, outputs, call.inputs, problems);
      return { id: created.id, outputs };
    });
  }

  update(call: Call & { readonly id: string; readonly oldInputs: Properties; readonly oldOutputs: Properties }): {
    outputs: Properties;
  } {
    const { scope, rules, context, transaction } = this.begin(call, "update");
    return this.carryOut(rules, "update", () => {
      if (rules.stateOnly === true) {
        const kept = withoutEchoes(call.oldOutputs, call.oldInputs);
        return { outputs: this.outputs(call, scope, { id: call.id, outputs: kept }) };
      }
      const resource = this.existing(rules, call.id, scope);
      this.checkReferences(rules, call.inputs, scope);
      if (isRenamed(rules, resource.inputs, call.inputs)) this.checkUniqueness(rules, call.inputs, scope);
      const problems: string[] = [];
      const report = (problem: string) => problems.push(problem);
      const changed = rules.update?.({ ...context, resource, oldInputs: call.oldInputs, report }) ?? {};
      const effective = this.pkg.effectiveOutputs?.(call.type, call.inputs, call.session) ?? {};
      const outputs = this.outputs(call, scope, {
        id: call.id,
        outputs: { ...computed(resource, call.oldOutputs), ...effective, ...changed },
      });
      transaction.put.push(
        this.stored(
          { type: call.type, id: call.id, scope, readyAt: Math.max(resource.readyAt, this.cloud.now) },
          call,
          outputs,
        ),
      );
      this.cloud.commit(transaction);
      if (problems.length > 0) throw new PartialFailure(call.id, outputs, call.inputs, problems);
      return { outputs };
    });
  }

  delete(call: Call & { readonly id: string }): void {
    const { scope, rules, context, transaction } = this.begin(call, "delete");
    this.carryOut(rules, "delete", () => {
      const resource = this.cloud.get(call.type, call.id, scope);
      // What is gone already is deleted: every provider treats "not found" so.
      if (resource === undefined) return;
      rules.delete?.({ ...context, resource, inputs: resource.inputs });
      const gone = new Set([resourceKey(resource), ...transaction.remove]);
      const holder = referrers(resource, this.cloud.all(), (type) => this.rulesOf(type)).find(
        (other) => !gone.has(resourceKey(other)),
      );
      if (holder !== undefined) {
        const { code, message } = rules.inUse ?? {
          code: "DependencyViolation",
          message: "{id} has a dependent object",
        };
        const named = message.includes("{holder}") ? message : `${message} (${holder.type} {holder})`;
        refuse(code, named.replaceAll("{id}", call.id).replaceAll("{holder}", holder.id));
      }
      transaction.remove.push(resourceKey(resource));
      this.cloud.commit(transaction);
    });
  }

  /** The resource as the cloud has it, or undefined when it does not exist. Secrets come from what the engine knows. */
  read(
    call: Pick<Call, "type" | "session"> & { id: string; inputs: Properties; outputs: Properties },
  ): { inputs: Properties; outputs: Properties } | undefined {
    const scope = this.pkg.scopeOf(call.type, call.inputs, call.session);
    const rules = this.pkg.resourceType(call.type);
    reach(this.cloud, this.pkg, call.id, rules, {
      token: call.type,
      operation: "read",
      inputs: call.inputs,
      scope,
      session: call.session,
    });
    if (rules.stateOnly === true) {
      // Only the state knows it: what the engine does not hold is nowhere.
      if (Object.keys(call.outputs).length === 0) return undefined;
      return { inputs: call.inputs, outputs: call.outputs };
    }
    return this.carryOut(rules, "read", () => {
      const resource = this.cloud.get(call.type, call.id, scope);
      if (resource === undefined) return undefined;
      return {
        inputs: mergeSecrets(resource.inputs, call.inputs),
        outputs: mergeSecrets(resource.outputs, call.outputs),
      };
    });
  }

  invoke(token: string, args: Properties, session: Session): Properties {
    const region = typeof args["region"] === "string" ? args["region"] : session.scope.region;
    const scope = { ...session.scope, region };
    reach(this.cloud, this.pkg, token, undefined, { token, operation: "invoke", inputs: args, scope, session });
    return this.pkg.invoke(token, args, session, this.cloud.view(session.scope));
  }

  private begin(call: Call, operation: "create" | "update" | "delete") {
    const { type, inputs, session } = call;
    const scope = this.pkg.scopeOf(type, inputs, session);
    const view = this.cloud.view(scope);
    const rules = this.pkg.resourceType(type);
    reach(this.cloud, this.pkg, call.urn, rules, { token: type, operation, inputs, scope, session });
    const transaction = { put: [] as StoredResource[], remove: [] as string[] };
    const effects: Effects = {
      put: (made) => transaction.put.push({ scope, readyAt: this.cloud.now, ...made }),
      remove: (resource) => transaction.remove.push(resourceKey(resource)),
    };
    const context: CallContext<Properties> = {
      urn: call.urn,
      scope,
      inputs: call.inputs,
      cloud: view,
      outages: this.cloud.outages(),
      effects,
      hex: (digits) => this.cloud.hex(scope, call.urn, digits),
    };
    return { scope, rules, context, transaction };
  }

  private carryOut<Result>(
    rules: ResourceType,
    operation: FaultOperation,
    call: (fault: FaultKind | undefined) => Result,
  ): Result {
    const taken = takeFault(this.cloud.faults(), rules.token, operation);
    if (taken !== undefined) this.cloud.commit({ faults: taken.rest });
    const kind = taken?.fault.kind;
    try {
      if (kind === "throttling") throw new ServiceError("ThrottlingException", "Rate exceeded", "throttled");
      if (kind === "internal")
        throw new ServiceError("InternalFailure", "injected fault: nothing was changed", "internal");
      const result = call(kind);
      if (kind === "timeout-after-change") {
        throw new ServiceError("RequestTimeout", "injected fault: the change was made, the answer was lost", "timeout");
      }
      return result;
    } catch (error) {
      throw error instanceof ServiceError ? worded(this.pkg, error, rules, operation) : error;
    }
  }

  private checkReferences(rules: ResourceType, inputs: Properties, scope: Scope): void {
    const broken = brokenReference(rules, inputs, scope, this.cloud);
    if (broken !== undefined) refuse(broken.code, broken.message);
  }

  private checkUniqueness(rules: ResourceType, inputs: Properties, scope: Scope): void {
    const unique = rules.name?.unique;
    if (rules.name === undefined || unique === undefined) return;
    const name = inputs[rules.name.property];
    const taken = this.cloud.all().some((other) => {
      if (other.type !== rules.token || other.inputs[rules.name?.property ?? ""] !== name) return false;
      if (unique.within === "world") return true;
      if (other.scope.account !== scope.account) return false;
      return unique.within === "account" || other.scope.region === scope.region;
    });
    if (taken) refuse(unique.code, unique.message.replaceAll("{value}", typeof name === "string" ? name : ""));
  }

  private existing(rules: ResourceType, id: string, scope: Scope): StoredResource {
    return (
      this.cloud.get(rules.token, id, scope) ??
      refuse("ResourceNotFoundException", `${rules.token} ${id} does not exist`)
    );
  }

  private genericCreate(rules: ResourceType, call: Call, scope: Scope): Created {
    const name = rules.name === undefined ? undefined : call.inputs[rules.name.property];
    return { id: typeof name === "string" ? name : this.cloud.hex(scope, call.urn, 17), outputs: {} };
  }

  private outputs(call: Call, scope: Scope, created: Created): Properties {
    const schema = this.pkg.schema(call.type);
    const effective = this.pkg.effectiveOutputs?.(call.type, call.inputs, call.session) ?? {};
    const known = { ...effective, ...created.outputs };
    if (schema === undefined) return { ...call.inputs, ...known };
    return completeOutputs({ schema, inputs: call.inputs, computed: known, id: created.id, scope, token: call.type });
  }

  private stored(
    made: Pick<StoredResource, "type" | "id" | "scope" | "readyAt">,
    call: Call,
    outputs: Properties,
  ): StoredResource {
    const secretOutputs = new Set([...(this.pkg.schema(call.type)?.secrets ?? []), ...(call.secrets ?? [])]);
    return {
      ...made,
      urn: call.urn,
      inputs: redact(call.inputs, call.secrets ?? new Set()),
      outputs: redact(outputs, secretOutputs),
    };
  }

  private rulesOf(type: string): ResourceType | undefined {
    return type.startsWith(`${this.pkg.name}:`) ? this.pkg.resourceType(type) : undefined;
  }
}

function isRenamed(rules: ResourceType, before: Properties, after: Properties): boolean {
  return rules.name !== undefined && before[rules.name.property] !== after[rules.name.property];
}

/**
 * The outputs of a resource that are not echoes of its inputs: what an update keeps unless the service says otherwise. Secret
 * ones come from what the engine knows.
 */
function computed(resource: StoredResource, known: Properties): Properties {
  return withoutEchoes(mergeSecrets(resource.outputs, known), resource.inputs);
}

function withoutEchoes(outputs: Properties, inputs: Properties): Properties {
  return Object.fromEntries(Object.entries(outputs).filter(([property]) => !(property in inputs)));
}
