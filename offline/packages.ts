import { join } from "node:path";
import type { CloudPackage } from "./cloud/package";
import { lazyPackage } from "./lazy-package";
import { SchemaSource } from "./schema/source";
import { awsPackage } from "./services/aws";
import type * as Azure from "./services/azure";
import type * as Gcp from "./services/gcp";
import { kubernetesPackage } from "./services/kubernetes";
import { kubernetesReplacement } from "./services/kubernetes/replacements";
import { randomPackage } from "./services/random";

/**
 * Every package of the offline cloud. `root` is the folder of the project, whose installed SDKs say what each type accepts; what was
 * read of them is kept in `schemaCache`. Nothing is read before it is asked for.
 */
export function packages(
  root: string,
  schemaCache: string = join(root, ".platform", "schemas"),
): readonly CloudPackage[] {
  const source = new SchemaSource({ root, cache: schemaCache });
  const of = (name: string) => ({
    get version() {
      return source.version(name);
    },
    schema: (token: string) => source.resource(token),
  });
  return [
    awsPackage(of("aws")),
    // A call of `require` is the only way to load a module at once and not before: `import()` answers later.
    /* eslint-disable @typescript-eslint/no-require-imports */
    lazyPackage("azure-native", () => (require("./services/azure") as typeof Azure).azurePackage(of("azure-native"))),
    lazyPackage("gcp", () => (require("./services/gcp") as typeof Gcp).gcpPackage(of("gcp"))),
    /* eslint-enable @typescript-eslint/no-require-imports */
    kubernetesPackage({
      ...of("kubernetes"),
      replacement: (token, session, _oldInputs, newInputs) =>
        kubernetesReplacement(
          token,
          {
            secretMutable: session?.config["enableSecretMutable"] === true,
            configMapMutable: session?.config["enableConfigMapMutable"] === true,
          },
          newInputs ?? {},
        ),
    }),
    randomPackage(of("random")),
  ];
}
