import assert from "node:assert/strict";
import * as grpc from "@grpc/grpc-js";
import { AuthenticationMode } from "@pulumi/eks/types/enums";
import type { ClusterArgs } from "@pulumi/eks/cluster";
import { InputPropertiesError, InputPropertyError } from "@pulumi/pulumi";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import * as messages from "@pulumi/pulumi/proto/errors_pb";
import { checkClusterArgs } from "../../../../offline/providers/eks/cluster-arguments";
import { construct } from "../../../../offline/providers/eks/construct";
import { componentError } from "../../../../offline/providers/eks/errors";
import { call } from "../../../../offline/providers/eks/methods";
import { problems, type Foundation } from "./support";

const cases: readonly (readonly [what: string, args: (given: Foundation) => ClusterArgs, words: RegExp])[] = [
  ["the default node group", () => ({ skipDefaultNodeGroup: false }), /^\S+: skipDefaultNodeGroup: the offline cloud/],
  ["Fargate", () => ({ fargate: true }), /fargate: the offline cloud has no Fargate profiles made by the component/],
  ["storage classes", () => ({ storageClasses: "gp3" }), /storageClasses: the offline cloud makes none/],
  [
    "two sources of the nodes' role",
    ({ nodeRole }) => ({ instanceRole: nodeRole, instanceRoles: [nodeRole] }),
    /instanc/,
  ],
  [
    "subnets given in two ways",
    ({ subnetIds }) => ({ subnetIds, privateSubnetIds: subnetIds }),
    /subnetIds, and the use of publicSubnetIds and\/or privateSubnetIds are mutually exclusive/,
  ],
  [
    "options of nodes in two places",
    () => ({ nodeGroupOptions: { minSize: 1 }, maxSize: 2 }),
    /Setting nodeGroupOptions, and any set of singular node group option/,
  ],
  [
    "an authentication mode that does not exist",
    () => ({ authenticationMode: "IAM" as string as AuthenticationMode }),
    /Invalid value for authenticationMode: IAM\. Allowed values are: CONFIG_MAP, API_AND_CONFIG_MAP, API\./,
  ],
  [
    "access entries without a mode",
    () => ({ accessEntries: { a: { principalArn: "a" } } }),
    /'accessEntries' property is not supported when 'authenticationMode' is not set/,
  ],
  [
    "access entries beside the config map alone",
    () => ({ authenticationMode: "CONFIG_MAP", accessEntries: { a: { principalArn: "a" } } }),
    /'accessEntries' property is not supported when 'authenticationMode' is set to 'CONFIG_MAP'/,
  ],
  ...(["roleMappings", "userMappings", "instanceRoles"] as const).map(
    (property) =>
      [
        `${property} without the config map`,
        ({ nodeRole }: Foundation) => ({
          authenticationMode: AuthenticationMode.Api,
          [property]: property === "instanceRoles" ? [nodeRole] : [{ username: "a", groups: [] }],
        }),
        new RegExp(`'${property}' property does not support non-empty values .* 'API'`),
      ] as const,
  ),
  [
    "auto mode without access entries",
    () => ({ autoMode: { enabled: true } }),
    /Access entries are required when using EKS Auto Mode/,
  ],
  [
    "ranges of a public endpoint that is closed",
    () => ({ endpointPublicAccess: false, publicAccessCidrs: ["203.0.113.0/24"] }),
    /`publicAccessCidrs` can only be set when `endpointPublicAccess` is true/,
  ],
  ["a version that EKS does not offer", () => ({ version: "1.28" }), /unsupported Kubernetes version 1\.28/],
];

describe("EKS component: refusals", function () {
  this.timeout(60_000);

  for (const [what, args, words] of cases) {
    it(`refuses ${what}`, async () => {
      assert.match(await problems(args), words);
    });
  }

  it("takes empty mappings without the config map", async () => {
    const args = { authenticationMode: AuthenticationMode.Api, roleMappings: [], userMappings: [] };
    assert.equal(await problems(() => args), "");
  });

  it("refuses an AWS provider whose credentials the cluster's own provider would lack", () => {
    const args = { skipDefaultNodeGroup: true };
    assert.throws(() => {
      checkClusterArgs(args, true);
    }, /specify this provider in providerCredentialOpts/);
    checkClusterArgs({ ...args, providerCredentialOpts: { profileName: "ops" } }, true);
    assert.throws(() => {
      checkClusterArgs({ ...args, creationRoleProvider: {} as never }, false);
    }, /`creationRoleProvider\.provider` option is not supported/);
  });

  it("refuses components and methods that are not built offline, by name", async () => {
    await assert.rejects(
      construct("n", "eks:index:NodeGroupV2", {}, {}),
      /^Error: eks:index:NodeGroupV2 "n" is not built/,
    );
    await assert.rejects(
      call("eks:index:Cluster/drain", {}),
      /^Error: eks:index:Cluster\/drain: the offline cloud knows no/,
    );
  });
});

describe("EKS component: errors on the wire", () => {
  function detail(error: unknown) {
    const { code, metadata } = componentError(error);
    assert.equal(code, grpc.status.INVALID_ARGUMENT);
    const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
    assert.ok(Buffer.isBuffer(bytes));
    const status = Status.deserializeBinary(bytes);
    const [packed] = status.getDetailsList();
    assert.equal(packed?.getTypeName(), "pulumirpc.InputPropertiesError");
    const unpacked = messages.InputPropertiesError.deserializeBinary(packed.getValue_asU8());
    return {
      message: status.getMessage(),
      errors: unpacked.getErrorsList().map((one) => [one.getPropertyPath(), one.getReason()]),
    };
  }

  it("name single properties by their paths", () => {
    const errors = [
      { propertyPath: "nodeRole", reason: "missing" },
      { propertyPath: "amiId", reason: "twice" },
    ];
    assert.deepEqual(detail(new InputPropertiesError({ message: "invalid", errors })), {
      message: "invalid",
      errors: [
        ["nodeRole", "missing"],
        ["amiId", "twice"],
      ],
    });
    assert.deepEqual(detail(new InputPropertyError({ propertyPath: "gpu", reason: "none" })), {
      message: "",
      errors: [["gpu", "none"]],
    });
  });

  it("pass on anything else as it is", () => {
    assert.deepEqual(componentError(new Error("broken")), { code: grpc.status.UNKNOWN, details: "broken" });
    assert.deepEqual(componentError("broken"), { code: grpc.status.UNKNOWN, details: "broken" });
  });
});
