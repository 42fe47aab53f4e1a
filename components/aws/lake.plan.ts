import { icebergColumns, icebergPartitions, icebergProperties, type TableSpec } from "../planning/lake";

/** Schema and partitions as the Glue catalog takes them. A type is written as JSON, so a text with quotes of its own. */
export function icebergTable(table: TableSpec, location: string) {
  return {
    location,
    schema: {
      type: "struct",
      schemaId: 0,
      fields: icebergColumns(table).map((column) => ({ ...column, type: JSON.stringify(column.type) })),
    },
    partitionSpec: { specId: 0, fields: icebergPartitions(table) },
    properties: icebergProperties(table),
  };
}
