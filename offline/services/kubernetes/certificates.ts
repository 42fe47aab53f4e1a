import { createHash } from "node:crypto";
import type { CloudView, StoredResource } from "../../cloud/cloud";
import type { CallContext } from "../../cloud/resource-type";
import type { Properties } from "../../cloud/value";
import { certificateText } from "../certificate";
import type { Cluster } from "./cluster";
import { block, dig, nameOf, namespaceOf, text } from "./fields";
import { RELEASE, SECRET, type Kind } from "./kinds";
import { objectId } from "./status-error";

const GROUP = "cert-manager.io";

const ISSUERS: Readonly<Record<string, string>> = {
  ClusterIssuer: `kubernetes:${GROUP}/v1:ClusterIssuer`,
  Issuer: `kubernetes:${GROUP}/v1:Issuer`,
};

/** The issuer that a Certificate names; `undefined` where it is not there, "foreign" where it is of another group. */
function issuerOf(object: Properties, cloud: CloudView): StoredResource | "foreign" | undefined {
  const reference = block(dig(object, "spec", "issuerRef"));
  const name = text(reference["name"]);
  const token = ISSUERS[text(reference["kind"]) ?? "Issuer"];
  if (name === undefined || token === undefined || (text(reference["group"]) ?? GROUP) !== GROUP) return "foreign";
  return cloud.list(token).find(({ outputs }) => {
    const namespace = namespaceOf(outputs);
    return nameOf(outputs) === name && (namespace === undefined || namespace === namespaceOf(object));
  });
}

/** Whether the issuer that a Certificate names is there; issuers of other groups, and other custom resources, are taken as they are. */
export function hasIssuer(object: Properties, cloud: CloudView): boolean {
  return issuerOf(object, cloud) !== undefined;
}

/**
 * Writes the Secret of a Certificate: the certificate, its key, and under `ca.crt` the root that it is verified by.
 * https://cert-manager.io/docs/usage/certificate/
 */
export function issueCertificate(
  { group, kind }: Kind,
  object: Properties,
  cluster: Cluster,
  { cloud, effects }: Pick<CallContext<Properties>, "cloud" | "effects">,
): void {
  if (group !== GROUP || kind !== "Certificate") return;
  const id = secretId(object);
  const issuer = issuerOf(object, cloud);
  // What somebody wrote there is left alone.
  if (id === undefined || issuer === undefined || issuer === "foreign" || cloud.find(SECRET, id) !== undefined) return;
  const digest = (...parts: readonly string[]) =>
    createHash("sha256")
      .update([cluster.arn, ...parts].join("|"))
      .digest("hex");
  const [namespace = "default", name = ""] = id.split("/");
  const authority = text(dig(issuer.outputs, "spec", "ca", "secretName"));
  // One that signs itself is its own root.
  const root = certificateText(digest("root", authority ?? name));
  const data = {
    "ca.crt": root,
    "tls.crt": authority === undefined ? root : certificateText(digest("certificate", id)),
    "tls.key": "kept in the cluster\n",
  };
  const inputs = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name, namespace },
    type: "kubernetes.io/tls",
    data: Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")] as const),
    ),
  };
  effects.put({ type: SECRET, id, inputs, outputs: inputs });
}

/** Removes the Secret of a Certificate that is deleted, where the controller is told to: else it stays. */
export function withdrawCertificate(
  { group, kind }: Kind,
  object: Properties,
  { cloud, effects }: Pick<CallContext<Properties>, "cloud" | "effects">,
): void {
  if (group !== GROUP || kind !== "Certificate") return;
  const owned = cloud.list(RELEASE).some(({ inputs }) => dig(inputs, "values", "enableCertificateOwnerRef") === true);
  const id = secretId(object);
  const secret = owned && id !== undefined ? cloud.find(SECRET, id) : undefined;
  if (secret !== undefined) effects.remove(secret);
}

function secretId(object: Properties): string | undefined {
  const name = text(dig(object, "spec", "secretName"));
  return name === undefined ? undefined : objectId(namespaceOf(object) ?? "default", name);
}
