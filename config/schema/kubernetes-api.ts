import { z } from "zod";
import type { ApiAccess } from "../../components/contracts/kubernetes-cluster";
import type { AddIssue } from "./data";
import { cidr, text, type SettingInfo } from "./values";

/** Version of a control plane whose cloud says by itself what it supports. */
export function kubernetesVersion(version: string, requirement: Pick<SettingInfo, "requirement">) {
  return text(/^1\.\d\d$/, 'a minor version in quotes, such as "1.36"')
    .default(version)
    .meta({ description: "Kubernetes version, minor only", ...requirement });
}

const everywhere = "0.0.0.0/0";

/** Ranges of the internet that reach the API of a cluster whose access is `internet`, and only of such a one. */
export const publicApi = {
  ranges: () =>
    z
      .array(cidr)
      .default([])
      .meta({ description: "Ranges of the internet that reach the API, with access `internet`", unit: "CIDR" }),
  check: (
    { access, publicCidrs }: { readonly access: ApiAccess; readonly publicCidrs: readonly string[] },
    context: AddIssue,
  ): void => {
    const fault = (message: string) => {
      context.addIssue({ code: "custom", path: ["publicCidrs"], message });
    };
    if (access !== "internet") {
      if (publicCidrs.length > 0) {
        fault(`is ${publicCidrs.join(", ")} while access is ${access}: take them out, or set access to internet`);
      }
      return;
    }
    if (publicCidrs.length === 0) {
      fault("is empty while access is internet: name the ranges of your offices and runners, or choose another access");
    } else if (publicCidrs.includes(everywhere)) {
      fault(`has ${everywhere}, which lets everybody in: name the ranges of your offices and runners`);
    }
  },
};
