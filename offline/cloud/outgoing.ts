import type { Cloud } from "./cloud";
import { ServiceError, Unanswered } from "./errors";
import type { CloudPackage, OutgoingCall } from "./package";
import type { ResourceType } from "./resource-type";

/**
 * Lets a call go out to where it is answered; `call` tells it from others. One that nobody answers takes its time, and changes
 * nothing. `rules` are absent for a data source.
 */
export function reach(
  cloud: Cloud,
  pkg: CloudPackage,
  call: string,
  rules: ResourceType | undefined,
  to: Omit<OutgoingCall, "cloud" | "outages" | "service" | "action">,
): void {
  try {
    pkg.reachable?.({
      ...to,
      ...(rules === undefined ? {} : { service: rules.service, action: actionOf(rules, to.operation) }),
      cloud: cloud.view(to.scope),
      outages: cloud.outages(),
    });
  } catch (error) {
    if (error instanceof Unanswered) cloud.waitInVain(`${to.operation} ${call}`, error.seconds);
    if (rules === undefined || error instanceof Unanswered || !(error instanceof ServiceError)) throw error;
    throw worded(pkg, error, rules, to.operation);
  }
}

/** A refusal in the words of the package's provider. */
export function worded(
  pkg: CloudPackage,
  error: ServiceError,
  rules: ResourceType,
  operation: OutgoingCall["operation"],
): ServiceError {
  const action = actionOf(rules, operation);
  const text = pkg.describeError?.(error, rules, action);
  return new ServiceError(
    error.code,
    text ?? `operation error ${rules.service}: ${action}, api error ${error.code}: ${error.message}`,
    error.kind,
  );
}

function actionOf({ actions }: ResourceType, operation: OutgoingCall["operation"]): string {
  if (operation === "update") return actions.update ?? actions.create;
  return operation === "delete" ? actions.delete : actions.create;
}
