import { icebergColumns, icebergPartitions, icebergProperties, type TableSpec } from "../planning/lake";

const millisecondsPerDay = 86_400_000;

/**
 * A table as the catalog of BigLake takes it. Snapshots that are older than `snapshotRetentionDays` go when an engine expires
 * them; one always stays. https://iceberg.apache.org/docs/latest/configuration/#table-behavior-properties
 */
export function icebergTable(table: TableSpec, location: string, snapshotRetentionDays: number) {
  const partitions = icebergPartitions(table);
  return {
    location,
    schema: { type: "struct", fields: icebergColumns(table) },
    ...(partitions.length === 0 ? {} : { partitionSpec: { fields: partitions } }),
    properties: {
      ...icebergProperties(table),
      "history.expire.max-snapshot-age-ms": String(snapshotRetentionDays * millisecondsPerDay),
      "history.expire.min-snapshots-to-keep": "1",
    },
  };
}
