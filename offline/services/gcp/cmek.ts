import type { CloudView, StoredResource } from "../../cloud/cloud";
import { refuse } from "../../cloud/errors";
import type { Caller } from "./lookups";
import { nameIn, partIn } from "./links";
import { serviceAgent } from "./project";
import { text, texts } from "./text";
import {
  CRYPTO_KEY,
  CRYPTO_KEY_IAM_BINDING,
  CRYPTO_KEY_IAM_MEMBER,
  KEY_RING_IAM_BINDING,
  KEY_RING_IAM_MEMBER,
  PROJECT_IAM_BINDING,
  PROJECT_IAM_MEMBER,
} from "./types";

const KEY_ROLE = "roles/cloudkms.cryptoKeyEncrypterDecrypter";
const KEY_NAME = /^projects\/[^/]+\/locations\/([^/]+)\/keyRings\/[^/]+\/cryptoKeys\/[^/]+(\/cryptoKeyVersions\/\d+)?$/;

/**
 * Refuses the call unless `key` is a key in one of the `locations` that exists and that the service's agent may use. The grant
 * must be there first: a service tries the key while it creates. https://docs.cloud.google.com/kms/docs/cmek
 *
 * @param api whose agent uses the key: `sqladmin.googleapis.com`
 * @param agent the agent's address, where it is another one than the service's own
 */
export function requireServiceKey(
  caller: Caller,
  key: string | undefined,
  api: string,
  locations: readonly string[],
  agent = serviceAgent(caller.scope.account, api),
): void {
  if (key === undefined || key === "") return;
  const found = KEY_NAME.exec(key);
  if (found === null) {
    return refuse(
      "invalidArgument",
      `Invalid KMS key name ${key}: expected projects/*/locations/*/keyRings/*/cryptoKeys/*`,
    );
  }
  const at = found[1] ?? "";
  const allowed = locations.map((location) => location.toLowerCase());
  if (!allowed.includes(at)) {
    refuse("invalidArgument", `KMS key ${key} is in ${at}, and the resource needs one in ${allowed.join(" or ")}`);
  }
  const id = key.replace(/\/cryptoKeyVersions\/\d+$/, "");
  const stored = caller.cloud.list(CRYPTO_KEY, "anywhere").find((each) => each.id === id);
  if (stored === undefined) return refuse("notFound", `CryptoKey ${id} not found.`);
  if (!membersOf(caller.cloud, stored).includes(`serviceAccount:${agent}`)) {
    refuse(
      "forbidden",
      `Permission denied on Cloud KMS key ${id}. Please ensure that the service account ${agent} has been authorized to use this key: it needs ${KEY_ROLE}.`,
    );
  }
}

/** Everybody who may use the key: by a grant on it, on its ring or on its project. */
function membersOf(cloud: CloudView, key: StoredResource): readonly string[] {
  const ring = key.id.split("/cryptoKeys/")[0] ?? "";
  const grants: readonly (readonly [tokens: readonly string[], on: (grant: StoredResource) => boolean])[] = [
    [[CRYPTO_KEY_IAM_MEMBER, CRYPTO_KEY_IAM_BINDING], ({ inputs }) => isNamed(inputs["cryptoKeyId"], key.id)],
    [[KEY_RING_IAM_MEMBER, KEY_RING_IAM_BINDING], ({ inputs }) => isNamed(inputs["keyRingId"], ring)],
    [
      [PROJECT_IAM_MEMBER, PROJECT_IAM_BINDING],
      ({ inputs }) => nameIn(text(inputs["project"])) === partIn(key.id, "projects"),
    ],
  ];
  return grants.flatMap(([tokens, on]) =>
    tokens
      .flatMap((token) => cloud.list(token, "anywhere"))
      .filter((grant) => grant.inputs["role"] === KEY_ROLE && on(grant))
      .flatMap(({ inputs: { member, members } }) => (member === undefined ? texts(members) : [text(member)])),
  );
}

/** Grants name a key or a ring by its id, or by `project/location/ring/key`. */
function isNamed(value: unknown, id: string): boolean {
  return value === id || value === id.replace(/^projects\/|\/(?:locations|keyRings|cryptoKeys)(?=\/)/g, "");
}
