import type { Output } from "@pulumi/pulumi";
import { KeyCopy } from "../../../components/gcp/key-copy";
import type { AgentService } from "../../../components/gcp/service-agents";
import { region, type Ground } from "./ground";

/** A key besides those of the ground, for services that they do not know. */
export function serviceKey(
  { project, prefix, protection, onGcp }: Ground,
  purpose: string,
  users: readonly AgentService[],
  at = region,
): Output<string> {
  return new KeyCopy(`${purpose}-key`, { project, region: at, prefix, purpose, users, protection }, onGcp).keyId;
}
