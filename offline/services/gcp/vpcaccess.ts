import type { ConnectorArgs } from "@pulumi/gcp/vpcaccess";
import { refuse } from "../../cloud/errors";
import { resourceType, type Resolved, type ResourceType } from "../../cloud/resource-type";
import { overlaps, parseCidr } from "../cidr";
import { checkChoices, checkRanges } from "../input-checks";
import { idOf } from "./ids";
import { link, nameIn } from "./links";
import { findNamed, inProject, type Caller } from "./lookups";
import { boundedName } from "./names";
import { text } from "./text";
import { NETWORK, SUBNETWORK, VPC_CONNECTOR } from "./types";

type Inputs = Resolved<ConnectorArgs>;

const connector = resourceType<ConnectorArgs>({
  token: VPC_CONNECTOR,
  service: "Serverless VPC Access",
  actions: { create: "CreateConnector", update: "UpdateConnector", delete: "DeleteConnector" },
  name: boundedName("name", 1, 25, "https://docs.cloud.google.com/vpc/docs/configure-serverless-vpc-access"),
  references: [link("network", NETWORK), link("subnet.name", SUBNETWORK)],
  check: (context) => {
    const { inputs, isUnknown, refuse: report } = context;
    const has = (key: keyof Inputs) => inputs[key] !== undefined || isUnknown(key);
    if (has("subnet") === has("ipCidrRange")) report("subnet", "exactly one of `ipCidrRange,subnet` must be specified");
    if (has("ipCidrRange") && !has("network")) report("network", "is required where ipCidrRange is set");
    checkRanges(context, [
      ["minInstances", inputs.minInstances, 2, 9],
      ["maxInstances", inputs.maxInstances, 3, 10],
    ]);
    if ((inputs.minInstances ?? 2) >= (inputs.maxInstances ?? 10)) {
      report("maxInstances", "must be higher than minInstances");
    }
    checkChoices(context, [["machineType", inputs.machineType, ["f1-micro", "e2-micro", "e2-standard-4"]]]);
  },
  create: (context) => {
    const { inputs, scope } = context;
    checkRange(context);
    const id = idOf(VPC_CONNECTOR, inputs, scope, inputs.name ?? "");
    return {
      id,
      outputs: {
        name: inputs.name ?? "",
        state: "READY",
        selfLink: id,
        minInstances: inputs.minInstances ?? 2,
        maxInstances: inputs.maxInstances ?? 10,
      },
    };
  },
  // A pool only grows in place.
  replacesWhen: (before, after) =>
    (["minInstances", "maxInstances"] as const).filter((key) => Number(after[key]) < Number(before[key])),
});

/** A /28 of its own: unused in the network, or a subnet that nothing else uses. */
function checkRange(context: Caller & { readonly inputs: Inputs }): void {
  const { inputs, scope } = context;
  const subnet = inputs.subnet?.name;
  if (subnet !== undefined) {
    const found = findNamed(context, SUBNETWORK, subnet, scope.region);
    const range = text(found?.inputs["ipCidrRange"]);
    if (found === undefined || !range.endsWith("/28")) {
      refuse(
        "invalidArgument",
        `Subnet ${subnet} must be a /28 in ${scope.region} for a connector, it is ${range || "not there"}`,
      );
    }
    return;
  }
  const wanted = parseCidr(inputs.ipCidrRange ?? "");
  if (typeof wanted === "string" || wanted.prefix !== 28) {
    return refuse("invalidArgument", `ip_cidr_range must be a /28, got ${inputs.ipCidrRange ?? ""}`);
  }
  for (const each of inProject(context, SUBNETWORK)) {
    if (nameIn(text(each.inputs["network"])) !== nameIn(inputs.network ?? "")) continue;
    const taken = parseCidr(text(each.inputs["ipCidrRange"]));
    if (typeof taken !== "string" && overlaps(taken, wanted)) {
      refuse("failedPrecondition", `ip_cidr_range ${inputs.ipCidrRange ?? ""} overlaps with subnet ${each.id}`);
    }
  }
}

export const vpcAccessTypes: readonly ResourceType[] = [connector];
