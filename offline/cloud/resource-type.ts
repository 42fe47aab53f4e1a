import type { Unwrap } from "@pulumi/pulumi";
import type { CloudView, StoredResource } from "./cloud";
import type { Outage } from "./faults";
import type { Properties } from "./value";

/** Where a resource lives. Two resources see each other only within one account, and a regional one only within its region. */
export interface Scope {
  /** AWS account id; project of Google Cloud; for Kubernetes the cluster's own id; "" where a package has no such notion. */
  readonly account: string;
  /** Region of a regional resource, "" for a global one. */
  readonly region: string;
  /** Zone of a zonal resource, where the service is told one. It tells no two scopes apart. */
  readonly zone?: string;
}

/** An SDK's argument type as a rule sees it: every output resolved. `import type` the class's `…Args`, so an SDK rename is a compile error. */
export type Resolved<Args> = { readonly [Key in keyof Args]: Unwrap<Args[Key]> };

/** A property that names another resource. Layer 2 checks that it exists; layer 4 keeps what it names from being deleted. */
export interface Reference {
  /** Path of the property, `[*]` for every element: `vpcId`, `subnetIds[*]`, `vpcConfig.securityGroupIds[*]`. */
  readonly path: string;
  /** Token of the type it names; several where the property accepts several. */
  readonly to: string | readonly string[];
  /** What of the other resource the property holds. Default `id`; otherwise the name of an output, such as `arn`. */
  readonly by?: string;
  /**
   * Whether `value` names `candidate`, where a service accepts several spellings (a name, a path, a link). `from` is the scope of
   * the resource that refers. Absent: `by` is the same, and `within` says where.
   */
  readonly matches?: (value: string, candidate: StoredResource, from: Scope) => boolean;
  /** Where to look for it. Default `same`: same account and region. `account`: any region of the account. */
  readonly within?: "same" | "account" | "anywhere";
  /** The service's error when it does not exist; absent: the service does not look. `{value}` stands for what the property holds. */
  readonly missing?: { readonly code: string; readonly message: string };
  /** Whether it keeps the other from being deleted. Default true. */
  readonly holds?: boolean;
}

/** What a rule for the inputs alone may use: unknown values are left out, so a rule speaks only of what is there. */
export interface CheckContext<Inputs> {
  readonly inputs: Partial<Inputs>;
  readonly scope: Scope;
  /** Whether the property at this path was given but is not known yet. */
  readonly isUnknown: (path: string) => boolean;
  /** Reports a problem with one property; the engine prints all of them. */
  readonly refuse: (property: string, reason: string) => void;
}

/** What a rule may use while a call is carried out: everything is known. */
export interface CallContext<Inputs> {
  readonly urn: string;
  readonly scope: Scope;
  readonly inputs: Inputs;
  /** Reads the resources of this scope (and others, by name). */
  readonly cloud: CloudView;
  /** What is switched off. */
  readonly outages: readonly Outage[];
  /** Resources that the service itself makes or removes along with this one: put into the same transaction. */
  readonly effects: Effects;
  /** Hexadecimal digits for an id, always the same for the same resource in the same cloud. */
  readonly hex: (digits: number) => string;
}

export interface UpdateContext<Inputs> extends CallContext<Inputs> {
  readonly resource: StoredResource;
  readonly oldInputs: Inputs;
  /** Says what is wrong with the resource although the update was made: reported as a partial failure. */
  readonly report: (problem: string) => void;
}

export interface DeleteContext<Inputs> extends CallContext<Inputs> {
  readonly resource: StoredResource;
}

export interface Effects {
  /** Makes, or replaces by the same type, scope and id, a resource that no program registered. */
  readonly put: (
    resource: Pick<StoredResource, "type" | "id" | "inputs" | "outputs"> & { readonly scope?: Scope },
  ) => void;
  readonly remove: (resource: StoredResource) => void;
}

export interface Created {
  readonly id: string;
  /** Computed outputs. Inputs are echoed and the rest of the declared outputs filled in by the schema layer. */
  readonly outputs: Properties;
  /** What is wrong with the resource although it was made: reported as a partial failure. */
  readonly problems?: readonly string[];
}

/**
 * What one service refuses and computes for one resource type. Data where the rule is a fact (names, references, error codes), a
 * function where it is a computation. Replacement rules are in a table of their own (`replacements.ts` of the package).
 */
export interface ResourceType<Inputs = Properties> {
  readonly token: string;
  /** Service and API actions as the real provider's messages name them. */
  readonly service: string;
  readonly actions: { readonly create: string; readonly update?: string; readonly delete: string };
  /** Default `regional`. */
  readonly reach?: "regional" | "global";
  /** Lives in the engine's state alone (`random`): the cloud keeps nothing of it. */
  readonly stateOnly?: boolean;
  /** The property that names the object, filled by autonaming when absent; and what names the service accepts. */
  readonly name?: NameRule;
  readonly references?: readonly Reference[];
  /**
   * The error of a deletion while another resource refers to this one. Default code `DependencyViolation`. `{id}` stands for this
   * one, `{holder}` for the other; without it the other is named behind the message.
   */
  readonly inUse?: { readonly code: string; readonly message: string };
  /** How long the real service takes, in seconds of the virtual clock, with its source. Default 1 s. */
  readonly duration?: { readonly create: number; readonly delete?: number; readonly source: string };
  /** Defaults that the provider itself writes into the inputs. */
  readonly defaults?: (inputs: Properties) => Properties;
  readonly check?: (context: CheckContext<Inputs>) => void;
  /** Refuses the creation, or gives the id and the computed outputs. Absent: a generic id and outputs. */
  readonly create?: (context: CallContext<Inputs>) => Created;
  /** Refuses the update, or gives the computed outputs that change. */
  readonly update?: (context: UpdateContext<Inputs>) => Properties;
  /** Refuses the deletion (protection, contents), or removes what the service removes along with it. */
  readonly delete?: (context: DeleteContext<Inputs>) => void;
  /** Properties that replace only under a condition (a downgrade, a shrink). */
  readonly replacesWhen?: (oldInputs: Properties, newInputs: Properties) => readonly string[];
}

export interface NameRule {
  readonly property: string;
  readonly pattern: RegExp;
  /** In words, for the message, and where the rule stands. */
  readonly rule: string;
  readonly source: string;
  readonly maxLength: number;
  /** Characters that autonaming may use. Default lower-case letters, digits and `-`. */
  readonly separator?: string;
  /** How the provider spells a name that it makes up: in lower case, with a prefix. */
  readonly spell?: (name: string) => string;
  /** Within what the name must be unique, and the service's error otherwise; absent: it need not be. */
  readonly unique?: {
    readonly within: "region" | "account" | "world";
    readonly code: string;
    readonly message: string;
  };
}

/** Declares a resource type; the type parameter is the SDK's argument class, so that rules are checked against the typings. */
export function resourceType<Args>(definition: ResourceType<Resolved<Args>>): ResourceType {
  return definition as unknown as ResourceType;
}
