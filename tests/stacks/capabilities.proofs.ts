import { isDeepStrictEqual } from "node:util";
import { RunError } from "@pulumi/pulumi/errors";
import { loadConfiguration } from "../../config/load";
import { isList, isProperties, type Properties, type Value } from "../../offline/cloud/value";
import { committed, withSettings } from "../config/stack-files";
import type { Holds } from "./capabilities.walk";
import { at } from "./deployed";

type Check = (inputs: Properties) => boolean;

/** Whether there is a resource of a type, or one whose inputs are as said. */
export const has =
  (type: string, ...checks: readonly Check[]): Holds =>
  (stack) =>
    stack.ofType(type).some(({ inputs }) => checks.every((holds) => holds(inputs)));

/** Whether there are resources of a type, and the inputs of each are as said. */
export const every =
  (type: string, ...checks: readonly Check[]): Holds =>
  (stack) => {
    const found = stack.ofType(type);
    return found.length > 0 && found.every(({ inputs }) => checks.every((holds) => holds(inputs)));
  };

/** Whether a component tells others what is said. */
export const tells =
  (type: string, ...checks: readonly Check[]): Holds =>
  (stack) =>
    stack.ofType(type).some(({ outputs }) => checks.every((holds) => holds(outputs)));

/** How many resources of a type there are, or of those whose inputs are as said. */
export const count =
  (type: string, expected: number, ...checks: readonly Check[]): Holds =>
  (stack) =>
    stack.ofType(type).filter(({ inputs }) => checks.every((holds) => holds(inputs))).length === expected;

/** No resource's type matches. */
export const none =
  (type: RegExp): Holds =>
  (stack) =>
    stack.run.resources.every((resource) => !type.test(resource.type));

export const all =
  (...conditions: readonly Holds[]): Holds =>
  (stack) =>
    conditions.every((holds) => holds(stack));

export const not =
  (holds: Holds): Holds =>
  (stack) =>
    !holds(stack);

/** Whether an input is a value, compared with all that is in it; `undefined` is one that is not there. */
export const is =
  (path: string, expected: Value | undefined): Check =>
  (inputs) =>
    isDeepStrictEqual(at(inputs, path), expected);

/** Whether a list of names and values has one. */
export const lists =
  (path: string, name: string, value: string): Check =>
  (inputs) => {
    const entries = at(inputs, path);
    return (
      isList(entries) && entries.some((one) => isProperties(one) && one["name"] === name && one["value"] === value)
    );
  };

/** Whether a committed stack is refused some groups of settings at a path. */
export const refuses =
  (stack: string, path: string, settings: Readonly<Record<string, unknown>>): Holds =>
  () => {
    try {
      loadConfiguration(withSettings(committed(stack), settings));
      return false;
    } catch (error) {
      return RunError.isInstance(error) && error.message.split("\n").some((line) => line.startsWith(`  ${path}: `));
    }
  };

/** A release of a Helm chart. */
export const chart = (name: string): Holds => has("kubernetes:helm.sh/v3:Release", is("chart", name));

/** Everything is looked up, and nothing made. */
export const nothingMade: Holds = (stack) =>
  stack.run.resources.every(({ custom, type }) => !custom || type.startsWith("pulumi:"));
