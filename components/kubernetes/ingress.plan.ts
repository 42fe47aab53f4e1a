import type { input } from "@pulumi/kubernetes/types";

/** One path of an Ingress. */
export interface IngressRoute {
  /** `/` for everything, `/api` or `/api/*` for everything below it. */
  readonly path: string;
  /** Name of the Service in the Ingress' namespace. */
  readonly service: string;
  /** Port of the Service. */
  readonly port: number;
}

/** An Ingress, described without any cloud in it. */
export interface IngressSpec {
  readonly name: string;
  /** Name of the IngressClass whose controller serves it. */
  readonly className: string;
  /** Host name of the requests. Default: any. */
  readonly host?: string;
  /** At least one; the longest matching path wins. */
  readonly routes: readonly IngressRoute[];
}

/**
 * The prefix that a written path stands for. `/api/*` becomes the prefix `/api`.
 *
 * Only prefixes are rendered: controllers agree on them, and the longest wins wherever it is written. The AWS
 * controller puts every prefix before every implementation-specific path, so that `/api/*` of that type would never be
 * reached beside the prefix `/`: https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/spec
 */
export function pathPrefix(path: string): string {
  const prefix = path === "/*" ? "/" : path.replace(/\/\*$/, "");
  if (!/^\/[^*?]*$/.test(prefix)) {
    throw new Error(`path "${path}" of an ingress: begin it with "/" and use "*" only at the end, after a "/"`);
  }
  return prefix;
}

/** Renders an Ingress without a namespace. Throws when a path is malformed or stands twice. */
export function renderIngress(spec: IngressSpec) {
  if (spec.routes.length === 0) throw new Error(`ingress "${spec.name}" has no route: give at least one`);
  const prefixes = spec.routes.map((route) => pathPrefix(route.path));
  const twice = prefixes.find((prefix, index) => prefixes.indexOf(prefix) !== index);
  if (twice !== undefined) throw new Error(`ingress "${spec.name}" routes "${twice}" twice: keep one of the routes`);
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: spec.name },
    spec: {
      ingressClassName: spec.className,
      rules: [
        {
          ...(spec.host === undefined ? {} : { host: spec.host }),
          http: {
            paths: spec.routes.map((route) => ({
              path: pathPrefix(route.path),
              pathType: "Prefix",
              backend: { service: { name: route.service, port: { number: route.port } } },
            })),
          },
        },
      ],
    },
  } satisfies input.networking.v1.Ingress;
}
