import { Provider } from "@pulumi/gcp/provider";
import type { Output } from "@pulumi/pulumi";
import { ObjectStore } from "../components/gcp/object-store";
import { currentProject, EnabledApis } from "../components/gcp/project";
import { StateKey } from "../components/gcp/state-key";
import { namePrefix, stackTags } from "../components/planning/names";
import { protectionOf } from "../components/planning/protection";
import type { StateBackendGcpConfig } from "../config/schema/state-backend-gcp";
import { backendUrl, gcpStatePlace, keepStatesDays, secretsProvider } from "./state-place";

/** What the stack says of itself, by these names: what an operator gives to the engine next. */
export type StateBackendOutputs = Readonly<
  Record<"bucketName" | "keyId" | "backendUrl" | "secretsProvider", Output<string>>
>;

/** APIs that the state and its key are made by, and that the engine reads them by. */
const stateApis = ["cloudkms.googleapis.com", "cloudresourcemanager.googleapis.com", "storage.googleapis.com"];

/** The bucket that holds a stack's state and the key that encrypts it and the secrets in it. */
export function deploy(config: StateBackendGcpConfig): StateBackendOutputs {
  const { owner, system, project: projectId, region } = config;
  const names = gcpStatePlace(namePrefix(system, owner), projectId, region);
  const gcp = new Provider("gcp", {
    project: projectId,
    region,
    defaultLabels: stackTags(system, owner, config.class),
    // The label would say no more than `managed-by` does.
    addPulumiAttributionLabel: false,
  });
  const onGcp = { providers: { gcp } };
  const apis = new EnabledApis("apis", { projectId, apis: stateApis }, onGcp);
  const project = currentProject(apis, region, { provider: gcp });
  // A lost state is lost work in any class.
  const protection = protectionOf("production", config.protection);
  const { keyId } = new StateKey("key", { project, keyRingName: names.keyRing, keyName: names.key, protection }, onGcp);
  const { bucketName } = new ObjectStore(
    "objects",
    // No rule by age: a state that nobody has changed for years is still the state.
    { project, bucketName: names.bucket, prefixes: [], keepVersionsDays: keepStatesDays, keyId, protection },
    onGcp,
  );
  return {
    bucketName,
    keyId,
    backendUrl: bucketName.apply((bucket) => backendUrl({ ...names, bucket })),
    secretsProvider: keyId.apply(() => secretsProvider(names)),
  };
}
