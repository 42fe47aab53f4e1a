import type { CloudView } from "../../cloud/cloud";
import type { CallContext, Scope } from "../../cloud/resource-type";

/** What a rule sees of another region of the account: for copies that a service keeps there. */
export function inRegion(
  { cloud, scope }: Pick<CallContext<unknown>, "cloud" | "scope">,
  region: string,
): { readonly cloud: CloudView; readonly scope: Scope } {
  const there: Scope = { account: scope.account, region };
  return {
    scope: there,
    cloud: {
      find: (type, id, other) => cloud.find(type, id, other ?? there),
      findBy: (type, key, value, other) => cloud.findBy(type, key, value, other ?? there),
      list: (type, other) => cloud.list(type, other ?? there),
    },
  };
}
