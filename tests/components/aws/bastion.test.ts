import assert from "node:assert/strict";
import { Bastion } from "../../../components/aws/bastion";
import { SecurityGroups } from "../../../components/aws/security-groups";
import { only, policy, text } from "../../stacks/deployed";
import { attempt, childrenOf, onNetwork, type Ground } from "./ground";

function bastion(
  { account, network, key, onAws }: Ground,
  changes: Partial<ConstructorParameters<typeof Bastion>[1]> = {},
) {
  const groups = new SecurityGroups(
    "groups",
    { network, prefix: "test", needs: { podPorts: [], webhookPorts: [], groups: ["runner"] } },
    onAws,
  );
  return new Bastion(
    "bastion",
    { account, prefix: "test", network, securityGroupId: groups.idOf("runner"), keyArn: key.arn, ...changes },
    onAws,
  );
}

describe("Bastion", function () {
  this.timeout(60_000);

  it("[PF-SEC-04] has no address on the internet and lets nobody in", async () => {
    const stack = await onNetwork(bastion);
    const { inputs } = stack.named("bastion-instance");
    assert.deepEqual(only(inputs, "subnetId", "associatePublicIpAddress", "vpcSecurityGroupIds", "keyName"), {
      subnetId: stack.id("network-private-a"),
      associatePublicIpAddress: false,
      vpcSecurityGroupIds: [stack.id("groups-runner")],
      keyName: undefined,
    });
    const ofRunner = (type: string) =>
      stack
        .ofType(type)
        .filter((rule) => rule.inputs["securityGroupId"] === stack.id("groups-runner"))
        .map((rule) => only(rule.inputs, "ipProtocol", "fromPort", "toPort"));
    assert.deepEqual(ofRunner("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"), []);
    assert.deepEqual(ofRunner("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"), [
      { ipProtocol: "tcp", fromPort: 443, toPort: 443 },
    ]);
    assert.deepEqual(only(stack.named("groups-control-plane-runner").inputs, "fromPort", "referencedSecurityGroupId"), {
      fromPort: 443,
      referencedSecurityGroupId: stack.id("groups-runner"),
    });
  });

  it("[PF-SEC-05] encrypts its disk and gives its credentials to nobody but itself", async () => {
    const stack = await onNetwork(bastion);
    assert.deepEqual(only(stack.named("bastion-instance").inputs, "rootBlockDevice", "metadataOptions"), {
      rootBlockDevice: {
        encrypted: true,
        kmsKeyId: stack.output("key-key", "arn"),
        volumeType: "gp3",
        volumeSize: 8,
      },
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
    });
  });

  it("may do no more than sessions need, before it starts", async () => {
    const stack = await onNetwork(bastion);
    assert.deepEqual(childrenOf(stack, "bastion"), [
      "bastion-instance",
      "bastion-profile",
      "bastion-role",
      "bastion-sessions",
    ]);
    assert.deepEqual(
      policy(stack.input("bastion-role", "assumeRolePolicy")).Statement.map(({ Principal }) => Principal),
      [{ Service: "ec2.amazonaws.com" }],
    );
    assert.equal(stack.input("bastion-sessions", "policyArn"), "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore");
    assert.ok(stack.waitsFor("bastion-instance").has("bastion-sessions"));
  });

  it("stays when a new image comes out, and upgrades itself", async () => {
    const stack = await onNetwork(bastion);
    assert.deepEqual(stack.named("bastion-instance").ignoreChanges, ["ami"]);
    assert.equal(stack.input("bastion-instance", "ebsOptimized"), true);
    const script = text(stack.input("bastion-instance", "userData"));
    assert.match(script, /^#!\/bin\/bash\n/);
    assert.match(script, /^ExecStart=\/usr\/bin\/dnf upgrade --releasever=latest --assumeyes$/m);
    assert.match(script, /^OnCalendar=Sun 09:00 UTC$/m);
  });

  it("is refused on a machine type that its image does not run on", async () => {
    const { run } = await attempt((ground) =>
      bastion(ground, { transform: (instance) => ({ ...instance, instanceType: "t3.micro" }) }),
    );
    assert.match(run.errors.join("\n"), /bastion-instance.*arm64/s);
  });
});
