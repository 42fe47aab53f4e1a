import type { AliasArgs, PermissionArgs } from "@pulumi/aws/lambda";
import { refuse } from "../../cloud/errors";
import { resourceType } from "../../cloud/resource-type";
import { arn } from "./arn";
import { findFunction, LAMBDA_ALIAS, requireFunction } from "./lambda-references";
import { isServicePrincipal } from "./service-prefixes";
import { text } from "./text";

export const LAMBDA_PERMISSION = "aws:lambda/permission:Permission";

// Error codes: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html, API_CreateAlias.html

export const permission = resourceType<PermissionArgs>({
  token: LAMBDA_PERMISSION,
  service: "Lambda",
  actions: { create: "AddPermission", delete: "RemovePermission" },
  name: {
    property: "statementId",
    pattern: /^[a-zA-Z0-9_-]+$/,
    rule: "1 to 100 letters, digits, - and _",
    source: "https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html",
    maxLength: 100,
  },
  check: ({ inputs, refuse: report }) => {
    const { action, principal } = inputs;
    if (action !== undefined && !/^(lambda:[*]|lambda:[a-zA-Z]+|[*])$/.test(action)) {
      report("action", `InvalidParameterValueException: "${action}" is no action of Lambda`);
    }
    const isPrincipal =
      principal === undefined ||
      principal === "*" ||
      /^\d{12}$/.test(principal) ||
      principal.startsWith("arn:") ||
      isServicePrincipal(principal);
    if (!isPrincipal) {
      report("principal", `InvalidParameterValueException: The provided principal was invalid: ${principal}`);
    }
  },
  create: ({ inputs, cloud }) => {
    const name = text(inputs.function);
    const target = requireFunction(cloud, name);
    const statementId = inputs.statementId ?? "";
    const twins = cloud.list(LAMBDA_PERMISSION).filter((each) => each.inputs["statementId"] === statementId);
    if (twins.some((each) => findFunction(cloud, text(each.inputs["function"]))?.id === target.id)) {
      refuse(
        "ResourceConflictException",
        `The statement id (${statementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      );
    }
    // A statement's id is unique in its function only; the second of a name takes the form that an import takes.
    return { id: twins.length === 0 ? statementId : `${target.id}/${statementId}`, outputs: { function: name } };
  },
});

export const alias = resourceType<AliasArgs>({
  token: LAMBDA_ALIAS,
  service: "Lambda",
  actions: { create: "CreateAlias", update: "UpdateAlias", delete: "DeleteAlias" },
  name: {
    property: "name",
    pattern: /^(?![0-9]+$)[a-zA-Z0-9_-]+$/,
    rule: "1 to 128 letters, digits, - and _, not digits alone",
    source: "https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html",
    maxLength: 128,
  },
  create: ({ inputs, scope, cloud }) => {
    const target = requireFunction(cloud, inputs.functionName);
    refuseVersion(text(target.outputs["arn"]), text(target.outputs["version"]), inputs.functionVersion);
    const id = arn(scope, "lambda", `function:${target.id}:${inputs.name ?? ""}`);
    if (cloud.find(LAMBDA_ALIAS, id) !== undefined) refuse("ResourceConflictException", `Alias already exists: ${id}`);
    const invokeArn = arn({ ...scope, account: "lambda" }, "apigateway", `path/2015-03-31/functions/${id}/invocations`);
    return { id, outputs: { arn: id, invokeArn } };
  },
  update: ({ inputs, cloud }) => {
    const target = requireFunction(cloud, inputs.functionName);
    refuseVersion(text(target.outputs["arn"]), text(target.outputs["version"]), inputs.functionVersion);
    return {};
  },
});

/** Versions count up from 1 and none is skipped. */
function refuseVersion(functionArn: string, latest: string, version: string): void {
  if (version === "$LATEST") return;
  const isPublished = /^\d+$/.test(version) && latest !== "$LATEST" && Number(version) <= Number(latest);
  if (!isPublished) refuse("ResourceNotFoundException", `Function not found: ${functionArn}:${version}`);
}
