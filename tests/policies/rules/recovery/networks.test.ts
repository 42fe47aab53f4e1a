import assert from "node:assert/strict";
import { siteNames, siteRanges } from "../../../../components/planning/site-plan";
import { Unknown } from "../../../../offline/cloud/value";
import { addressRules, PLANNED_SITES } from "../../../../policies/rules/recovery/networks";
import { provesStack } from "../../proves";
import type { StackUnderTest } from "../../stack-under-test";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const ROUTE = "aws:ec2/route:Route";
const SUBNETWORK = "gcp:compute/subnetwork:Subnetwork";
const ADDRESS = "gcp:compute/globalAddress:GlobalAddress";
const AKS = "azure-native:containerservice:ManagedCluster";
const VNET_SUBNET = "azure-native:network:Subnet";
const MORE = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation";

describe("rules on addresses", () => {
  it("[PR-05] knows the sites of the address plan", () => {
    assert.deepEqual(PLANNED_SITES, Object.fromEntries(siteNames.map((site) => [site, [siteRanges(site).block]])));
  });

  provesStack(addressRules, "net-no-cidr-overlap", {
    of: "prod",
    alsoPasses: [
      {
        when: "a subnet lies in a further range of its network",
        change: (stack) =>
          further(stack, "10.34.0.0/16").change(SUBNET, "network-database-a", { set: { cidrBlock: "10.34.0.0/24" } }),
      },
      {
        when: "the site is in no plan",
        change: (stack) => stack,
        stack: { stack: "elsewhere" },
        settings: { sites: { other: ["10.32.0.0/12"] } },
      },
      {
        when: "all other sites are behind one route, which is wider than the network",
        change: (stack) =>
          stack.change(ROUTE, "gateway-database-to-dr", { set: { destinationCidrBlock: "10.0.0.0/8" } }),
      },
    ],
    fails: [
      {
        when: "two subnets overlap",
        change: (stack) =>
          stack.change(SUBNET, "network-database-a", {
            set: { cidrBlock: stack.one(SUBNET, "network-database-b").inputs["cidrBlock"] ?? "" },
          }),
        violated: [`${SUBNET} network-database-a cidrBlock`, `${SUBNET} network-database-b cidrBlock`],
      },
      {
        when: "a subnet lies outside of its network",
        change: (stack) => stack.change(SUBNET, "network-database-a", { set: { cidrBlock: "10.40.0.0/24" } }),
        violated: [`${SUBNET} network-database-a cidrBlock`],
      },
      {
        when: "the network has the addresses of another site",
        change: (stack) => stack.add(VPC, "second", { inputs: { cidrBlock: "10.64.0.0/16" } }),
        violated: [`${VPC} second cidrBlock`],
      },
      {
        when: "a second network has the addresses of the first",
        change: (stack) => stack.add(VPC, "second", { inputs: { cidrBlock: "10.32.0.0/16" } }),
        violated: [`${VPC} network-vpc cidrBlock`, `${VPC} second cidrBlock`],
      },
      {
        when: "the services of the cluster have addresses of the network",
        change: (stack) =>
          stack.change("aws:eks/cluster:Cluster", "cluster-control-plane-eks-eksCluster", {
            set: { kubernetesNetworkConfig: { serviceIpv4Cidr: "10.32.255.0/24" } },
          }),
        violated: [
          "aws:eks/cluster:Cluster cluster-control-plane-eks-eksCluster kubernetesNetworkConfig.serviceIpv4Cidr",
          `${VPC} network-vpc cidrBlock`,
        ],
      },
      {
        when: "a route sends addresses of the network away",
        change: (stack) =>
          stack.change(ROUTE, "gateway-database-to-dr", { set: { destinationCidrBlock: "10.32.255.0/24" } }),
        violated: [`${VPC} network-vpc cidrBlock`],
      },
      {
        when: "a further range is that of another site",
        change: (stack) => further(stack, "10.48.0.0/16"),
        violated: [`${MORE} further cidrBlock`],
      },
    ],
    undecided: [
      {
        when: "a subnet is of a network outside of the stack",
        change: (stack) => stack.change(SUBNET, "network-database-a", { set: { vpcId: "vpc-elsewhere" } }),
        of: [`${SUBNET} network-database-a`],
      },
      {
        when: "the range of a subnet is not known",
        change: (stack) => stack.change(SUBNET, "network-database-a", { set: { cidrBlock: Unknown.value } }),
        of: [`${SUBNET} network-database-a`],
      },
    ],
  });

  provesStack(addressRules, "net-no-cidr-overlap", {
    of: "prod-gcp",
    stack: { stack: "prod-gcp" },
    fails: [
      {
        when: "pods and services overlap",
        change: (stack) =>
          stack.change(SUBNETWORK, "network-nodes", { set: { "secondaryIpRanges[1].ipCidrRange": "10.52.0.0/16" } }),
        violated: [
          `${SUBNETWORK} network-nodes secondaryIpRanges[0].ipCidrRange`,
          `${SUBNETWORK} network-nodes secondaryIpRanges[1].ipCidrRange`,
        ],
      },
      {
        when: "managed services have addresses of nodes",
        change: (stack) => stack.change(ADDRESS, "network-private-services-range", { set: { address: "10.48.0.0" } }),
        violated: [`${ADDRESS} network-private-services-range address`, `${SUBNETWORK} network-nodes ipCidrRange`],
      },
      {
        when: "the control plane has them",
        change: (stack) =>
          stack.change("gcp:container/cluster:Cluster", "cluster-control-plane-gke", {
            set: { "privateClusterConfig.masterIpv4CidrBlock": "10.48.0.0/28" },
          }),
        violated: [
          "gcp:container/cluster:Cluster cluster-control-plane-gke privateClusterConfig.masterIpv4CidrBlock",
          `${SUBNETWORK} network-nodes ipCidrRange`,
        ],
      },
    ],
    undecided: [],
  });

  provesStack(addressRules, "net-no-cidr-overlap", {
    of: "dr",
    stack: { stack: "dr" },
    alsoPasses: [
      {
        when: "a subnet writes its range as a list",
        change: (stack) =>
          stack.change(VNET_SUBNET, "network-nodes", {
            remove: ["addressPrefix"],
            set: { addressPrefixes: ["10.64.0.0/18"] },
          }),
      },
    ],
    fails: [
      {
        when: "pods have addresses of the network",
        change: (stack) => stack.change(AKS, "cluster-aks", { set: { "networkProfile.podCidr": "10.64.240.0/20" } }),
        violated: [
          "azure-native:network:VirtualNetwork network-network addressSpace.addressPrefixes[0]",
          `${AKS} cluster-aks networkProfile.podCidr`,
        ],
      },
      {
        when: "services have those of another site",
        change: (stack) => stack.change(AKS, "cluster-aks", { set: { "networkProfile.serviceCidr": "10.33.0.0/16" } }),
        violated: [`${AKS} cluster-aks networkProfile.serviceCidr`],
      },
      {
        when: "a subnet lies outside of its network, in a list",
        change: (stack) =>
          stack.change(VNET_SUBNET, "network-nodes", {
            remove: ["addressPrefix"],
            set: { addressPrefixes: ["10.79.0.0/24"] },
          }),
        violated: [`${VNET_SUBNET} network-nodes addressPrefixes[0]`],
      },
    ],
    undecided: [],
  });
});

function further(stack: StackUnderTest, cidrBlock: string): StackUnderTest {
  return stack.add(MORE, "further", {
    inputs: { vpcId: stack.one(VPC, "network-vpc").outputs["id"] ?? "", cidrBlock },
    from: { vpcId: [`${VPC} network-vpc`] },
  });
}
