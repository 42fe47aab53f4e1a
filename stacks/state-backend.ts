import { Provider } from "@pulumi/aws/provider";
import { all, type Output } from "@pulumi/pulumi";
import { currentAccount } from "../components/aws/account";
import { Key } from "../components/aws/key";
import { ObjectStore } from "../components/aws/object-store";
import { namePrefix, stackTags, stateBucketName, statePurpose } from "../components/planning/names";
import { protectionOf } from "../components/planning/protection";
import type { StateBackendConfig } from "../config/schema/state-backend";
import { awsStatePlace, backendUrl, keepStatesDays, secretsProvider } from "./state-place";

/** What the stack says of itself, by these names: what an operator gives to the engine next. */
export type StateBackendOutputs = Readonly<
  Record<"bucketName" | "keyArn" | "backendUrl" | "secretsProvider", Output<string>>
>;

/** The bucket that holds a stack's state and the key that encrypts it and the secrets in it. */
export function deploy(config: StateBackendConfig): StateBackendOutputs {
  const { owner, system, region, accounts } = config;
  const prefix = namePrefix(system, owner);
  // A lost state is lost work in any class.
  const protection = protectionOf("production", config.protection);
  const aws = new Provider("aws", {
    region,
    defaultTags: { tags: stackTags(system, owner, config.class) },
    ...(accounts.length > 0 ? { allowedAccountIds: [...accounts] } : {}),
  });
  const account = currentAccount(region, { provider: aws });

  const key = new Key(
    "key",
    { account, prefix, purpose: statePurpose, description: `State of the stack ${owner} and its secrets`, protection },
    { providers: { aws } },
  );
  const bucket = new ObjectStore(
    "objects",
    {
      bucketName: account.id.apply((id) => stateBucketName(prefix, id, region)),
      // No rule by age: a state that nobody has changed for years is still the state. The engine writes all of it at every step,
      // and a lock for every command: what it replaced or deleted goes in time.
      prefixes: [],
      keepVersionsDays: keepStatesDays,
      keyArn: key.arn,
      protection,
    },
    { providers: { aws } },
  );

  const place = all([account.id, bucket.bucketName]).apply(([id]) => awsStatePlace(prefix, id, region));
  return {
    bucketName: bucket.bucketName,
    keyArn: key.arn,
    backendUrl: place.apply(backendUrl),
    secretsProvider: place.apply(secretsProvider),
  };
}
