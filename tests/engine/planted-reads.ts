/** A program of one stack a read of another cloud: `platform:read` says which is planted into what else stands on Google Cloud alone. */
export const PLANTED_READS = `
import { Config, interpolate, StackReference } from "@pulumi/pulumi";

const IMAGE = "111122223333.dkr.ecr.us-west-2.amazonaws.com/shop:1";

export default async function program() {
  const read = new Config("platform").require("read");
  if (read === "invoke") {
    const { Provider } = await import("@pulumi/aws/provider.js");
    const { getCallerIdentityOutput } = await import("@pulumi/aws/getCallerIdentity.js");
    const provider = new Provider("aws", { region: "us-west-2", skipCredentialsValidation: true });
    return { account: getCallerIdentityOutput({}, { provider }).accountId };
  }
  if (read === "reference") return { vpcId: new StackReference("organization/platform/primary").getOutput("vpcId") };
  if (read !== "image") return { vpcId: "vpc-1" };
  const { Provider } = await import("@pulumi/gcp/provider.js");
  const { Service } = await import("@pulumi/gcp/projects/service.js");
  const { Network } = await import("@pulumi/gcp/compute/network.js");
  const { Cluster } = await import("@pulumi/gcp/container/cluster.js");
  const kubernetes = await import("@pulumi/kubernetes/provider.js");
  const { Deployment } = await import("@pulumi/kubernetes/apps/v1/deployment.js");
  const provider = new Provider("gcp", { project: "portfolio-prod-gcp", region: "us-central1" });
  const apis = ["compute", "container"].map((api) => new Service(api, { service: api + ".googleapis.com" }, { provider }));
  const network = new Network("network", { autoCreateSubnetworks: true }, { provider, dependsOn: apis });
  const cluster = new Cluster(
    "cluster",
    { location: "us-central1", network: network.id, enableAutopilot: true, deletionProtection: false },
    { provider, dependsOn: apis },
  );
  const kubeconfig = interpolate\`{"apiVersion":"v1","kind":"Config","current-context":"a","contexts":[{"name":"a","context":{"cluster":"a","user":"a"}}],"clusters":[{"name":"a","cluster":{"server":"https://\${cluster.endpoint}"}}],"users":[{"name":"a","user":{}}]}\`;
  const inCluster = { provider: new kubernetes.Provider("kubernetes", { kubeconfig }) };
  const labels = { app: "shop" };
  const workload = (name, image) =>
    new Deployment(
      name,
      { spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: "main", image }] } } } },
      inCluster,
    );
  workload("own", "us-central1-docker.pkg.dev/portfolio-prod-gcp/services/shop:1");
  workload("planted", IMAGE);
}
`;

/** The file of a stack that plants one. */
export function plantedStack(read: string, rest = ""): string {
  return `config:\n  platform:read: ${read}\n${rest}`;
}
