import type { Reference } from "../../cloud/resource-type";

export const USER_POOL = "aws:cognito/userPool:UserPool";
export const USER_POOL_CLIENT = "aws:cognito/userPoolClient:UserPoolClient";
export const USER_POOL_DOMAIN = "aws:cognito/userPoolDomain:UserPoolDomain";
export const RESOURCE_SERVER = "aws:cognito/resourceServer:ResourceServer";
export const USER_GROUP = "aws:cognito/userGroup:UserGroup";
export const IDENTITY_PROVIDER = "aws:cognito/identityProvider:IdentityProvider";

/** What goes with its user pool. A domain does not: it keeps the pool. */
export const POOL_CONTENTS = [
  USER_POOL_CLIENT,
  RESOURCE_SERVER,
  USER_GROUP,
  IDENTITY_PROVIDER,
  "aws:cognito/user:User",
  "aws:cognito/userInGroup:UserInGroup",
];

export const INVALID_PARAMETER = "InvalidParameterException";

export function poolReference(holds: boolean): Reference {
  return {
    path: "userPoolId",
    to: USER_POOL,
    missing: { code: "ResourceNotFoundException", message: "User pool {value} does not exist." },
    holds,
  };
}
