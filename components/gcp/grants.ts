import { RepositoryIamMember } from "@pulumi/gcp/artifactregistry/repositoryIamMember";
import { IcebergCatalogIamMember } from "@pulumi/gcp/biglake/icebergCatalogIamMember";
import { IAMMember } from "@pulumi/gcp/projects/iammember";
import { BucketIAMMember } from "@pulumi/gcp/storage/bucketIAMMember";
import { all, type CustomResourceOptions, type Input, type Output, type Resource } from "@pulumi/pulumi";
import type { Grant, Grantable } from "../contracts/grant";
import { rightsOf, type Right } from "./grants.plan";
import type { Project } from "./project";

/**
 * Gives a member what the grants say: a role on each thing itself where it takes one, else on the project under a condition that
 * names the things. Older rights of the thing stay.
 *
 * Ids of what is granted end with its name: `…/buckets/<name>` or a bucket's name alone, `projects/…/databases/<name>`,
 * `projects/…/repositories/<name>`. Those of a lake are its bucket and its catalog, in this order.
 *
 * @returns the rights, for what has to come after them
 */
export function giveRights(
  name: string,
  project: Project,
  member: Input<string>,
  grants: readonly Grant[],
  opts: CustomResourceOptions,
): readonly Resource[] {
  const seen = new Map<string, number>();
  return grants.flatMap(({ to, access }) => {
    const count = (seen.get(to.kind) ?? 0) + 1;
    seen.set(to.kind, count);
    // The place of a grant among those of its kind: another kind that comes or goes renames none of them.
    const prefix = `${name}-${to.kind}${count === 1 ? "" : `-${String(count)}`}`;
    return rightsOf(to.kind, access).flatMap((right) =>
      give(`${prefix}-${right.id}`, project, member, to, right, opts),
    );
  });
}

function give(
  name: string,
  project: Project,
  member: Input<string>,
  to: Grantable,
  { on, role, condition, part }: Right,
  opts: CustomResourceOptions,
): readonly Resource[] {
  const ids = part === undefined ? to.resourceIds : to.resourceIds.slice(part, part + 1);
  if (ids.length === 0) return [];
  const each = (make: (childName: string, id: Output<string>) => Resource) =>
    ids.map((id, index) => make(index === 0 ? name : `${name}-${String(index + 1)}`, id));
  switch (on) {
    case "project":
      return [
        new IAMMember(
          name,
          {
            project: project.id,
            role,
            member,
            ...(condition === undefined
              ? {}
              : { condition: { title: condition.title, expression: all([...ids]).apply(condition.expression) } }),
          },
          opts,
        ),
      ];
    case "bucket":
      return each((child, id) => new BucketIAMMember(child, { bucket: id.apply(lastPart), role, member }, opts));
    case "catalog":
      return each(
        (child, id) =>
          new IcebergCatalogIamMember(child, { project: project.id, name: id.apply(lastPart), role, member }, opts),
      );
    case "repository":
      return each(
        (child, id) =>
          new RepositoryIamMember(
            child,
            { project: project.id, location: project.region, repository: id.apply(lastPart), role, member },
            opts,
          ),
      );
  }
}

function lastPart(id: string): string {
  return id.slice(id.lastIndexOf("/") + 1);
}
