import type { CloudView } from "../../cloud/cloud";
import { ServiceError } from "../../cloud/errors";
import type { Session } from "../../cloud/package";
import type { Scope } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { accountDataSources } from "./data-sources-account";
import { lookupDataSources } from "./data-sources-lookup";
import { text } from "./text";

/** What a data source may ask: the instance it was called on, and where it looks (its arguments, else the instance's). */
export interface Lookup {
  readonly session: Session;
  readonly scope: Scope;
  readonly cloud: CloudView;
}

export type DataSource = (args: Properties, lookup: Lookup) => Properties;

const DATA_SOURCES: Readonly<Record<string, DataSource>> = { ...accountDataSources, ...lookupDataSources };

/** Answers a data source; one that is not simulated is an error that names it and those that are. */
export function lookUp(token: string, args: Properties, session: Session, cloud: CloudView): Properties {
  const source = DATA_SOURCES[token];
  if (source === undefined) {
    const known = Object.keys(DATA_SOURCES)
      .map((each) => each.slice(each.lastIndexOf(":") + 1))
      .sort()
      .join(", ");
    throw new ServiceError(
      "notImplemented",
      `the offline cloud does not answer the data source ${token}; it answers ${known}`,
    );
  }
  const account = text(args["project"]) || session.scope.account;
  const region = text(args["region"]) || session.scope.region;
  return source(args, { session, scope: { account, region }, cloud });
}
