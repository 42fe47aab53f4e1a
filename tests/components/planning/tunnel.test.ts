import assert from "node:assert/strict";
import { apiHostOf, throughTunnel } from "../../../components/planning/tunnel";

const direct = JSON.stringify({
  apiVersion: "v1",
  clusters: [
    {
      name: "kubernetes",
      cluster: { server: "https://ABC.gr7.us-west-2.eks.amazonaws.com", "certificate-authority-data": "Y2E=" },
    },
  ],
  users: [{ name: "aws", user: { exec: { command: "aws" } } }],
});

describe("kubeconfig through a tunnel", () => {
  it("goes to the own machine, checks the certificate of the API, and leaves the rest alone", () => {
    assert.deepEqual(JSON.parse(throughTunnel(direct)), {
      ...(JSON.parse(direct) as object),
      clusters: [
        {
          name: "kubernetes",
          cluster: {
            server: "https://127.0.0.1:8443",
            "tls-server-name": "abc.gr7.us-west-2.eks.amazonaws.com",
            "certificate-authority-data": "Y2E=",
          },
        },
      ],
    });
  });

  it("knows the host that the tunnel leads to", () => {
    assert.equal(apiHostOf(direct), "abc.gr7.us-west-2.eks.amazonaws.com");
  });

  it("refuses what is no kubeconfig", () => {
    assert.throws(() => throughTunnel("{}"), /clusters/);
  });
});
