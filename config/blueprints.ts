import type { z } from "zod";
import { durgaPuja } from "./schema/durga-puja";
import { portfolioAws } from "./schema/portfolio-aws";
import { portfolioAzure } from "./schema/portfolio-azure";
import { portfolioGcp } from "./schema/portfolio-gcp";
import { stateBackend } from "./schema/state-backend";
import { stateBackendAzure } from "./schema/state-backend-azure";
import { stateBackendGcp } from "./schema/state-backend-gcp";

/** The settings of each blueprint. */
export const blueprints = {
  "durga-puja": durgaPuja,
  "portfolio-aws": portfolioAws,
  "portfolio-azure": portfolioAzure,
  "portfolio-gcp": portfolioGcp,
  "state-backend": stateBackend,
  "state-backend-azure": stateBackendAzure,
  "state-backend-gcp": stateBackendGcp,
} as const satisfies Record<string, z.ZodObject>;

export type BlueprintId = keyof typeof blueprints;

/** The checked configuration of a stack; `blueprint` tells which one it is. */
export type Configuration = { [Id in BlueprintId]: z.output<(typeof blueprints)[Id]> }[BlueprintId];

export const blueprintIds = Object.keys(blueprints) as readonly BlueprintId[];

export function isBlueprintId(id: unknown): id is BlueprintId {
  return blueprintIds.some((known) => known === id);
}
