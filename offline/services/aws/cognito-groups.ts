import type { ResourceServerArgs, UserGroupArgs } from "@pulumi/aws/cognito";
import { refuse } from "../../cloud/errors";
import { resourceType } from "../../cloud/resource-type";
import { INVALID_PARAMETER, poolReference, RESOURCE_SERVER, USER_GROUP } from "./cognito-references";
import { checkRanges } from "../input-checks";
import { roleReference } from "./references";

// Rules: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateResourceServer.html, API_CreateGroup.html

const MOST_SCOPES = 100;
const MAX_PRECEDENCE = 2 ** 31 - 1;

export const resourceServer = resourceType<ResourceServerArgs>({
  token: RESOURCE_SERVER,
  service: "Cognito Identity Provider",
  actions: { create: "CreateResourceServer", update: "UpdateResourceServer", delete: "DeleteResourceServer" },
  name: {
    property: "name",
    pattern: /^[\w\s+=,.@-]+$/,
    rule: "1 to 256 letters, digits, spaces and _+=,.@-",
    source: "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateResourceServer.html",
    maxLength: 256,
  },
  references: [poolReference(false)],
  check: ({ inputs, refuse: report }) => {
    const { identifier, scopes = [] } = inputs;
    if (identifier !== undefined && !/^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/.test(identifier)) {
      report("identifier", `${INVALID_PARAMETER}: 1 to 256 printable characters without space, " and \\`);
    }
    if (scopes.length > MOST_SCOPES) report("scopes", `${INVALID_PARAMETER}: at most ${String(MOST_SCOPES)} scopes`);
    scopes.forEach(({ scopeName }, index) => {
      if (!/^[\x21\x23-\x2E\x30-\x5B\x5D-\x7E]{1,256}$/.test(scopeName)) {
        report(`scopes[${String(index)}].scopeName`, `${INVALID_PARAMETER}: "${scopeName}" is no name of a scope`);
      }
    });
  },
  create: ({ inputs, cloud }) => {
    const id = `${inputs.userPoolId}|${inputs.identifier}`;
    if (cloud.find(RESOURCE_SERVER, id) !== undefined) {
      refuse(INVALID_PARAMETER, `${inputs.identifier} already exists in user pool ${inputs.userPoolId}.`);
    }
    return { id, outputs: { scopeIdentifiers: scopeIdentifiers(inputs) } };
  },
  update: ({ inputs }) => ({ scopeIdentifiers: scopeIdentifiers(inputs) }),
});

function scopeIdentifiers(inputs: {
  readonly identifier: string;
  readonly scopes?: readonly { readonly scopeName: string }[] | undefined;
}): readonly string[] {
  return (inputs.scopes ?? []).map(({ scopeName }) => `${inputs.identifier}/${scopeName}`);
}

export const userGroup = resourceType<UserGroupArgs>({
  token: USER_GROUP,
  service: "Cognito Identity Provider",
  actions: { create: "CreateGroup", update: "UpdateGroup", delete: "DeleteGroup" },
  name: {
    property: "name",
    pattern: /^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u,
    rule: "1 to 128 characters without spaces",
    source: "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html",
    maxLength: 128,
  },
  references: [poolReference(false), roleReference("roleArn", INVALID_PARAMETER)],
  check: (context) => {
    checkRanges(context, [["precedence", context.inputs.precedence, 0, MAX_PRECEDENCE]]);
  },
  create: ({ inputs, cloud }) => {
    const id = `${inputs.userPoolId}/${inputs.name ?? ""}`;
    if (cloud.find(USER_GROUP, id) !== undefined) {
      refuse("GroupExistsException", "A group with the name already exists.");
    }
    return { id, outputs: {} };
  },
});
