import assert from "node:assert/strict";
import type { Properties } from "../../../../offline/cloud/value";
import { text } from "../../../../offline/services/aws/text";
import { serviceRole } from "./eks-support";
import { Account, at, network, refused, type Made } from "./support";

const INSTANCE = "aws:ec2/instance:Instance";
const PARAMETER = "aws:ssm/getParameter:getParameter";
const KERNEL = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default";

function world(region = "us-east-1") {
  const account = new Account({ region });
  const { vpc, subnets } = network(account);
  const image = (architecture: string) =>
    text(account.invoke(PARAMETER, { name: `${KERNEL}-${architecture}` })["value"]);
  const launch = (more: Properties = {}): Made =>
    account.create(INSTANCE, "bastion", {
      ami: image("arm64"),
      instanceType: "t4g.nano",
      subnetId: at(subnets, 0).id,
      ...more,
    });
  return { account, vpc, subnets, image, launch };
}

describe("AWS instance", () => {
  it("runs in its subnet, with the VPC's default group where none is named", () => {
    const { vpc, subnets, launch } = world();
    const { id, outputs } = launch();
    assert.match(id, /^i-0[0-9a-f]{16}$/);
    assert.equal(outputs["arn"], `arn:aws:ec2:us-east-1:111122223333:instance/${id}`);
    assert.equal(outputs["instanceState"], "running");
    assert.equal(outputs["availabilityZone"], "us-east-1a");
    assert.equal(outputs["subnetId"], at(subnets, 0).id);
    assert.deepEqual(outputs["vpcSecurityGroupIds"], [vpc.outputs["defaultSecurityGroupId"]]);
    assert.match(text(outputs["privateIp"]), /^10\.0\.1\.\d+$/);
    assert.equal(outputs["publicIp"], "");
    assert.equal((outputs["metadataOptions"] as Properties)["httpTokens"], "required");
  });

  it("runs the image of a public parameter only on its architecture", () => {
    const { image, launch } = world();
    const words = /architecture 'x86_64' of the specified instance type does not match the architecture 'arm64'/;
    refused(() => launch({ instanceType: "t3.micro" }), "InvalidParameterValue", words);
    refused(
      () => launch({ ami: `resolve:ssm:${KERNEL}-arm64`, instanceType: "m7i.large" }),
      "InvalidParameterValue",
      words,
    );
    assert.ok(launch({ ami: image("x86_64"), instanceType: "t3.micro" }));
    assert.ok(world().launch({ instanceType: "m8g.large" }));
    assert.ok(world().launch({ ami: "ami-0123456789abcdef0", instanceType: "t3.micro" }));
  });

  it("finds the parameters of AL2023 in every region, each with its own image, and no other", () => {
    const images = ["us-east-1", "us-west-2"].map((region) => world(region).image("arm64"));
    assert.equal(new Set(images).size, 2);
    const account = new Account();
    refused(() => account.invoke(PARAMETER, { name: `${KERNEL}-mips` }), "ParameterNotFound");
  });

  it("refuses a type that does not exist, and one that the zone does not offer", () => {
    const { account, vpc, image, launch } = world();
    refused(() => launch({ instanceType: "t4g.gigantic" }), "InvalidParameterValue", /InstanceType/);
    const far = account.create("aws:ec2/subnet:Subnet", "far", {
      vpcId: vpc.id,
      cidrBlock: "10.0.50.0/24",
      availabilityZone: "us-east-1e",
    });
    const there = { subnetId: far.id, ami: image("x86_64"), instanceType: "t3.micro" };
    refused(() => launch(there), "Unsupported", /not supported in your requested Availability Zone \(us-east-1e\)/);
    assert.ok(launch({ ...there, instanceType: "m6i.large" }));
  });

  it("refuses groups of another VPC, a profile and a key pair that do not exist, and no subnet at all", () => {
    const { account, launch } = world();
    const other = network(account, "10.1.0.0/16");
    const group = text(other.vpc.outputs["defaultSecurityGroupId"]);
    refused(() => launch({ vpcSecurityGroupIds: [group] }), "InvalidParameter", /belong to different networks/);
    refused(() => launch({ vpcSecurityGroupIds: ["sg-0"] }), "InvalidGroup.NotFound");
    refused(() => launch({ iamInstanceProfile: "none" }), "InvalidParameterValue", /Invalid IAM Instance Profile name/);
    refused(() => launch({ keyName: "none" }), "InvalidKeyPair.NotFound");
    refused(() => launch({ subnetId: "subnet-0" }), "InvalidSubnetID.NotFound");
    refused(() => launch({ subnetId: undefined }), "VPCIdNotSpecified");
    const role = serviceRole(account, "bastion", "ec2.amazonaws.com");
    account.create("aws:iam/instanceProfile:InstanceProfile", "p", { name: "bastion", role: role.id });
    assert.ok(launch({ iamInstanceProfile: "bastion" }));
  });

  it("refuses a disk with a key that does not exist, and disks and metadata that EC2 does not know", () => {
    const { launch } = world();
    const kmsKeyId = "arn:aws:kms:us-east-1:111122223333:key/none";
    refused(
      () => launch({ rootBlockDevice: { encrypted: true, kmsKeyId } }),
      "Client.InvalidKMSKey.InvalidState",
      /key\/none does not exist/,
    );
    assert.ok(launch({ rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 8 } }));
    const reasons = new Account().reasons(INSTANCE, {
      ami: "image",
      rootBlockDevice: { volumeType: "gp9", kmsKeyId },
      metadataOptions: { httpTokens: "always", httpPutResponseHopLimit: 65 },
    });
    assert.deepEqual(Object.keys(reasons).sort(), [
      "ami",
      "instanceType",
      "metadataOptions.httpPutResponseHopLimit",
      "metadataOptions.httpTokens",
      "rootBlockDevice.kmsKeyId",
      "rootBlockDevice.volumeType",
    ]);
  });

  it("is kept by the protection against termination, and holds its subnet", () => {
    const { account, subnets, launch } = world();
    const kept = launch({ disableApiTermination: true });
    refused(
      () => {
        account.delete(kept);
      },
      "OperationNotPermitted",
      /may not be terminated/,
    );
    refused(() => {
      account.delete(at(subnets, 0));
    }, "DependencyViolation");
  });

  it("is replaced for another architecture and for new user data where that is asked for", () => {
    const { account, launch } = world();
    const made = launch({ userData: "a" });
    const replacing = (change: Properties) =>
      account
        .diff(made, change)
        .changes.filter(({ replaces }) => replaces)
        .map(({ path }) => path);
    assert.deepEqual(replacing({ instanceType: "t4g.small" }), []);
    assert.deepEqual(replacing({ instanceType: "t3.small" }), ["instanceType"]);
    assert.deepEqual(replacing({ userData: "b" }), []);
    assert.deepEqual(replacing({ userData: "b", userDataReplaceOnChange: true }), ["userData"]);
    assert.deepEqual(replacing({ ami: "ami-0123456789abcdef0" }), ["ami"]);
  });
});

describe("AWS instance type offerings", () => {
  const SOURCE = "aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings";
  const offerings = (args: Properties) => new Account({ region: "us-east-1" }).invoke(SOURCE, args);
  const filter = (name: string, ...values: string[]) => ({ filters: [{ name, values }] });

  it("are told by region or by zone", () => {
    assert.deepEqual(offerings(filter("instance-type", "g6.xlarge"))["locations"], ["us-east-1"]);
    const zones = offerings({ ...filter("instance-type", "t3.micro"), locationType: "availability-zone" });
    assert.deepEqual(zones["locations"], ["us-east-1a", "us-east-1b", "us-east-1c", "us-east-1d", "us-east-1f"]);
    const ids = offerings({ ...filter("instance-type", "t3.micro"), locationType: "availability-zone-id" });
    assert.equal((ids["locations"] as string[]).includes("use1-az3"), false);
    const graviton = offerings(filter("instance-type", "t4g.*"))["instanceTypes"] as string[];
    assert.deepEqual(
      graviton.sort(),
      ["2xlarge", "large", "medium", "micro", "nano", "small", "xlarge"].map((size) => `t4g.${size}`),
    );
    assert.deepEqual(offerings(filter("instance-type", "t9.micro"))["instanceTypes"], []);
  });

  it("are not told by anything else", () => {
    refused(() => offerings({ locationType: "zone" }), "InvalidParameterValue", /locationType/);
    refused(() => offerings(filter("vcpus", "2")), "InvalidParameterValue", /filter 'vcpus'/);
  });
});
