import "@pulumi/aws/ec2";
import "@pulumi/aws/eks";
import "@pulumi/aws/iam";
import "@pulumi/kubernetes/core/v1";
import { Provider as AwsProvider } from "@pulumi/aws/provider";
import { Cluster } from "@pulumi/eks/cluster";
import { version } from "@pulumi/eks/package.json";
import { VpcCniAddon } from "@pulumi/eks/vpcCniAddon";
import { version as awsVersion } from "@pulumi/aws/package.json";
import { version as kubernetesVersion } from "@pulumi/kubernetes/package.json";
import { Provider as KubernetesProvider } from "@pulumi/kubernetes/provider";
import type { ProviderResource, Resource, ResourceOptions } from "@pulumi/pulumi";
import { registerResourceModule, registerResourcePackage } from "@pulumi/pulumi/runtime";
import { listen } from "../listen";
import { construct } from "./construct";
import { call } from "./methods";
import { componentProvider } from "./provider";

// References to components and providers come alive as objects of these classes. The packages' own index modules register them
// too, but the one of eks loads all of aws and kubernetes: 0.3 s of start-up more.
registerResourceModule("eks", "index", {
  version,
  construct(name: string, type: string, urn: string): Resource {
    const options: ResourceOptions = { urn };
    if (type === "eks:index:Cluster") return new Cluster(name, undefined, options);
    if (type === "eks:index:VpcCniAddon") return new VpcCniAddon(name, undefined as never, options);
    throw new Error(`a reference to ${type} cannot be read here`);
  },
});
registerPackage("aws", awsVersion, (name, urn) => new AwsProvider(name, undefined, { urn }));
registerPackage("kubernetes", kubernetesVersion, (name, urn) => new KubernetesProvider(name, undefined, { urn }));

function registerPackage(name: string, packageVersion: string, make: (name: string, urn: string) => ProviderResource) {
  registerResourcePackage(name, {
    version: packageVersion,
    constructProvider: (providerName: string, _type: string, urn: string) => make(providerName, urn),
  });
}

const provider = componentProvider({
  version,
  construct,
  call,
  unexpected(report) {
    console.error(report);
  },
});

listen(provider).then(
  ({ port }) => {
    console.log(String(port));
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
