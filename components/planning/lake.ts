/** Simple types of Iceberg: https://iceberg.apache.org/spec/#primitive-types */
export const icebergTypes = [
  "boolean",
  "int",
  "long",
  "float",
  "double",
  "date",
  "timestamp",
  "timestamptz",
  "string",
  "binary",
] as const;

export type IcebergType = (typeof icebergTypes)[number];

/** What a partition's value is made of: https://iceberg.apache.org/spec/#partition-transforms */
export const partitionTransforms = ["identity", "year", "month", "day", "hour"] as const;

export type PartitionTransform = (typeof partitionTransforms)[number];

export interface ColumnSpec {
  readonly name: string;
  readonly type: IcebergType;
  readonly required: boolean;
}

/** A table of the lake. */
export interface TableSpec {
  readonly description: string;
  /** In the order that they came: a new column goes to the end, since columns are known by their number. */
  readonly columns: readonly ColumnSpec[];
  /** By the column's name. */
  readonly partition: Readonly<Record<string, PartitionTransform>>;
}

const times = ["date", "timestamp", "timestamptz"] as const satisfies readonly IcebergType[];

/** What is wrong with a table; `undefined` if nothing is. */
export function tableProblem(table: string, { columns, partition }: TableSpec): string | undefined {
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `table "${table}" has two columns named "${twice}": rename one of them`;
  for (const [name, transform] of Object.entries(partition)) {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      return `table "${table}" is partitioned by "${name}", which is none of its columns (${names.join(", ")}): name one of them`;
    }
    const isTime = times.some((time) => time === column.type);
    if (transform !== "identity" && !isTime) {
      return `table "${table}" is partitioned by ${transform} of "${name}", a column of type ${column.type}: take one of type ${times.join(", ")}, or identity`;
    }
    if (transform === "hour" && column.type === "date") {
      return `table "${table}" is partitioned by hour of "${name}", a date without a time: take day, or a column of type timestamp`;
    }
  }
  return undefined;
}

/** The columns as Iceberg numbers them, in their order. */
export function icebergColumns({ columns }: TableSpec) {
  return columns.map(({ name, type, required }, index) => ({ id: index + 1, name, type, required }));
}

/** The partitions as Iceberg names them: by the column, and what is made of it. */
export function icebergPartitions({ columns, partition }: TableSpec) {
  const numbers = new Map(columns.map(({ name }, index) => [name, index + 1]));
  return Object.entries(partition).map(([name, transform]) => ({
    name: transform === "identity" ? name : `${name}_${transform}`,
    sourceId: numbers.get(name) ?? 0,
    transform,
  }));
}

/** How files of a table are written, and what the table is. */
export function icebergProperties({ description }: TableSpec) {
  return { comment: description, "write.format.default": "parquet", "write.parquet.compression-codec": "zstd" };
}
