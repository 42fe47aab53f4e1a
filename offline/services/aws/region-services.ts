import { refuse, Unanswered } from "../../cloud/errors";
import type { OutgoingCall } from "../../cloud/package";
import { dnsSuffix } from "./regions";

interface RegionalService {
  /** What stands before the region in the name of its endpoint. */
  readonly endpoint: string;
  /** Modules of the SDK whose resources it keeps. */
  readonly modules: readonly string[];
  /** Regions that do not have it. */
  readonly lacking: readonly string[];
}

const CHINA = ["cn-north-1", "cn-northwest-1"];

/**
 * Services that the platform's systems use, and the regions that lack them: those for which the endpoint data of botocore 1.40.70
 * (November 2025) has no entry. A service that may be everywhere by now is taken to be where that data has it.
 */
const SERVICES = {
  eks: { endpoint: "eks", modules: ["eks"], lacking: [] },
  rds: { endpoint: "rds", modules: ["rds"], lacking: [] },
  elasticache: { endpoint: "elasticache", modules: ["elasticache"], lacking: [] },
  msk: { endpoint: "kafka", modules: ["msk"], lacking: ["ap-southeast-6"] },
  mq: { endpoint: "mq", modules: ["mq"], lacking: [] },
  dynamodb: { endpoint: "dynamodb", modules: ["dynamodb"], lacking: [] },
  lambda: { endpoint: "lambda", modules: ["lambda"], lacking: [] },
  cognito: { endpoint: "cognito-idp", modules: ["cognito"], lacking: ["ap-east-2", "ap-southeast-6", ...CHINA] },
  sagemaker: { endpoint: "api.sagemaker", modules: ["sagemaker"], lacking: ["ap-southeast-6"] },
  backup: { endpoint: "backup", modules: ["backup"], lacking: [] },
  glue: { endpoint: "glue", modules: ["glue"], lacking: ["ap-southeast-6"] },
  lakeformation: { endpoint: "lakeformation", modules: ["lakeformation"], lacking: ["ap-southeast-6"] },
  guardduty: { endpoint: "guardduty", modules: ["guardduty"], lacking: ["ap-southeast-6"] },
  securityhub: { endpoint: "securityhub", modules: ["securityhub"], lacking: [] },
} as const satisfies Record<string, RegionalService>;

export type ServiceName = keyof typeof SERVICES | "docdb";

/**
 * DocumentDB answers at the endpoint of RDS, which is everywhere; these are regions that its own list leaves out:
 * https://docs.aws.amazon.com/general/latest/gr/amazondocdb.html
 */
const WITHOUT_DOCUMENTDB: readonly string[] = [
  ...["ap-east-2", "ap-northeast-3", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6"],
  ...["ap-southeast-7", "us-west-1"],
];

/** How long the provider tries: https://github.com/hashicorp/terraform-provider-aws/issues/1209 (26 minutes on average). */
const SECONDS_OF_RETRIES = 1560;

/** Whether a region has a service of the table. */
export function offers(region: string, service: ServiceName): boolean {
  const lacking: readonly string[] = service === "docdb" ? WITHOUT_DOCUMENTDB : SERVICES[service].lacking;
  return !lacking.includes(region);
}

/**
 * Fails a call to a service that the region does not have, as the real one fails: the name of its endpoint does not resolve.
 * https://github.com/hashicorp/terraform-provider-aws/issues/10172
 */
export function refuseMissingService(call: Pick<OutgoingCall, "token" | "scope" | "service" | "action">): void {
  const { region } = call.scope;
  const module = /^aws:([^/]+)\//.exec(call.token)?.[1] ?? "";
  if (module === "docdb" && !offers(region, "docdb")) {
    refuse("InvalidParameterValue", "Unrecognized engine name: docdb");
  }
  const rows: readonly RegionalService[] = Object.values(SERVICES);
  const row = rows.find(({ modules }) => modules.includes(module));
  if (row?.lacking.includes(region) !== true) return;
  const host = `${row.endpoint}.${region}.${dnsSuffix(region)}`;
  const operation = `operation error ${call.service ?? module}: ${call.action ?? "read"}`;
  throw new Unanswered(
    `${operation}, https response error StatusCode: 0, RequestID: , request send failed, Post "https://${host}/": dial tcp: lookup ${host}: no such host`,
    SECONDS_OF_RETRIES,
  );
}
