import { join } from "node:path";
import type { CloudPackage } from "./cloud/package";
import { SchemaSource } from "./schema/source";
import { awsPackage } from "./services/aws";
import { azurePackage } from "./services/azure";
import { gcpPackage } from "./services/gcp";
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
    azurePackage(of("azure-native")),
    gcpPackage(of("gcp")),
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
