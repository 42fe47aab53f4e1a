import { getStack } from "@pulumi/pulumi";
import { loadConfiguration } from "./config/load";
import { pulumiConfiguration } from "./config/source";

/**
 * Runs the blueprint of the stack; what it returns are the stack's outputs.
 *
 * @param root folder of the program's sources, where blueprints find code that they ship
 */
export default async function program(root = process.cwd()): Promise<object> {
  const config = loadConfiguration(pulumiConfiguration());
  const stack = getStack();
  // Loaded on demand: each blueprint brings only the SDKs of its own clouds.
  switch (config.blueprint) {
    case "durga-puja":
      return (await import("./stacks/durga-puja")).deploy(config, stack);
    case "portfolio-aws":
      return (await import("./stacks/portfolio-aws")).deploy(config, stack, root);
    case "portfolio-azure":
      return (await import("./stacks/portfolio-azure")).deploy(config, stack);
    case "portfolio-gcp":
      return (await import("./stacks/portfolio-gcp")).deploy(config, stack, root);
    case "state-backend":
      return (await import("./stacks/state-backend")).deploy(config);
    case "state-backend-azure":
      return (await import("./stacks/state-backend-azure")).deploy(config);
    case "state-backend-gcp":
      return (await import("./stacks/state-backend-gcp")).deploy(config);
  }
}
