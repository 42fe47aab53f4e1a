import { livesWithoutAws } from "./life";

describe("prod-gcp on the real engine", function () {
  this.timeout(240_000);

  livesWithoutAws(
    {
      stack: "prod-gcp",
      cloud: "gcp",
      // The source and its replica.
      change: { from: "maxConnections: 500", to: "maxConnections: 400", updates: 2 },
      // APIs stay on, Cloud KMS gives no name away twice, and Cloud SQL not for a week.
      kept: ["gcp:projects/enabledApi:EnabledApi", "gcp:kms/usedName:UsedName", "gcp:sql/usedName:UsedName"],
    },
    () => undefined,
  );
});
