import type { ResourceSchema } from "../schema/schema";
import type { CloudView } from "./cloud";
import type { CheckCall } from "./control-plane";
import type { ServiceError } from "./errors";
import type { FaultOperation, Outage } from "./faults";
import type { ResourceType, Scope } from "./resource-type";
import type { Properties } from "./value";

/** Which properties replace a resource: a row of the sourced table. */
export interface Replacement {
  /** Property paths; `a.b` inside a block, `[*]` for list elements; `"*"`: every input but `except`. */
  readonly replaces: readonly string[] | "*";
  /** With `"*"`: what is updated in place all the same. Default `tags`. */
  readonly except?: readonly string[];
  /** Blocks whose coming, going or change in number replaces, while what changes inside one does so only where `replaces` lists it. */
  readonly presence?: readonly string[];
  /** Paths that replace only under a condition coded in the provider, such as a downgrade; see `ResourceType.replacesWhen`. */
  readonly conditional?: readonly string[];
  /** Whether the upstream resource is on the newer plugin framework, which never asks to delete first by itself. */
  readonly framework?: boolean;
}

/**
 * Where a command is run. `network`: on a runner inside the site's own network. `internet`: anywhere else, by public addresses.
 */
export type Place = "network" | "internet";

/** One configured provider instance: told apart by account, region and default tags. */
export interface Session {
  readonly scope: Scope;
  /** The provider's own configuration, parsed. */
  readonly config: Properties;
  /** From where its calls come. Default `network`. */
  readonly place?: Place;
}

/** A call that is about to be made. */
export interface OutgoingCall {
  /** Token of the resource type or the data source. */
  readonly token: string;
  readonly operation: FaultOperation | "invoke";
  /** Service and API action as messages name them; absent for a data source. */
  readonly service?: string;
  readonly action?: string;
  readonly inputs: Properties;
  readonly scope: Scope;
  readonly session: Session;
  readonly cloud: CloudView;
  /** What is switched off. */
  readonly outages: readonly Outage[];
}

/** One attached package (aws, kubernetes, random): what its provider knows, without the wire. */
export interface CloudPackage {
  readonly name: string;
  /** Version of the installed SDK. */
  readonly version: string;
  /** Problems of a provider's configuration, by property. */
  checkConfig(config: Properties): readonly { readonly property: string; readonly reason: string }[];
  /** The instance that a configuration makes; a `ServiceError` if the cloud would refuse it. */
  configure(config: Properties, cloud: CloudView): Session;
  /** Undefined: the SDK has no such class. */
  schema(token: string): ResourceSchema | undefined;
  /** The service's rules; a generic answer for a type that has none of its own. */
  resourceType(token: string): ResourceType;
  /**
   * Undefined: the table has no row, and nothing replaces. The instance and both inputs, where the caller has them, are for
   * packages whose provider decides by its own options or by the object.
   */
  replacement(
    token: string,
    session?: Session,
    oldInputs?: Properties,
    newInputs?: Properties,
  ): Replacement | undefined;
  /** Whether a replacement deletes first: depends on names given by hand. */
  deletesFirst(token: string, oldInputs: Properties, newInputs: Properties): boolean;
  /** The scope of a resource: the instance's, unless the inputs name another region or the type is global. */
  scopeOf(token: string, inputs: Properties, session: Session): Scope;
  /** A data source. Arguments are known. */
  invoke(token: string, args: Properties, session: Session, cloud: CloudView): Properties;
  /**
   * What the provider writes into the inputs before anything looks at them, the automatic name included; `suffix` gives the
   * digits of such a name. Absent: the name of the type's rules, and nothing else.
   */
  prepareInputs?(call: CheckCall, suffix: () => string, cloud: CloudView): Properties;
  /** Outputs that every resource of the package has: `tagsAll` with the default tags, `region`. */
  effectiveOutputs?(token: string, inputs: Properties, session: Session): Properties;
  /** The provider's own wording of a refusal, where it is not the AWS SDK's. */
  describeError?(error: ServiceError, rules: ResourceType, action: string): string;
  /**
   * Refuses a call to an API that cannot be reached from where the session is, or that is switched off (`Unanswered`), and one
   * that a zone without capacity cannot serve.
   */
  reachable?(call: OutgoingCall): void;
}
