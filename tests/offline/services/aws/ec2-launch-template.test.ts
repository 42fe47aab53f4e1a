import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { Account, refused } from "./support";

describe("AWS launch template", () => {
  const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";
  const disk = (ebs: Properties) => ({ blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs }] });

  it("counts versions up with each change of content, not with tags", () => {
    const account = new Account();
    const made = account.create(TEMPLATE, "nodes", {
      ...disk({ volumeSize: 30, volumeType: "gp3" }),
      updateDefaultVersion: true,
    });
    assert.equal(made.outputs["latestVersion"], 1);
    assert.equal(account.update(made, { tags: { a: "b" } })["latestVersion"], 1);
    const grown = account.update(made, disk({ volumeSize: 40, volumeType: "gp3" }));
    assert.equal(grown["latestVersion"], 2);
    assert.equal(grown["defaultVersion"], 2);
  });

  it("refuses a group that does not exist, a name in use and a version that does not exist", () => {
    const account = new Account();
    refused(() => account.create(TEMPLATE, "a", { vpcSecurityGroupIds: ["sg-0"] }), "InvalidGroup.NotFound");
    const made = account.create(TEMPLATE, "b", { name: "nodes" });
    refused(() => account.create(TEMPLATE, "c", { name: "nodes" }), "InvalidLaunchTemplateName.AlreadyExistsException");
    refused(() => account.update(made, { defaultVersion: 7 }), "InvalidLaunchTemplateId.VersionNotFound");
  });

  it("refuses volume types, sizes and speeds that do not exist, and a malformed image", () => {
    const account = new Account();
    const reason = (inputs: Properties) => Object.values(account.reasons(TEMPLATE, inputs)).join();
    assert.match(reason(disk({ volumeType: "gp4" })), /InvalidParameterValue: Invalid value 'gp4' for VolumeType/);
    assert.match(reason(disk({ volumeType: "st1", volumeSize: 100 })), /125 to 16384 GiB/);
    assert.match(reason(disk({ volumeType: "gp2", iops: 3000 })), /InvalidParameterCombination/);
    assert.match(reason({ imageId: "ubuntu" }), /InvalidAMIID\.Malformed/);
  });
});
