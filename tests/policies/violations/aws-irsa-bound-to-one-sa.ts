import { Role } from "@pulumi/aws/iam/role";
import type { Providers } from "./providers";

/** A role for whatever pod of whatever cluster. */
export function plant(on: Providers): void {
  const assumeRolePolicy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "pods.eks.amazonaws.com" },
        Action: ["sts:AssumeRole", "sts:TagSession"],
      },
    ],
  });
  new Role("pods", { assumeRolePolicy }, on.aws());
}
