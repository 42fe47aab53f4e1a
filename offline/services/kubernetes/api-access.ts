import { refuse, Unanswered } from "../../cloud/errors";
import { describeOutage, endCommand, outageOf } from "../../cloud/faults";
import { aksAccess } from "./api-access-aks";
import { eksAccess } from "./api-access-eks";
import { gkeAccess } from "./api-access-gke";
import { noHost, timeout, type Access, type ApiCall } from "./api-obstacle";
import { storedCluster } from "./cluster";
import type { ManagedService } from "./managed-cluster";

export type { ApiCall } from "./api-obstacle";

const ACCESS: Readonly<Record<ManagedService, Access>> = { aks: aksAccess, eks: eksAccess, gke: gkeAccess };

/** Seconds that the provider's first request, for the API's schema, may take: the `timeout` in its address. */
const PATIENCE = 32;

/** Refuses a call to a cluster whose API cannot be reached from where the caller is, or does not answer. */
export function requireReachable(call: ApiCall): void {
  const { arn, host, cloud, outages } = call;
  const found = storedCluster(arn, cloud);
  if (found === undefined) refuse("Unreachable", noAnswer(host, noCluster(host)));
  const { kind, stored } = found;
  const cluster = kind.describe(stored, cloud);
  const access = ACCESS[kind.service];
  const outage = outageOf(outages, { cloud: kind.cloud, region: cluster.scope.region, plane: "data" });
  if (outage !== undefined) {
    const switchedOff = `${describeOutage(outage)} is switched off; to switch it on: ${endCommand(outage)}`;
    const dial = timeout(access.privateAddress(stored, cluster));
    throw new Unanswered(`${noAnswer(host, dial)}\n${switchedOff}`, PATIENCE);
  }
  const obstacle = access.obstacle(stored, cluster, call);
  if (obstacle !== undefined) refuse("Unreachable", `${noAnswer(host, obstacle.dial)}\n${obstacle.remedy}`);
}

/** https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/provider/provider.go */
function noAnswer(host: string, dial: string): string {
  return (
    "configured Kubernetes cluster is unreachable: unable to load schema information from the API server: " +
    `Get "https://${host}/openapi/v2?timeout=${String(PATIENCE)}s": ${dial}`
  );
}

function noCluster(host: string): string {
  return /^(localhost|127\.0\.0\.1)(:|$)/.test(host)
    ? `dial tcp ${host.replace("localhost", "127.0.0.1")}: connect: connection refused`
    : noHost(host);
}
