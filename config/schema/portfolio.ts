import type { TableSpec } from "../../components/planning/lake";

/** Tables of the portfolio's lake, the same on every cloud. */
export const lakeTables: Readonly<Record<string, TableSpec>> = {
  events: {
    description: "Every domain event, by the day it happened",
    columns: [
      { name: "id", type: "string", required: true },
      { name: "type", type: "string", required: true },
      { name: "happened_at", type: "timestamptz", required: true },
      { name: "payload", type: "string", required: false },
    ],
    partition: { happened_at: "day" },
  },
};
