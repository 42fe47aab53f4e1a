import type { Scope } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { pathOf } from "./links";
import { locationOf } from "./scope";
import { text } from "./text";

/**
 * Ids that the plain rule does not give. `{project}`, `{region}`, `{zone}`, `{location}` come from where the resource is, `{name}` is
 * what it is called, and any other word in braces is an input, of which a path or link stands for itself.
 */
const TEMPLATES: Readonly<Record<string, string>> = {
  "gcp:compute/networkPeeringRoutesConfig:NetworkPeeringRoutesConfig":
    "projects/{project}/global/networks/{network}/networkPeerings/{peering}",
  "gcp:compute/routerNat:RouterNat": "{project}/{region}/{router}/{name}",
  "gcp:compute/routerInterface:RouterInterface": "{region}/{router}/{name}",
  "gcp:compute/routerPeer:RouterPeer": "projects/{project}/regions/{region}/routers/{router}/{name}",
  "gcp:container/nodePool:NodePool": "projects/{project}/locations/{location}/clusters/{cluster}/nodePools/{name}",
  "gcp:dns/recordSet:RecordSet": "projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}",
  "gcp:kms/cryptoKey:CryptoKey": "{keyRing}/cryptoKeys/{name}",
  "gcp:projects/service:Service": "{project}/{service}",
  "gcp:projects/serviceIdentity:ServiceIdentity": "projects/{project}/services/{service}",
};

/** Word of Compute Engine's collections for a class, where it is not its plural: `addresses` of `GlobalAddress`. */
const COLLECTIONS: Readonly<Record<string, string>> = {
  GlobalAddress: "addresses",
  GlobalForwardingRule: "forwardingRules",
  HaVpnGateway: "vpnGateways",
  VPNTunnel: "vpnTunnels",
  SSLCertificate: "sslCertificates",
  URLMap: "urlMaps",
};

/** The id of a resource that is called `name`. `templates` are those of the types with rules of their own. */
export function idOf(
  token: string,
  inputs: Properties,
  scope: Scope,
  name: string,
  template = TEMPLATES[token],
): string {
  const shape = template ?? plainTemplate(token, inputs, scope);
  return shape.replace(/\{(\w+)\}/g, (_, word: string) => {
    if (word === "project") return scope.account;
    if (word === "region") return scope.region;
    if (word === "zone") return scope.zone ?? "";
    if (word === "location") return locationOf(inputs, scope);
    return word === "name" ? name : pathOf(text(inputs[word]));
  });
}

function plainTemplate(token: string, inputs: Properties, scope: Scope): string {
  const [, module = "", className = ""] = /^gcp:([^/]+)\/[^:]+:(\w+)$/.exec(token) ?? [];
  if (module === "compute") {
    const place = scope.zone !== undefined ? "zones/{zone}" : scope.region !== "" ? "regions/{region}" : "global";
    const regional = scope.region === "" ? className : className.replace(/^Region(?=[A-Z])/, "");
    return `projects/{project}/${place}/${collection(regional)}/{name}`;
  }
  const hasPlace = scope.region !== "" || "location" in inputs;
  return `projects/{project}/${hasPlace ? "locations/{location}/" : ""}${collection(className)}/{name}`;
}

/** `networks` of `Network`, `policies` of `Policy`, `addresses` of `Address`. */
function collection(className: string): string {
  const known = COLLECTIONS[className];
  if (known !== undefined) return known;
  const word = className.charAt(0).toLowerCase() + className.slice(1);
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}ies`;
  return /(s|x|ch|sh)$/.test(word) ? `${word}es` : `${word}s`;
}
