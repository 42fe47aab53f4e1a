import assert from "node:assert/strict";
import type { OutageCloud } from "../../offline/cloud/faults";
import {
  describeForeignReads,
  foreignReads,
  thirdParties,
  type KnownResource,
  type KnownStack,
} from "../../recovery/independence";
import { backendOf, shownStatePlace } from "../../stacks/backends";
import { backendUrl, secretsProvider } from "../../stacks/state-place";
import { committed } from "../config/stack-files";
import { deployed, deployStack, type Deployed } from "../stacks/deployed";

const URN = "urn:pulumi:prod-gcp::platform::kubernetes:apps/v1:Deployment::shop";
const ECR = "111122223333.dkr.ecr.us-west-2.amazonaws.com/shop:1";

function resource(inputs: Record<string, unknown>, rest: Partial<KnownResource> = {}): KnownResource {
  return { urn: URN, type: "kubernetes:apps/v1:Deployment", inputs, ...rest };
}

/** What is found in a stack of Google Cloud: `what @ where`, without the URN. */
function found(stack: Partial<KnownStack>): readonly string[] {
  return foreignReads({ cloud: "gcp", resources: [], ...stack }).map(
    ({ what, where }) => `${what} @ ${where.replace(`${URN} `, "")}`,
  );
}

/** What a text that is no image says to a stack of a cloud. */
function said(cloud: OutageCloud, text: string): readonly string[] {
  return foreignReads({ cloud, resources: [resource({ text })] }).map(({ what }) => what);
}

describe("recovery/independence: what a stack reads of another cloud", () => {
  it("is a provider, a resource or a data source of its packages", () => {
    const provider = { urn: "urn:p", type: "pulumi:providers:aws", inputs: {} };
    const zone = { urn: "urn:z", type: "aws:route53/zone:Zone", inputs: { name: "a.example" } };
    assert.deepEqual(
      found({ resources: [provider, zone], invokes: ["aws:index/getCallerIdentity:getCallerIdentity"] }),
      [
        "data source aws:index/getCallerIdentity:getCallerIdentity @ the program",
        "provider of AWS @ urn:p",
        "resource aws:route53/zone:Zone @ urn:z",
      ],
    );
    assert.deepEqual(foreignReads({ cloud: "aws", resources: [provider, zone] }), []);
    for (const [type, what] of [
      ["pulumi:providers:azure-native", "provider of Azure"],
      ["azuread:index/group:Group", "resource azuread:index/group:Group"],
      ["eks:index:Cluster", "resource eks:index:Cluster"],
    ] as const) {
      assert.deepEqual(found({ resources: [{ urn: "urn:x", type }] }), [`${what} @ urn:x`]);
    }
    for (const type of ["pulumi:providers:gcp", "pulumi:providers:random", "platform:aws:SiteContractFile"]) {
      assert.deepEqual(found({ resources: [{ urn: "urn:x", type }] }), []);
    }
  });

  it("is a stack reference, whatever it leads to", () => {
    const reference = {
      urn: URN,
      type: "pulumi:pulumi:StackReference",
      inputs: { name: "organization/platform/prod" },
    };
    assert.deepEqual(foreignReads({ cloud: "gcp", resources: [reference] }), [
      {
        what: "reference to stack organization/platform/prod",
        where: URN,
        why: "it reads the state of another stack, which is gone with the cloud that keeps it",
        remedy: "read the contract of that site, which is kept beside this stack's own state",
      },
    ]);
  });

  it("is an image of a registry of its own, named with its path", () => {
    const containers = [
      { name: "a", image: "us-docker.pkg.dev/p/shop:1" },
      { name: "b", image: ECR },
    ];
    const reads = foreignReads({
      cloud: "gcp",
      resources: [resource({ spec: { template: { spec: { containers } } } })],
    });
    assert.deepEqual(reads, [
      {
        what: `image ${ECR}`,
        where: `${URN} spec.template.spec.containers[1].image`,
        why: "AWS serves it, and no new node gets it while that is off",
        remedy: "push it to the registry of the site and name it there",
      },
    ]);
    assert.equal(
      describeForeignReads(reads),
      `${URN} spec.template.spec.containers[1].image: image ${ECR}: AWS serves it, and no new node gets it while that is off; ` +
        "push it to the registry of the site and name it there",
    );
    assert.deepEqual(said("gcp", "public.ecr.aws/nginx/nginx:1"), ["image public.ecr.aws/nginx/nginx:1"]);
    assert.deepEqual(said("aws", "registry.k8s.io/pause:3"), ["image registry.k8s.io/pause:3"]);
    assert.deepEqual(said("gcp", "registry.k8s.io/pause:3"), []);
    assert.deepEqual(
      foreignReads({ cloud: "azure", resources: [resource({ image: "registry.k8s.io/pause:3" })] }).map(
        ({ why }) => why,
      ),
      [
        "Google Cloud serves it, and no new node gets it while that is off",
        "AWS serves it, and no new node gets it while that is off",
      ],
    );
    assert.deepEqual(said("aws", "gcr.io/p/a"), ["image gcr.io/p/a"]);
    assert.deepEqual(said("gcp", "shop.azurecr.io/a@sha256:00"), ["image shop.azurecr.io/a@sha256:00"]);
    assert.deepEqual(said("azure", "mcr.microsoft.com/a/b:1"), []);
    for (const image of ["nginx", "nginx:1", "apache/polaris:1", "quay.io/a/b", "ghcr.io/a/b"]) {
      assert.deepEqual(said("gcp", image), [], image);
    }
  });

  it("is a name of something there: identifier, key, bucket, host", () => {
    const role = "arn:aws:iam::111122223333:role/reader";
    assert.deepEqual(said("gcp", `{"role":"${role}"}`), [`identifier ${role}`]);
    assert.deepEqual(said("gcp", "arn:aws-us-gov:s3:::lake"), ["identifier arn:aws-us-gov:s3:::lake"]);
    assert.deepEqual(said("gcp", "awskms://alias/a?region=us-west-2"), ["key awskms://alias/a?region=us-west-2"]);
    assert.deepEqual(said("gcp", "s3://lake/rows"), ["bucket s3://lake/rows"]);
    assert.deepEqual(said("gcp", "https://sqs.us-west-2.amazonaws.com/1/q"), ["host sqs.us-west-2.amazonaws.com"]);
    assert.deepEqual(said("gcp", "public.ecr.aws"), ["host public.ecr.aws"]);
    assert.deepEqual(said("aws", "gcpkms://projects/shop-prod/locations/us/keyRings/a/cryptoKeys/b"), [
      "identifier projects/shop-prod/locations/us/keyRings/a/cryptoKeys/b",
      "key gcpkms://",
    ]);
    assert.deepEqual(said("aws", "gs://lake"), ["bucket gs://lake"]);
    assert.deepEqual(said("azure", "https://storage.googleapis.com/lake"), ["host storage.googleapis.com"]);
    assert.deepEqual(said("aws", "us-docker.pkg.dev"), ["host us-docker.pkg.dev"]);
    const id = "/subscriptions/00000000-0000-4000-8000-000000000001/resourceGroups/a";
    assert.deepEqual(said("gcp", id), [`identifier ${id}`]);
    assert.deepEqual(said("gcp", "azurekeyvault://v.vault.azure.net/keys/k"), [
      "key azurekeyvault://v.vault.azure.net/keys/k",
    ]);
    assert.deepEqual(said("gcp", "https://a.blob.core.windows.net/b"), ["host a.blob.core.windows.net"]);
    assert.deepEqual(said("gcp", "shop.azurecr.io"), ["host shop.azurecr.io"]);
    assert.deepEqual(said("aws", "https://management.azure.com/"), ["host management.azure.com"]);
    for (const text of [
      "arnold:aws:x",
      "amazonaws.com.example.org",
      "on.aws.example",
      "xs3://a",
      "run.app-x",
      "10.0.0.0/8",
    ]) {
      for (const cloud of ["aws", "azure", "gcp"] as const) assert.deepEqual(said(cloud, text), [], text);
    }
  });

  it("is told once for each thing, where it stands first, in outputs too", () => {
    const reads = found({
      resources: [resource({ a: "s3://x", b: ["s3://x"] }, { outputs: { b: "s3://x", c: [{ d: "s3://y" }] } })],
    });
    assert.deepEqual(reads, ["bucket s3://x @ a", "bucket s3://y @ outputs.c[0].d"]);
  });

  it("is a login of a cluster elsewhere", () => {
    const kubeconfig = JSON.stringify({ users: [{ user: { exec: { command: "aws", args: ["eks", "get-token"] } } }] });
    assert.deepEqual(said("gcp", kubeconfig), ["login by aws"]);
    assert.deepEqual(said("aws", kubeconfig), []);
    assert.deepEqual(said("aws", "command: gke-gcloud-auth-plugin"), ["login by gke-gcloud-auth-plugin"]);
    assert.deepEqual(said("aws", '"command": "/usr/bin/kubelogin"'), ["login by kubelogin"]);
  });

  it("is the key of the secrets, or the place of the state", () => {
    assert.deepEqual(found({ secretsProvider: "awskms://alias/a?region=us-west-2" }), [
      "key awskms://alias/a?region=us-west-2 @ secretsprovider of the stack's file",
    ]);
    assert.deepEqual(found({ backend: "s3://state?region=us-west-2" }), [
      "state in s3://state?region=us-west-2 @ backend of the stack",
    ]);
    assert.deepEqual(found({ backend: "gs://state", secretsProvider: "gcpkms://projects/a/b" }), []);
    assert.deepEqual(found({ backend: "file:///state", secretsProvider: "passphrase" }), []);
  });

  it("is not the address of a linked site, which its contract names and which may be dead", () => {
    const contracts = [
      {
        site: "prod",
        registries: ["111122223333.dkr.ecr.us-west-2.amazonaws.com"],
        data: { postgres: [{ host: "shard-0.abc.us-west-2.rds.amazonaws.com" }] },
      },
    ];
    const source = { connection: "host=shard-0.abc.us-west-2.rds.amazonaws.com port=5432" };
    assert.deepEqual(found({ resources: [resource(source)] }), [
      "host shard-0.abc.us-west-2.rds.amazonaws.com @ connection",
    ]);
    assert.deepEqual(found({ resources: [resource(source)], contracts }), []);
    assert.deepEqual(found({ resources: [resource({ a: "other.abc.us-west-2.rds.amazonaws.com" })], contracts }), [
      "host other.abc.us-west-2.rds.amazonaws.com @ a",
    ]);
    assert.deepEqual(found({ resources: [resource({ image: ECR })], contracts }), [`image ${ECR} @ image`]);
    assert.deepEqual(
      found({ resources: [resource({ registry: "111122223333.dkr.ecr.us-west-2.amazonaws.com" })], contracts }),
      ["host 111122223333.dkr.ecr.us-west-2.amazonaws.com @ registry"],
    );
    const provider = resource(source, { type: "pulumi:providers:kubernetes" });
    assert.deepEqual(found({ resources: [provider], contracts }).length, 1);
  });

  it("is not what comes from no cloud, which is told apart", () => {
    const release = resource(
      { repositoryOpts: { repo: "https://charts.jetstack.io" } },
      { type: "kubernetes:helm.sh/v3:Release" },
    );
    const containers = ["nginx", "quay.io/a/b", ECR, "us-docker.pkg.dev/p/a"].map((image) => ({ image }));
    const rows = [
      release,
      resource({ spec: { containers } }),
      { urn: "urn:f", type: "gcp:a/b:C", inputs: { image: "x.example/a" } },
    ];
    assert.deepEqual(thirdParties({ cloud: "gcp", resources: rows }), ["charts.jetstack.io", "docker.io", "quay.io"]);
  });
});

describe("recovery/independence: the committed sites", function () {
  this.timeout(60_000);

  function readsOf(stack: "prod" | "prod-gcp" | "dr", cloud: OutageCloud, { run }: Deployed): string {
    const row = backendOf(stack);
    assert.ok(row !== undefined);
    const place = shownStatePlace(row);
    const known = { cloud, resources: run.resources, invokes: run.invokes };
    return describeForeignReads(
      foreignReads({ ...known, backend: backendUrl(place), secretsProvider: secretsProvider(place) }),
    );
  }

  it("prod reads nothing of Google Cloud, of Azure, or of another stack", async () => {
    assert.equal(readsOf("prod", "aws", await deployed("prod")), "");
  });

  it("prod-gcp reads nothing of AWS, of Azure, or of another stack", async () => {
    assert.equal(readsOf("prod-gcp", "gcp", await deployed("prod-gcp")), "");
  });

  for (const role of ["standby", "active"]) {
    it(`dr reads nothing of AWS, of Google Cloud, or of another stack, in the role ${role}`, async () => {
      const stack =
        committed("dr").values["platform:role"] === role ? await deployed("dr") : await deployStack("dr", { role });
      assert.equal(readsOf("dr", "azure", stack), "");
    });
  }

  it("take charts and images of their own from no third party but these", async () => {
    const hosts = async (stack: string, cloud: OutageCloud) =>
      thirdParties({ cloud, resources: (await deployed(stack)).run.resources });
    const both = ["charts.external-secrets.io", "charts.jetstack.io", "docker.io"];
    assert.deepEqual(await hosts("prod-gcp", "gcp"), [...both, "strimzi.io"]);
    assert.deepEqual(await hosts("dr", "azure"), [...both, "nvidia.github.io", "strimzi.io"]);
  });
});
