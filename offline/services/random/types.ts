import type { RandomBytesArgs } from "@pulumi/random/randomBytes";
import type { RandomIdArgs } from "@pulumi/random/randomId";
import type { RandomIntegerArgs } from "@pulumi/random/randomInteger";
import type { RandomPasswordArgs } from "@pulumi/random/randomPassword";
import type { RandomPetArgs } from "@pulumi/random/randomPet";
import type { RandomShuffleArgs } from "@pulumi/random/randomShuffle";
import type { RandomStringArgs } from "@pulumi/random/randomString";
import type { RandomUuidArgs } from "@pulumi/random/randomUuid";
import { resourceType, type ResourceType } from "../../cloud/resource-type";
import { Stream } from "./stream";
import { bcryptShape, checkText, randomText } from "./text";

const common = {
  service: "random",
  actions: { create: "Create", delete: "Delete" },
  reach: "global",
  stateOnly: true,
} as const;
/** The id of what has no identity of its own; its value is in the outputs. */
const NO_ID = "none";

const ADJECTIVES = ["able", "bold", "brave", "calm", "clever", "eager", "fair", "gentle", "keen", "lively", "noble"];
const ANIMALS = ["badger", "crane", "dolphin", "falcon", "heron", "lynx", "marmot", "otter", "panda", "raven", "wren"];

const uuid = (token: string, version: "4" | "7") =>
  resourceType<RandomUuidArgs>({
    token,
    ...common,
    create: ({ hex }) => {
      const digits = hex(32);
      const result = [
        digits.slice(0, 8),
        digits.slice(8, 12),
        `${version}${digits.slice(13, 16)}`,
        // The variant of RFC 9562: the two highest bits are 10.
        `${((parseInt(digits.charAt(16), 16) & 3) | 8).toString(16)}${digits.slice(17, 20)}`,
        digits.slice(20, 32),
      ].join("-");
      return { id: result, outputs: { result } };
    },
  });

/** What each type of the package computes; every input of every type replaces. */
export const randomTypes: readonly ResourceType[] = [
  resourceType<RandomPasswordArgs>({
    token: "random:index/randomPassword:RandomPassword",
    ...common,
    check: checkText,
    create: (context) => ({
      id: NO_ID,
      outputs: { ...randomText(context), bcryptHash: bcryptShape(context.hex) },
    }),
  }),
  resourceType<RandomStringArgs>({
    token: "random:index/randomString:RandomString",
    ...common,
    check: checkText,
    create: (context) => {
      const outputs = randomText(context);
      return { id: outputs.result, outputs };
    },
  }),
  resourceType<RandomIdArgs>({
    token: "random:index/randomId:RandomId",
    ...common,
    check: ({ inputs, refuse }) => {
      if (inputs.byteLength !== undefined && inputs.byteLength < 1) {
        refuse("byteLength", `Attribute byte_length value must be at least 1, got: ${String(inputs.byteLength)}`);
      }
    },
    create: ({ inputs, hex }) => {
      const bytes = new Stream(hex(64)).bytes(inputs.byteLength);
      const prefix = inputs.prefix ?? "";
      const id = bytes.toString("base64url");
      return {
        id,
        outputs: {
          b64Url: `${prefix}${id}`,
          b64Std: `${prefix}${bytes.toString("base64")}`,
          hex: `${prefix}${bytes.toString("hex")}`,
          dec: `${prefix}${String(BigInt(`0x${bytes.toString("hex")}`))}`,
        },
      };
    },
  }),
  resourceType<RandomIntegerArgs>({
    token: "random:index/randomInteger:RandomInteger",
    ...common,
    check: ({ inputs, refuse }) => {
      if (inputs.min !== undefined && inputs.max !== undefined && inputs.max < inputs.min) {
        refuse("min", "the minimum (min) value needs to be smaller than or equal to maximum (max) value");
      }
    },
    create: ({ inputs, hex }) => {
      const result = inputs.min + new Stream(inputs.seed ?? hex(64)).below(inputs.max - inputs.min + 1);
      return { id: String(result), outputs: { result } };
    },
  }),
  resourceType<RandomPetArgs>({
    token: "random:index/randomPet:RandomPet",
    ...common,
    create: ({ inputs, hex }) => {
      const stream = new Stream(hex(64));
      const length = inputs.length ?? 2;
      const separator = inputs.separator ?? "-";
      const words = Array.from({ length }, (_, at) => stream.pick(at === length - 1 ? ANIMALS : ADJECTIVES));
      const id = [...(inputs.prefix === undefined ? [] : [inputs.prefix]), ...words].join(separator);
      return { id, outputs: { length, separator } };
    },
  }),
  resourceType<RandomShuffleArgs>({
    token: "random:index/randomShuffle:RandomShuffle",
    ...common,
    create: ({ inputs, hex }) => {
      const stream = new Stream(inputs.seed ?? hex(64));
      const count = inputs.inputs.length === 0 ? 0 : (inputs.resultCount ?? inputs.inputs.length);
      const results: string[] = [];
      while (results.length < count) results.push(...stream.shuffle(inputs.inputs));
      return { id: "-", outputs: { results: results.slice(0, count) } };
    },
  }),
  resourceType<RandomBytesArgs>({
    token: "random:index/randomBytes:RandomBytes",
    ...common,
    check: ({ inputs, refuse }) => {
      if (inputs.length !== undefined && inputs.length < 1) {
        refuse("length", `Attribute length value must be at least 1, got: ${String(inputs.length)}`);
      }
    },
    create: ({ inputs, hex }) => {
      const bytes = new Stream(hex(64)).bytes(inputs.length);
      return { id: NO_ID, outputs: { base64: bytes.toString("base64"), hex: bytes.toString("hex") } };
    },
  }),
  uuid("random:index/randomUuid:RandomUuid", "4"),
  uuid("random:index/randomUuid4:RandomUuid4", "4"),
  uuid("random:index/randomUuid7:RandomUuid7", "7"),
];
