import assert from "node:assert/strict";
import type { ResourceType } from "../../../../policies/types";
import { withUnknown } from "../../fixtures";
import { StackUnderTest } from "../../stack-under-test";

/** The id that a resource of a stack has. */
export function idOf(stack: StackUnderTest, type: ResourceType, name: string): string {
  const { id } = stack.one(type, name).outputs;
  assert.equal(typeof id, "string");
  return id as string;
}

/** The stack in which an input of a resource comes from certain resources, `type name`, and from no other. */
export function linked(
  stack: StackUnderTest,
  type: ResourceType,
  name: string,
  property: string,
  ...sources: readonly string[]
): StackUnderTest {
  const old = stack.one(type, name);
  const urns = sources.map((label) => {
    const at = label.indexOf(" ");
    return stack.one(label.slice(0, at) as ResourceType, label.slice(at + 1)).urn;
  });
  const propertyDependencies = { ...old.propertyDependencies, [property]: urns };
  return new StackUnderTest(stack.resources.map((one) => (one === old ? { ...old, propertyDependencies } : one)));
}

/** The stack in which a value is not known, and the engine does not say where it comes from. */
export function unknown(stack: StackUnderTest, type: ResourceType, name: string, path: string): StackUnderTest {
  const property = /^[^.[]+/.exec(path)?.[0] ?? path;
  const made = linked(stack, type, name, property);
  const old = made.one(type, name);
  return new StackUnderTest(made.resources.map((one) => (one === old ? withUnknown(old, path) : one)));
}
