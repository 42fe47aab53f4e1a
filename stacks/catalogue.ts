import type { SiteName } from "../components/planning/site-plan";
import type { BlueprintId } from "../config/blueprints";

/** A stack that the project knows. */
export interface CatalogueEntry {
  readonly stack: string;
  readonly system: string;
  /** The site of the address plan that it is; none for a system that is no part of it. */
  readonly site?: SiteName;
  /** The code that it runs. */
  readonly blueprint: BlueprintId;
  readonly clouds: readonly ("aws" | "gcp" | "azure")[];
  /** Region of its primary site. */
  readonly region: string;
  readonly description: string;
}

/** Every known stack. */
export const catalogue = {
  dev: {
    stack: "dev",
    system: "portfolio",
    site: "dev",
    blueprint: "portfolio-aws",
    clouds: ["aws"],
    region: "us-west-2",
    description:
      "The portfolio's AWS site at its smallest: network with one NAT gateway, cluster, PostgreSQL, Redis, objects",
  },
  prod: {
    stack: "prod",
    system: "portfolio",
    site: "prod",
    blueprint: "portfolio-aws",
    clouds: ["aws"],
    region: "us-west-2",
    description:
      "The portfolio's primary site at production class: three zones, private API, every store replicated, audited and backed up",
  },
  "prod-gcp": {
    stack: "prod-gcp",
    system: "portfolio",
    site: "prod-gcp",
    blueprint: "portfolio-gcp",
    clouds: ["gcp"],
    region: "us-central1",
    description:
      "The portfolio's secondary site on Google Cloud at production class: follows the primary one, reads nothing of it",
  },
  dr: {
    stack: "dr",
    system: "portfolio",
    site: "dr",
    blueprint: "portfolio-azure",
    clouds: ["azure"],
    region: "eastus",
    description:
      "The portfolio's recovery site on Azure: a pilot light that follows the other sites, production size by a switch of its role",
  },
  "durga-puja": {
    stack: "durga-puja",
    system: "durga-puja",
    blueprint: "durga-puja",
    clouds: ["aws"],
    region: "us-east-1",
    description:
      "The photo app on EKS in three zones: both services, PostgreSQL with a replica, Redis, assets, registry",
  },
} as const satisfies Record<string, CatalogueEntry>;
