import type { SecretArgs, SecretIamMemberArgs, SecretVersionArgs } from "@pulumi/gcp/secretmanager";
import { refuse } from "../../cloud/errors";
import { resourceType, type CallContext, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { checkChoices } from "../input-checks";
import { requireServiceKey } from "./cmek";
import { PROVIDER } from "./errors";
import { link, nameIn } from "./links";
import { inProject, requireNamed, seconds } from "./lookups";
import { patternName } from "./names";
import { projectNumber } from "./project";
import { isRegion } from "./regions";
import { text } from "./text";
import { SECRET, TOPIC } from "./types";

const API = "secretmanager.googleapis.com";
const VERSION = "gcp:secretmanager/secretVersion:SecretVersion";
/** Bytes. https://docs.cloud.google.com/secret-manager/quotas */
const VALUE_LIMIT = 65_536;

type Inputs = Resolved<SecretArgs>;

const secret = resourceType<SecretArgs>({
  token: SECRET,
  service: "Secret Manager",
  actions: { create: "CreateSecret", update: "UpdateSecret", delete: "DeleteSecret" },
  reach: "global",
  name: patternName(
    "secretId",
    /^[A-Za-z0-9_-]+$/,
    "1 to 255 letters, digits, - and _",
    255,
    "https://docs.cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets/create",
  ),
  references: [link("topics[*].name", TOPIC)],
  defaults: () => ({ deletionProtection: false }),
  check: (context) => {
    const { inputs, refuse: report } = context;
    const { auto, userManaged } = inputs.replication ?? {};
    const isUnsure = context.isUnknown("replication");
    if (inputs.replication !== undefined && !isUnsure && (auto === undefined) === (userManaged === undefined)) {
      report("replication", "exactly one of `auto,userManaged` must be specified");
    }
    if (userManaged !== undefined && userManaged.replicas.length === 0) {
      report("replication.userManaged.replicas", "at least one replica");
    }
    const places = (userManaged?.replicas ?? []).map(({ location }) => location);
    for (const [index, place] of places.entries()) {
      const at = `replication.userManaged.replicas[${String(index)}].location`;
      if (!isRegion(place)) report(at, `there is no Google Cloud region "${place}"`);
      if (places.indexOf(place) !== index) report(at, `${place} is listed twice`);
    }
    if (inputs.ttl !== undefined && inputs.expireTime !== undefined) report("ttl", "conflicts with expireTime");
    const period = inputs.rotation?.rotationPeriod;
    const length = period === undefined ? undefined : (seconds(period) ?? 0);
    if (length !== undefined && (length < 3_600 || length > 3_153_600_000)) {
      report("rotation.rotationPeriod", `3600s to 3153600000s, got ${period ?? ""}`);
    }
    if (period !== undefined && inputs.rotation?.nextRotationTime === undefined) {
      report("rotation.nextRotationTime", "must be set with rotationPeriod");
    }
    if (inputs.rotation !== undefined && (inputs.topics ?? []).length === 0 && !context.isUnknown("topics")) {
      report("topics", "must be set to configure rotation");
    }
  },
  create: (context) => {
    const { inputs, scope } = context;
    checkKeys(context);
    const secretId = inputs.secretId ?? "";
    return {
      id: `projects/${scope.account}/secrets/${secretId}`,
      outputs: { secretId, name: `projects/${projectNumber(scope.account)}/secrets/${secretId}` },
    };
  },
  update: (context) => {
    checkKeys(context);
    return {};
  },
  // The versions go with it.
  delete: (context) => {
    const { resource, effects } = context;
    if (resource.inputs["deletionProtection"] === true) {
      refuse(PROVIDER, "cannot destroy secret without setting deletion_protection=false and running `pulumi up`");
    }
    for (const each of inProject(context, VERSION)) {
      if (nameIn(text(each.inputs["secret"])) === nameIn(resource.id)) effects.remove(each);
    }
  },
});

/** A replica's key is in its region; the key of a secret that is replicated everywhere is global. */
function checkKeys(context: CallContext<Inputs>): void {
  const { auto, userManaged } = context.inputs.replication;
  requireServiceKey(context, auto?.customerManagedEncryption?.kmsKeyName, API, ["global"]);
  for (const { location, customerManagedEncryption: encryption } of userManaged?.replicas ?? []) {
    requireServiceKey(context, encryption?.kmsKeyName, API, [location]);
  }
  const keys = (userManaged?.replicas ?? []).map(
    ({ customerManagedEncryption }) => customerManagedEncryption !== undefined,
  );
  if (new Set(keys).size > 1) {
    refuse("invalidArgument", "customer_managed_encryption must be set for all replicas or for none");
  }
}

const missing = { code: "notFound", message: "Secret [{value}] not found." };

const secretVersion = resourceType<SecretVersionArgs>({
  token: VERSION,
  service: "Secret Manager",
  actions: { create: "AddSecretVersion", update: "EnableSecretVersion", delete: "DestroySecretVersion" },
  reach: "global",
  references: [link("secret", SECRET, { holds: false, missing })],
  defaults: () => ({ deletionPolicy: "DELETE" }),
  check: (context) => {
    const { inputs, isUnknown, refuse: report } = context;
    const given = (["secretData", "secretDataWo"] as const).filter(
      (key) => inputs[key] !== undefined || isUnknown(key),
    );
    if (given.length !== 1) report("secretData", "exactly one of `secretData,secretDataWo` must be specified");
    for (const key of given) {
      if (Buffer.byteLength(inputs[key] ?? "") > VALUE_LIMIT)
        report(key, `INVALID_ARGUMENT: at most ${String(VALUE_LIMIT)} bytes`);
    }
    checkChoices(context, [["deletionPolicy", inputs.deletionPolicy, ["DELETE", "DISABLE", "ABANDON", "PREVENT"]]]);
  },
  create: (context) => {
    const { inputs, scope } = context;
    const found = requireNamed(context, SECRET, inputs.secret, missing);
    const earlier = inProject(context, VERSION).filter(
      ({ inputs: other }) => nameIn(text(other["secret"])) === nameIn(found.id),
    );
    const version = String(1 + Math.max(0, ...earlier.map(({ outputs }) => Number(outputs["version"]))));
    const name = `projects/${projectNumber(scope.account)}/secrets/${nameIn(found.id)}/versions/${version}`;
    return { id: name, outputs: { name, version, enabled: inputs.enabled ?? true } };
  },
});

const secretMember = resourceType<SecretIamMemberArgs>({
  token: "gcp:secretmanager/secretIamMember:SecretIamMember",
  service: "Secret Manager",
  actions: { create: "SetIamPolicy", delete: "SetIamPolicy" },
  reach: "global",
  references: [link("secretId", SECRET, { holds: false, missing })],
});

export const secretTypes: readonly ResourceType[] = [secret, secretVersion, secretMember];
