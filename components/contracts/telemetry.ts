import type { Output } from "@pulumi/pulumi";

/** The cloud's own alarms about what the site is made of. */
export interface Telemetry {
  /** The cloud's own name of the channel that alarms go to. */
  readonly alarmChannelId: Output<string>;
  /** Names of the alarms. */
  readonly alarms: readonly string[];
}
