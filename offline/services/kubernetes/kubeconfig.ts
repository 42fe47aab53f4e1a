import { parse } from "yaml";
import { isProperties, type Properties, type Value } from "../../cloud/value";
import { blocks, dig, text } from "./fields";

/** What a provider takes from a kubeconfig. */
export interface Target {
  /** URL of the API server. */
  readonly server: string;
  /** URL of the API server as its certificate has it: other than `server` where that is the near end of a tunnel. */
  readonly endpoint: string;
  /** Whether the way leads through a bastion: a proxy, or a tunnel from this machine. */
  readonly tunnelled: boolean;
  /** Namespace of the context, if it names one. */
  readonly namespace: string | undefined;
}

/**
 * The API server that a kubeconfig points to, or what is wrong with it. The contents, as JSON or YAML: a path to a file is not
 * followed, since an offline run takes nothing from the machine.
 * https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/
 */
export function targetOf(contents: string, contextName?: string, clusterName?: string): Target | string {
  const config = parsed(contents);
  if (!isProperties(config)) {
    return "expected the contents of a kubeconfig file, as JSON or YAML; a path to a file is not read offline";
  }
  const context = contextName ?? text(config["current-context"]);
  const chosen = named(config["contexts"], context);
  if (context !== undefined && chosen === undefined) return `context "${context}" does not exist`;
  const cluster = clusterName ?? text(dig(chosen, "context", "cluster"));
  const found = cluster === undefined ? blocks(config["clusters"])[0] : named(config["clusters"], cluster);
  const server = text(dig(found, "cluster", "server"));
  if (server === undefined) return `cluster "${cluster ?? ""}" does not exist or has no server`;
  const certified = text(dig(found, "cluster", "tls-server-name"));
  const isHere = /^https:\/\/(localhost|127\.0\.0\.1)([:/]|$)/.test(server);
  return {
    server,
    endpoint: isHere && certified !== undefined ? `https://${certified}` : server,
    tunnelled: isHere || text(dig(found, "cluster", "proxy-url")) !== undefined,
    namespace: text(dig(chosen, "context", "namespace")),
  };
}

function named(list: Value | undefined, name: string | undefined): Properties | undefined {
  return blocks(list).find((entry) => entry["name"] === name);
}

function parsed(contents: string): Value | undefined {
  try {
    return parse(contents) as Value;
  } catch {
    return undefined;
  }
}

/** Host of a server URL, with the port when it is not 443. */
export function hostOf(server: string): string {
  try {
    return new URL(server).host;
  } catch {
    return server;
  }
}
