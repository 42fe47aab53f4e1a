/** How a function runs. */
export interface FunctionHosting {
  /** Topic that it reads. */
  readonly topic: string;
  /** Name under which the stream remembers how far it has read. */
  readonly consumerGroup: string;
  /** Seconds until a run is broken off. */
  readonly timeoutSeconds: number;
  /** Records in a batch at most. */
  readonly batchSize: number;
  /** Seconds that a batch is filled for. */
  readonly batchWindowSeconds: number;
}

/** Memory of an instance in MB, with processors for it: https://learn.microsoft.com/azure/azure-functions/flex-consumption-plan#instance-sizes */
export const instanceMemories = [512, 2048, 4096] as const;

export type InstanceMemory = (typeof instanceMemories)[number];

/** `hh:mm:ss`, as the host takes times. */
export function clockTime(seconds: number): string {
  const part = (value: number) => String(value).padStart(2, "0");
  return `${part(Math.floor(seconds / 3600))}:${part(Math.floor((seconds % 3600) / 60))}:${part(seconds % 60)}`;
}

/**
 * Settings of the host, over those of its `host.json`, and what the trigger reads by name.
 * https://learn.microsoft.com/azure/azure-functions/functions-host-json#override-hostjson-values,
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-kafka#hostjson-settings
 */
export function hostSettings(hosting: FunctionHosting): Readonly<Record<string, string>> {
  return {
    AzureFunctionsJobHost__functionTimeout: clockTime(hosting.timeoutSeconds),
    AzureFunctionsJobHost__extensions__kafka__maxBatchSize: String(hosting.batchSize),
    AzureFunctionsJobHost__extensions__kafka__subscriberIntervalInSeconds: String(hosting.batchWindowSeconds),
    KAFKA_TOPIC: hosting.topic,
    KAFKA_CONSUMER_GROUP: hosting.consumerGroup,
  };
}

/** A setting whose value the host reads from a vault. https://learn.microsoft.com/azure/app-service/app-service-key-vault-references */
export function vaultReference(vaultName: string, secretName: string): string {
  return `@Microsoft.KeyVault(SecretUri=https://${vaultName}.vault.azure.net/secrets/${secretName})`;
}

/** Name of a vault, out of its id. */
export function vaultOf(vaultId: string): string {
  const [, name] = /\/vaults\/([^/]+)$/i.exec(vaultId) ?? [];
  if (name === undefined) throw new Error(`${vaultId} is no key vault`);
  return name;
}
