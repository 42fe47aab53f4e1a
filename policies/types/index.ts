import type { AwsInputs } from "./aws";
import type { AzureInputs } from "./azure";
import type { GcpInputs } from "./gcp";
import type { KubernetesInputs } from "./kubernetes";

/** What each type of resource takes, by type token. */
export interface ResourceInputs extends AwsInputs, AzureInputs, GcpInputs, KubernetesInputs {}

/** Token of a type of resource that rules know. */
export type ResourceType = keyof ResourceInputs;
