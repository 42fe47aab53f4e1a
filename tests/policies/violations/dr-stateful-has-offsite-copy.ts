import { Table } from "@pulumi/aws/dynamodb/table";
import type { Providers } from "./providers";

/** A table in one region alone. */
export function plant(on: Providers): void {
  new Table(
    "alone",
    {
      attributes: [{ name: "id", type: "S" }],
      hashKey: "id",
      billingMode: "PAY_PER_REQUEST",
      deletionProtectionEnabled: true,
    },
    { ...on.aws(), protect: true },
  );
}
