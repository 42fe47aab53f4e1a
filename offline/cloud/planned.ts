import type { ResourceSchema } from "../schema/schema";
import { Unknown, type MutableProperties, type Properties } from "./value";

/**
 * The outputs that a preview shows: what echoes an input is known if the input is; every other output that the schema promises
 * is known only after the update. In an update the outputs so far stay, as the planned state of a bridged provider has them.
 */
export function plannedOutputs(plan: {
  readonly schema: ResourceSchema | undefined;
  readonly inputs: Properties;
  /** Outputs that follow from the inputs and the provider instance alone. */
  readonly effective: Properties;
  /** The resource as it is, when it exists. */
  readonly old?: { readonly inputs: Properties; readonly outputs: Properties };
}): Properties {
  const outputs: MutableProperties = {};
  if (plan.old === undefined) {
    for (const [property, { required }] of Object.entries(plan.schema?.outputs.properties ?? {})) {
      if (required) outputs[property] = Unknown.value;
    }
  } else {
    for (const [property, value] of Object.entries(plan.old.outputs)) {
      if (!(property in plan.old.inputs)) outputs[property] = value;
    }
  }
  const declared = plan.schema?.outputs.properties;
  for (const [property, value] of Object.entries(plan.inputs)) {
    if (declared === undefined || property in declared) outputs[property] = value;
  }
  return { ...outputs, ...plan.effective };
}
