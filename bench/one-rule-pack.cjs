"use strict";

// The least that a policy pack can be: one rule on one type, with the SDK.

const { PolicyPack, validateResourceOfType } = require("@pulumi/policy");
const { Bucket } = require("@pulumi/aws/s3/bucket");

new PolicyPack("one-rule", {
  policies: [
    {
      name: "bucket-is-kept",
      description: "Buckets are not emptied by a destroy.",
      enforcementLevel: "advisory",
      validateResource: validateResourceOfType(Bucket, (bucket, _args, reportViolation) => {
        if (bucket.forceDestroy === true) reportViolation("forceDestroy empties the bucket");
      }),
    },
  ],
});
