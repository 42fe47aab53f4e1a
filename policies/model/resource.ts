import type { Properties } from "../../offline/cloud/value";

/** The provider that a resource belongs to. */
export interface ProviderOf {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
}

/** A resource as the engine shows it to a policy pack: what a rule is about. */
export interface Resource {
  readonly urn: string;
  /** Type token, such as `aws:rds/instance:Instance`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** What the program asked for, after the provider's own check; secrets in clear, what a preview cannot know as `Unknown`. */
  readonly inputs: Properties;
  /** Paths of inputs that are secret, written as the engine writes paths: `users[0].password`. */
  readonly secrets: ReadonlySet<string>;
  /** Whether the engine refuses to delete it. */
  readonly protect: boolean;
  /** Paths of inputs whose changes the engine does not look at. */
  readonly ignoreChanges: readonly string[];
  /** Absent: a component, or a resource of a default provider of an older engine. */
  readonly provider?: ProviderOf;
  /** URN of the parent; empty for the stack itself. */
  readonly parent: string;
}

/** A resource in its stack: what the engine knows once the program has ended. */
export interface StackResource extends Resource {
  /** What the cloud made of it; in a preview, the inputs. */
  readonly outputs: Properties;
  /** URNs of everything that it waits for. */
  readonly dependencies: readonly string[];
  /** URNs of the resources that each top-level input comes from. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
}

/** `type name` of a resource: what a reader recognises. */
export function label({ type, name }: Pick<Resource, "type" | "name">): string {
  return `${type} ${name}`;
}
