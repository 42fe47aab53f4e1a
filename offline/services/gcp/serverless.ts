import { refuse } from "../../cloud/errors";
import { nameIn, partIn } from "./links";
import { findNamed, inProject, type Caller } from "./lookups";
import { text } from "./text";
import { NETWORK, SECRET, SERVICE_ACCOUNT, SUBNETWORK, VPC_CONNECTOR } from "./types";

/** How a service or a function reaches into a network: through a connector, or directly from a subnet. */
export interface VpcAccess {
  readonly connector?: string | undefined;
  readonly interfaces?:
    readonly { readonly network?: string | undefined; readonly subnetwork?: string | undefined }[] | undefined;
}

/** https://docs.cloud.google.com/run/docs/configuring/vpc-direct-vpc, …/vpc-connectors */
export function requireVpcAccess(caller: Caller, { connector, interfaces = [] }: VpcAccess, region: string): void {
  if (connector !== undefined && connector !== "") {
    const found = findNamed(caller, VPC_CONNECTOR, connector, region);
    if (found?.scope.region !== region) {
      refuse(
        "invalidArgument",
        `VPC connector ${connector} does not exist in ${region}, or Cloud Run does not have access to it.`,
      );
    }
    if (interfaces.length > 0) refuse("invalidArgument", "a VPC connector and direct VPC egress exclude each other");
  }
  if (interfaces.length > 1) refuse("invalidArgument", "only one network interface is supported");
  for (const { network, subnetwork } of interfaces) {
    if (subnetwork !== undefined) requireSubnet(caller, subnetwork, network, region);
    else if (network !== undefined && findNamed(caller, NETWORK, network) === undefined) {
      refuse("invalidArgument", `VPC network ${network} does not exist, or Cloud Run does not have access to it.`);
    }
  }
}

/** Direct egress takes addresses from the subnet: https://docs.cloud.google.com/run/docs/configuring/vpc-direct-vpc#ip-allocation */
function requireSubnet(caller: Caller, subnetwork: string, network: string | undefined, region: string): void {
  const found = findNamed(caller, SUBNETWORK, subnetwork, region);
  if (found?.scope.region !== region) {
    return refuse(
      "invalidArgument",
      `VPC subnetwork ${subnetwork} does not exist in ${region}, or Cloud Run does not have access to it.`,
    );
  }
  const range = text(found.inputs["ipCidrRange"]);
  if (Number(range.split("/")[1]) > 26) {
    refuse(
      "invalidArgument",
      `VPC subnetwork ${subnetwork} (${range}) is too small for direct VPC egress: /26 or larger`,
    );
  }
  if (network !== undefined && nameIn(text(found.inputs["network"])) !== nameIn(network)) {
    refuse("invalidArgument", `VPC subnetwork ${subnetwork} is not in network ${network}`);
  }
}

/** The identity that code runs as; the default one of Compute Engine is always there. */
export function requireServiceAccount(caller: Caller, email: string | undefined): void {
  if (email === undefined || email === "" || email.endsWith("@developer.gserviceaccount.com")) return;
  const address = nameIn(email);
  if (
    address.endsWith(".iam.gserviceaccount.com") &&
    !address.endsWith(`@${caller.scope.account}.iam.gserviceaccount.com`)
  )
    return;
  const found = inProject(caller, SERVICE_ACCOUNT).some(({ outputs }) => outputs["email"] === address);
  if (!found) refuse("notFound", `Service account ${address} was not found.`);
}

/** Secrets that code reads when it starts: a missing one keeps it from starting. */
export function requireSecrets(caller: Caller, secrets: readonly string[]): void {
  for (const secret of secrets) {
    const project = partIn(secret, "projects");
    if (project !== undefined && project !== caller.scope.account) continue;
    if (findNamed(caller, SECRET, secret) === undefined) {
      refuse(
        "failedPrecondition",
        `Secret projects/${caller.scope.account}/secrets/${nameIn(secret)}/versions/latest was not found`,
      );
    }
  }
}
