import type { Access, GrantableKind } from "../contracts/grant";

/** One role that a grant comes to. */
export interface Right {
  /** Last part of its logical name: it never changes. */
  readonly id: string;
  readonly on: "project" | "bucket" | "catalog" | "repository";
  readonly role: string;
  /** Which of the ids of the thing it is for. Default: all. */
  readonly part?: number;
  /** What narrows a role on the project to the thing. Default: nothing. */
  readonly condition?: Condition;
}

interface Condition {
  readonly title: string;
  /** An expression of the Common Expression Language, given the ids of the thing. */
  readonly expression: (ids: readonly string[]) => string;
}

/** Names of secrets that begin as those of the store do. */
const ownSecrets: Condition = {
  title: "Secrets of the site",
  expression: (ids) => ids.map((id) => `resource.name.startsWith("${id}")`).join(" || "),
};

/** https://docs.cloud.google.com/firestore/native/docs/security/iam#conditions */
const ownDatabases: Condition = {
  title: "Databases of the site",
  expression: (ids) => ids.map((id) => `resource.name == "${id}"`).join(" || "),
};

/**
 * Every right, as roles of IAM, with what they hold: https://docs.cloud.google.com/iam/docs/roles-permissions
 * Which resources a condition can name: https://docs.cloud.google.com/iam/docs/conditions-resource-attributes
 *
 * Who writes objects may also delete older versions, which a bucket brings back by its soft delete.
 */
const kinds: Readonly<Record<GrantableKind, Readonly<Record<Access, readonly Right[]>>>> = {
  secrets: {
    read: [{ id: "read", on: "project", role: "roles/secretmanager.secretAccessor", condition: ownSecrets }],
    write: [
      { id: "read", on: "project", role: "roles/secretmanager.secretAccessor", condition: ownSecrets },
      { id: "add", on: "project", role: "roles/secretmanager.secretVersionAdder", condition: ownSecrets },
    ],
  },
  objects: {
    read: [{ id: "bucket", on: "bucket", role: "roles/storage.objectViewer" }],
    write: [{ id: "bucket", on: "bucket", role: "roles/storage.objectUser" }],
  },
  // A lake is a bucket and its part of the catalog.
  lake: {
    read: [
      { id: "bucket", on: "bucket", role: "roles/storage.objectViewer", part: 0 },
      { id: "catalog", on: "catalog", role: "roles/biglake.viewer", part: 1 },
    ],
    write: [
      { id: "bucket", on: "bucket", role: "roles/storage.objectUser", part: 0 },
      { id: "catalog", on: "catalog", role: "roles/biglake.editor", part: 1 },
    ],
  },
  "key-values": {
    read: [{ id: "data", on: "project", role: "roles/datastore.viewer", condition: ownDatabases }],
    write: [{ id: "data", on: "project", role: "roles/datastore.user", condition: ownDatabases }],
  },
  images: {
    read: [{ id: "repository", on: "repository", role: "roles/artifactregistry.reader" }],
    write: [{ id: "repository", on: "repository", role: "roles/artifactregistry.writer" }],
  },
};

/** The roles that a grant comes to. */
export function rightsOf(kind: GrantableKind, access: Access): readonly Right[] {
  return kinds[kind][access];
}
