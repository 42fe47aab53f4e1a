import type { CloudView } from "../../cloud/cloud";
import { ServiceError } from "../../cloud/errors";
import type { Session } from "../../cloud/package";
import type { Scope } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { accountDataSources } from "./data-sources-account";
import { computeDataSources } from "./data-sources-compute";
import { namesDataSources } from "./data-sources-names";
import { networkDataSources } from "./data-sources-network";
import { routingDataSources } from "./data-sources-routing";

/** What a data source may ask: the instance it was called on, and where it looks (`region` of its arguments, else the instance's). */
export interface Lookup {
  readonly session: Session;
  readonly scope: Scope;
  readonly cloud: CloudView;
}

export type DataSource = (args: Properties, lookup: Lookup) => Properties;

const DATA_SOURCES: Readonly<Record<string, DataSource>> = {
  ...accountDataSources,
  ...networkDataSources,
  ...routingDataSources,
  ...namesDataSources,
  ...computeDataSources,
};

/** Answers a data source; one that is not simulated is an error that names it and those that are. */
export function lookUp(token: string, args: Properties, session: Session, cloud: CloudView): Properties {
  const source = DATA_SOURCES[token];
  if (source === undefined) {
    const known = Object.keys(DATA_SOURCES)
      .map((each) => each.split(":")[1])
      .sort()
      .join(", ");
    throw new ServiceError(
      "UnsupportedOperation",
      `the offline cloud does not answer the data source ${token}; it answers ${known}`,
    );
  }
  const region = typeof args["region"] === "string" ? args["region"] : session.scope.region;
  return source(args, { session, scope: { ...session.scope, region }, cloud });
}
