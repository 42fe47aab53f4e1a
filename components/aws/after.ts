import { all, output, type Output, type Resource, type Unwrap } from "@pulumi/pulumi";

/**
 * A value that is known once other resources exist: what is made from it is created after them and deleted before them.
 *
 * For the inputs of a remote component. Its `dependsOn` holds back its creation alone: the resources inside record no such
 * dependency, so that a deletion takes them in any order. What an input depends on is recorded on the resource that uses it.
 */
export function after<T>(value: T, resources: readonly Resource[]): Output<Unwrap<T>> {
  return all(resources.map(({ urn }) => urn)).apply(() => output(value));
}
