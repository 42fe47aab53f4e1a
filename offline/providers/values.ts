import { createHash } from "node:crypto";
import { Struct, type JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import {
  Asset,
  isList,
  propertyPath,
  Unknown,
  type MutableProperties,
  type Properties,
  type Value,
} from "../cloud/value";

/**
 * Marks of special values on the wire.
 * Source: https://github.com/pulumi/pulumi/blob/v3.245.0/sdk/go/common/resource/sig/sig.go
 */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const ASSET = "c44067f5952c0a294b673a41bacd8c17";
const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";
const RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/**
 * What stands on the wire for a value that is not known yet, one for each type.
 * Source: https://github.com/pulumi/pulumi/blob/v3.245.0/sdk/go/common/resource/plugin/rpc.go
 */
const UNKNOWNS: ReadonlySet<string> = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // boolean
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** Whether an id on the wire is one that is not known yet. */
export function isUnknownId(id: string): boolean {
  return UNKNOWNS.has(id);
}

/** What is remembered of a decoded property bag, so that outputs can say the same of the same properties. */
export interface Marks {
  /** Paths of values that the engine marked secret. */
  readonly secrets: ReadonlySet<string>;
  /** Assets as they came, by hash: the cloud keeps the hash alone, and the SDK needs the place of the contents. */
  readonly assets: ReadonlyMap<string, JavaScriptValue>;
}

export interface Decoded extends Marks {
  readonly properties: Properties;
}

/**
 * A property bag as a provider sees it: secrets unwrapped, outputs resolved, a resource replaced by its id (by its URN where it
 * is a component, which has none), as the engine does for a provider that does not accept resources. Nulls are dropped from
 * blocks, as every bridged provider treats them as absent.
 */
export function decode(struct: Struct | undefined): Decoded {
  const secrets = new Set<string>();
  const assets = new Map<string, JavaScriptValue>();

  const block = (wire: Wire, path: string): Properties => {
    const properties: MutableProperties = {};
    for (const [key, value] of Object.entries(wire)) {
      if (value !== null && value !== undefined) properties[key] = decodeValue(value, propertyPath(path, key));
    }
    return properties;
  };

  const decodeValue = (wire: JavaScriptValue, path: string): Value => {
    if (typeof wire === "string") return UNKNOWNS.has(wire) ? Unknown.value : wire;
    if (wire === null || typeof wire !== "object") return wire;
    if (Array.isArray(wire)) {
      return wire.map((item: JavaScriptValue, index) => decodeValue(item, `${path}[${String(index)}]`));
    }
    const object = wire as Wire;
    const signature = object[SIGNATURE];
    if (typeof signature !== "string") return block(object, path);
    switch (signature) {
      case SECRET:
        secrets.add(path);
        return decodeValue(object["value"] ?? null, path);
      case OUTPUT:
        if (object["secret"] === true) secrets.add(path);
        return object["value"] === undefined ? Unknown.value : decodeValue(object["value"], path);
      case RESOURCE:
        // A custom resource that does not exist yet has an empty id.
        if (object["id"] === undefined || object["id"] === null) return decodeValue(object["urn"] ?? null, path);
        return object["id"] === "" ? Unknown.value : decodeValue(object["id"], path);
      case ASSET:
      case ARCHIVE: {
        const hash = typeof object["hash"] === "string" && object["hash"] !== "" ? object["hash"] : digest(object);
        assets.set(hash, object);
        return new Asset(signature === ASSET ? "asset" : "archive", hash);
      }
      default:
        throw new Error(`${path}: a value with the unknown signature "${signature}"`);
    }
  };

  return { properties: struct === undefined ? {} : block(struct.toJavaScript(), ""), secrets, assets };
}

/** A property bag for the wire, with the marks of what it echoes. Absent properties are left out. */
export function encode(properties: Properties, marks: Partial<Marks> = {}): Struct {
  const block = (values: Properties, path: string): Wire => {
    const wire: Wire = {};
    for (const [key, value] of Object.entries(values)) {
      if (value !== undefined) wire[key] = marked(value, propertyPath(path, key));
    }
    return wire;
  };

  const marked = (value: Value, path: string): JavaScriptValue => {
    const wire = plain(value, path);
    return marks.secrets?.has(path) === true ? { [SIGNATURE]: SECRET, value: wire } : wire;
  };

  const plain = (value: Value, path: string): JavaScriptValue => {
    if (value instanceof Unknown) return UNKNOWN_STRING;
    if (value instanceof Asset) {
      const sent = marks.assets?.get(value.hash);
      return sent ?? { [SIGNATURE]: value.kind === "asset" ? ASSET : ARCHIVE, hash: value.hash };
    }
    if (isList(value)) return value.map((item, index) => marked(item, `${path}[${String(index)}]`));
    if (typeof value === "object" && value !== null) return block(value, path);
    return value;
  };

  return Struct.fromJavaScript(block(properties, "") as Record<string, JavaScriptValue>);
}

type Wire = Record<string, JavaScriptValue | undefined>;

function digest(wire: Wire): string {
  return createHash("sha256").update(JSON.stringify(wire)).digest("hex");
}
