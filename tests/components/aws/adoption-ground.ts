import { Provider as AwsProvider } from "@pulumi/aws/provider";
import type { AdoptedNetworkArgs } from "../../../components/aws/adopted-network";
import { Deployed } from "../../stacks/deployed";
import { runInProcess } from "../../support/in-process";
import { onNetwork, range, region, type Ground } from "./ground";

/** What others have made in the account before: a network, with what `make` puts on it. */
export function owned(make: (ground: Ground) => void = () => undefined): Promise<Deployed> {
  return onNetwork(make, { stack: "owner" });
}

/** A second stack in the same cloud; what `make` returns are its outputs. */
export async function adopt(
  owner: Deployed,
  make: (onAws: { providers: { aws: AwsProvider } }) => Record<string, unknown> | undefined,
): Promise<Deployed> {
  const program = () => make({ providers: { aws: new AwsProvider("aws", { region }) } });
  return new Deployed(await runInProcess(program, { cloud: owner.run.cloud }));
}

export async function refusal(...args: Parameters<typeof adopt>): Promise<string> {
  return (await adopt(...args)).run.errors.join("\n");
}

export function subnetsOf(owner: Deployed): AdoptedNetworkArgs["subnetIds"] {
  const tier = (name: string) => ({ a: owner.id(`network-${name}-a`), b: owner.id(`network-${name}-b`) });
  return { public: tier("public"), private: tier("private"), database: tier("database") };
}

export function networkOf(owner: Deployed, changes: Partial<AdoptedNetworkArgs> = {}): AdoptedNetworkArgs {
  return {
    region,
    vpcId: owner.id("network-vpc"),
    cidr: range,
    zones: ["a", "b"],
    subnetIds: subnetsOf(owner),
    ...changes,
  };
}
