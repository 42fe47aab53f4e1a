import { ComponentResource, type ComponentResourceOptions } from "@pulumi/pulumi";
import type { PostgresDatabase, ShardedPostgres as ShardedPostgresContract } from "../contracts/postgres-database";
import type { SecretReference, SecretStore } from "../contracts/secret-store";
import { shardPrefix } from "../planning/names";
import { shardRouting, type ShardRouting, type SlotTable } from "../planning/shards";
import { Postgres, type PostgresArgs } from "./postgres";

export interface ShardedPostgresArgs extends Omit<PostgresArgs, "secrets" | "secretName" | "otherDatabases"> {
  /**
   * The shards by a key, which becomes part of their names for ever, with the slots that each holds: every slot has one shard. A
   * shard without slots is one that is about to get some.
   */
  readonly slots: SlotTable;
  /** Further databases, on the server of the first shard alone. Default: none. */
  readonly firstShardDatabases?: readonly string[];
  /** Where the credentials of each shard's owner are kept, as `postgres-<shard>`. */
  readonly secrets: SecretStore;
}

/**
 * PostgreSQL on several servers, each with its own standby, replicas, backups and credentials. A new shard leaves the others as they
 * are; rows move only when slots do, which `docs/decisions/sharding.md` describes.
 *
 * Cost: that of `Postgres` for each shard.
 */
export class ShardedPostgres extends ComponentResource implements ShardedPostgresContract {
  readonly shards: readonly PostgresDatabase[];
  readonly credentials: readonly SecretReference[];
  /** The shards by their keys, as the routing table names them. */
  readonly byKey: Readonly<Record<string, Postgres>>;
  /** What a workload needs to find the shard of a key. */
  readonly routing: ShardRouting;

  /** @throws RangeError when a slot belongs to no shard or to two. */
  constructor(name: string, args: ShardedPostgresArgs, opts?: ComponentResourceOptions) {
    super("platform:azure:ShardedPostgres", name, {}, opts);
    const { slots, firstShardDatabases = [], ...shared } = args;
    this.routing = shardRouting(slots);
    const made = Object.keys(slots).map((shard, index) => {
      const database = new Postgres(
        `${name}-${shard}`,
        {
          ...shared,
          prefix: shardPrefix(args.prefix, shard),
          secretName: `postgres-${shard}`,
          otherDatabases: index === 0 ? firstShardDatabases : [],
        },
        { parent: this },
      );
      return { shard, database };
    });
    this.shards = made.map(({ database }) => database);
    this.credentials = made.flatMap(({ database }) => database.credentials ?? []);
    this.byKey = Object.fromEntries(made.map(({ shard, database }) => [shard, database]));
    this.registerOutputs({ hosts: this.shards.map(({ host }) => host), routing: this.routing });
  }
}
