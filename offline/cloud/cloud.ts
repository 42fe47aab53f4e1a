import { createHash } from "node:crypto";
import { Journal, type Transaction } from "./journal";
import type { Fault, Outage } from "./faults";
import type { Scope } from "./resource-type";
import { hasUnknown, type Properties } from "./value";

/** A resource as the cloud keeps it. Secret inputs are not kept: the journal is a plain file. */
export interface StoredResource {
  readonly type: string;
  readonly id: string;
  readonly scope: Scope;
  /** URN of the resource that made it; absent for what a service made along with another. */
  readonly urn?: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
  /** Virtual second at which the service called it ready. */
  readonly readyAt: number;
}

/** What rules may ask of the cloud. */
export interface CloudView {
  /** The resource of this type and id in the caller's scope (or the given one). */
  find(type: string, id: string, scope?: Scope): StoredResource | undefined;
  /** The resource whose output `key` (or `id`) has this value. */
  findBy(type: string, key: string, value: unknown, scope?: Scope | "anywhere"): StoredResource | undefined;
  /** All resources of a type in the caller's scope, or everywhere. */
  list(type: string, scope?: Scope | "anywhere"): readonly StoredResource[];
}

/** What a resource is called in the cloud's index. Global types leave the region empty. */
export function resourceKey(resource: Pick<StoredResource, "type" | "id" | "scope">): string {
  return [resource.scope.account, resource.scope.region, resource.type, resource.id].join("|");
}

/**
 * All that exists in the simulated clouds: an index in memory over a journal on disk. A transaction is one line of the journal,
 * written before it is acknowledged, so a process killed at any moment loses nothing that was acknowledged.
 */
export class Cloud {
  private readonly resources = new Map<string, StoredResource>();
  private readonly faultList: Fault[] = [];
  private readonly outageList: Outage[] = [];
  /** Call to the virtual second until which it was tried in vain, since outages last changed at the second `waitsFrom`. */
  private readonly waits = new Map<string, number>();
  private waitsFrom = 0;
  private generation = new Map<string, number>();
  private sequence = 0;
  private latest = 0;

  private constructor(private readonly journal: Journal | undefined) {}

  /** Opens the cloud kept in `folder`, which is made if absent; without a folder the cloud lives in memory only. */
  static open(folder?: string): Cloud {
    const journal = folder === undefined ? undefined : Journal.open(folder);
    const cloud = new Cloud(journal);
    for (const transaction of journal?.replay() ?? []) cloud.apply(transaction);
    return cloud;
  }

  /** What the cloud in `folder` holds now, for reading only: another process may be writing to it. */
  static snapshot(folder: string): Cloud {
    const cloud = new Cloud(undefined);
    for (const transaction of Journal.read(folder)) cloud.apply(transaction);
    return cloud;
  }

  close(): void {
    this.journal?.close();
  }

  /**
   * Seconds of the virtual clock: when the last change so far was ready, or the last unanswered call given up. It never goes
   * back, whatever is deleted.
   */
  get now(): number {
    return this.latest;
  }

  all(): readonly StoredResource[] {
    return [...this.resources.values()];
  }

  get(type: string, id: string, scope: Scope): StoredResource | undefined {
    return (
      this.resources.get(resourceKey({ type, id, scope })) ??
      this.resources.get(resourceKey({ type, id, scope: { ...scope, region: "" } }))
    );
  }

  ofUrn(urn: string): readonly StoredResource[] {
    return this.all().filter((resource) => resource.urn === urn);
  }

  view(caller: Scope): CloudView {
    const within = (scope: Scope | "anywhere" | undefined) => (resource: StoredResource) => {
      if (scope === "anywhere") return true;
      const wanted = scope ?? caller;
      return (
        resource.scope.account === wanted.account &&
        (resource.scope.region === "" || resource.scope.region === wanted.region)
      );
    };
    const list = (type: string, scope?: Scope | "anywhere") =>
      this.all().filter((resource) => resource.type === type && within(scope)(resource));
    return {
      find: (type, id, scope) => this.get(type, id, scope ?? caller),
      findBy: (type, key, value, scope) =>
        list(type, scope).find((resource) => (key === "id" ? resource.id : resource.outputs[key]) === value),
      list,
    };
  }

  /** Digits for the ids of a resource: a function of what it is and of how often it was made, so that runs are repeatable. */
  hex(scope: Scope, urn: string, digits: number): string {
    const made = this.generation.get(urn) ?? 0;
    return createHash("sha256")
      .update([scope.account, scope.region, urn, String(made)].join("|"))
      .digest("hex")
      .slice(0, digits);
  }

  /** Commits one transaction: to the journal first, then to the index. */
  commit(change: Omit<Transaction, "sequence">): void {
    for (const resource of change.put ?? []) {
      if (hasUnknown(resource.inputs) || hasUnknown(resource.outputs)) {
        throw new Error(`${resource.type} ${resource.id}: an unknown value reached the cloud`);
      }
    }
    const transaction: Transaction = { sequence: this.sequence + 1, ...change };
    this.journal?.append(transaction);
    this.apply(transaction);
  }

  /** Faults waiting to happen, the oldest first. */
  faults(): readonly Fault[] {
    return this.faultList;
  }

  /** What is switched off. */
  outages(): readonly Outage[] {
    return this.outageList;
  }

  /**
   * Lets the clock run while a call is tried in vain for so many seconds. The calls of one command wait side by side: the clock
   * runs on when a call is tried again.
   */
  waitInVain(call: string, seconds: number): void {
    this.commit({ waited: { call, until: (this.waits.get(call) ?? this.waitsFrom) + seconds } });
  }

  private apply(transaction: Transaction): void {
    this.sequence = transaction.sequence;
    for (const key of transaction.remove ?? []) this.resources.delete(key);
    for (const resource of transaction.put ?? []) {
      const key = resourceKey(resource);
      if (!this.resources.has(key) && resource.urn !== undefined) this.countGeneration(resource.urn);
      this.resources.set(key, resource);
      this.latest = Math.max(this.latest, resource.readyAt);
    }
    for (const urn of transaction.made ?? []) this.countGeneration(urn);
    if (transaction.faults !== undefined) this.faultList.splice(0, this.faultList.length, ...transaction.faults);
    if (transaction.outages !== undefined) {
      this.outageList.splice(0, this.outageList.length, ...transaction.outages);
      this.waits.clear();
      this.waitsFrom = this.latest;
    }
    if (transaction.waited !== undefined) {
      const { call, until } = transaction.waited;
      this.waits.set(call, until);
      this.latest = Math.max(this.latest, until);
    }
  }

  private countGeneration(urn: string): void {
    this.generation.set(urn, (this.generation.get(urn) ?? 0) + 1);
  }
}

/** When everything that `inputs` name is ready, in virtual seconds: the earliest start of what is made from them. */
export function readyAfter(inputs: Properties, all: readonly StoredResource[]): number {
  const text = new Set(strings(inputs));
  let start = 0;
  for (const resource of all) {
    const { arn, selfLink } = resource.outputs;
    const isNamed = [resource.id, arn, selfLink].some((name) => typeof name === "string" && text.has(name));
    if (isNamed) start = Math.max(start, resource.readyAt);
  }
  return start;
}

function strings(inputs: Properties): string[] {
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value === "string") found.push(value);
    else if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(walk);
  };
  walk(inputs);
  return found;
}
