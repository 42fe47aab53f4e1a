import { getStack } from "@pulumi/pulumi";
import { allConfig } from "@pulumi/pulumi/runtime/config";
import * as runtimeConfig from "@pulumi/pulumi/runtime/config";
import type { ConfigurationSource } from "./load";

// Declared @internal, so absent from the typings: the only way to tell an encrypted value from one in clear.
const { isConfigSecret } = runtimeConfig as unknown as { isConfigSecret: (key: string) => boolean };

/** The configuration of the stack that is being deployed. */
export function pulumiConfiguration(): ConfigurationSource {
  const values = allConfig() as Record<string, string>;
  return { stack: getStack(), values, secretKeys: Object.keys(values).filter((key) => isConfigSecret(key)) };
}
