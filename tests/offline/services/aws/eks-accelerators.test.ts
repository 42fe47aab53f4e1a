import assert from "node:assert/strict";
import { ClusterAccount } from "./cluster-account";
import { refused } from "./support";

/** The node group's AMI type, instance types and purchase option, on a cluster of its own. */
function nodes(amiType: string, instanceTypes: string[], capacityType = "ON_DEMAND") {
  const account = new ClusterAccount();
  account.cluster();
  return account.nodes({ amiType, instanceTypes, capacityType });
}

describe("AWS node groups on accelerators and Arm", () => {
  for (const [amiType, ...instanceTypes] of [
    ["AL2023_x86_64_NVIDIA", "g6.xlarge", "g5.xlarge", "p4d.24xlarge"],
    ["BOTTLEROCKET_x86_64_NVIDIA", "g6e.2xlarge"],
    ["AL2023_ARM_64_NVIDIA", "g5g.xlarge"],
    ["AL2023_x86_64_NEURON", "inf2.xlarge", "trn1.2xlarge"],
    ["AL2023_ARM_64_STANDARD", "t4g.medium", "m7g.large", "m8g.large", "c6gn.large", "a1.large"],
    ["AL2023_x86_64_STANDARD", "g6.xlarge", "m7i.large"],
    ["CUSTOM", "m7g.large", "m7i.large"],
  ] as const) {
    it(`run ${amiType} on ${instanceTypes.join(", ")}`, () => {
      assert.equal(nodes(amiType, [...instanceTypes], "SPOT").outputs["capacityType"], "SPOT");
    });
  }

  for (const [amiType, instanceType] of [
    ["AL2023_x86_64_NVIDIA", "m7i.large"],
    ["AL2023_x86_64_NVIDIA", "g5g.xlarge"],
    ["AL2023_x86_64_NVIDIA", "inf2.xlarge"],
    ["AL2023_x86_64_NEURON", "g6.xlarge"],
    ["AL2023_x86_64_STANDARD", "m8g.large"],
    ["AL2023_x86_64_STANDARD", "p6e-gb200.36xlarge"],
    ["AL2023_ARM_64_STANDARD", "m7i.large"],
    ["BOTTLEROCKET_ARM_64", "t3.medium"],
  ] as const) {
    it(`refuse ${amiType} on ${instanceType}`, () => {
      refused(
        () => nodes(amiType, [instanceType]),
        "InvalidParameterException",
        new RegExp(`\\[${instanceType}\\] is not a valid instance type for requested amiType ${amiType}`),
      );
    });
  }

  for (const type of ["g6.large", "m99.large", "g6"]) {
    it(`refuse the instance type ${type}, which does not exist`, () => {
      refused(() => nodes("AL2023_x86_64_STANDARD", [type]), "InvalidParameterException", /do not exist/);
    });
  }

  it("refuse an instance type of the launch template that the AMI type does not fit", () => {
    const account = new ClusterAccount();
    account.cluster();
    const template = (name: string, instanceType: string) =>
      account.create("aws:ec2/launchTemplate:LaunchTemplate", name, { instanceType });
    const launch = (name: string, instanceType: string) =>
      account.nodes({
        amiType: "AL2023_x86_64_NVIDIA",
        launchTemplate: { id: template(name, instanceType).id, version: "1" },
      });
    refused(() => launch("plain", "m7i.large"), "InvalidParameterException", /\[m7i\.large\] is not a valid instance/);
    assert.match(launch("accelerated", "g6.xlarge").id, /^shop:main$/);
  });
});
