import type { CloudView } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { Session } from "../../cloud/package";
import type { Properties } from "../../cloud/value";
import type { ResourceSchema } from "../../schema/schema";
import { clusterSources } from "./aks-credentials";
import { armId, armType, sameId, typeName } from "./arm";
import { CALLER, tenantOf } from "./provider-config";
import { redisSources } from "./redis";

/** What a data source is asked with. */
export interface Asked {
  readonly token: string;
  readonly args: Properties;
  readonly session: Session;
  readonly cloud: CloudView;
}

/** Data sources that compute something, by token. */
export type DataSources = Readonly<Record<string, (asked: Asked) => Properties>>;

const accountSources: DataSources = {
  "azure-native:authorization:getClientConfig": ({ session }) => ({
    clientId: CALLER.clientId,
    objectId: CALLER.objectId,
    subscriptionId: session.scope.account,
    tenantId: tenantOf(session),
  }),
  "azure-native:authorization:getClientToken": () => ({ token: "offline: no token" }),
};

const SOURCES: DataSources = { ...accountSources, ...clusterSources, ...redisSources };

/** A data source: one with rules of its own, else `get<Class>`, which reads the resource that its arguments name. */
export function lookUp(asked: Asked, schema: (token: string) => ResourceSchema | undefined): Properties {
  const { token, args, session, cloud } = asked;
  const own = SOURCES[token];
  if (own !== undefined) return own(asked);
  const [, module = "", method = ""] = token.split(":");
  const resource = `azure-native:${module}:${method.slice("get".length)}`;
  if (!method.startsWith("get") || schema(resource) === undefined) {
    refuse("Unimplemented", `${token} is not available offline`);
  }
  const type = armType(resource, schema(resource));
  const id = armId(type, args, session.scope.account);
  const found = cloud.list(resource).find((each) => sameId(each.id, id));
  if (found !== undefined) return { ...found.outputs, id: found.id };
  const name = id.split("/").at(-1) ?? "";
  const [code, message] =
    type.path === ""
      ? (["ResourceGroupNotFound", `Resource group '${name}' could not be found.`] as const)
      : (["ResourceNotFound", `The Resource '${typeName(type)}/${name}' was not found: ${id}`] as const);
  refuse(code, `request failed ${id}: Status=404 Code="${code}" Message="${message}"`);
}
