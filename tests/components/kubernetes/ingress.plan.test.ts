import assert from "node:assert/strict";
import { pathPrefix, renderIngress } from "../../../components/kubernetes/ingress.plan";

const routes = [
  { path: "/", service: "frontend-service", port: 80 },
  { path: "/api/*", service: "backend-service", port: 5000 },
];

describe("ingress plan", () => {
  it("[DP-K8S-06] routes / to the frontend on 80 and /api/* to the backend on 5000", () => {
    assert.deepEqual(renderIngress({ name: "durga-puja", className: "alb", routes }), {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "durga-puja" },
      spec: {
        ingressClassName: "alb",
        rules: [
          {
            http: {
              paths: [
                {
                  path: "/",
                  pathType: "Prefix",
                  backend: { service: { name: "frontend-service", port: { number: 80 } } },
                },
                {
                  path: "/api",
                  pathType: "Prefix",
                  backend: { service: { name: "backend-service", port: { number: 5000 } } },
                },
              ],
            },
          },
        ],
      },
    });
  });

  it("limits the routes to a host only when there is one", () => {
    const { rules } = renderIngress({ name: "web", className: "alb", host: "example.com", routes }).spec;
    assert.equal(rules[0] && "host" in rules[0] ? rules[0].host : undefined, "example.com");
  });

  it("reads paths as they are documented", () => {
    assert.deepEqual(["/", "/*", "/api", "/api/*", "/api/v1/*"].map(pathPrefix), ["/", "/", "/api", "/api", "/api/v1"]);
  });

  for (const path of ["", "api", "/a*", "/*/b", "/a?b"]) {
    it(`refuses the path "${path}"`, () => {
      assert.throws(
        () => renderIngress({ name: "web", className: "alb", routes: [{ path, service: "a", port: 80 }] }),
        {
          message: `path "${path}" of an ingress: begin it with "/" and use "*" only at the end, after a "/"`,
        },
      );
    });
  }

  it("refuses a path twice, and no path at all", () => {
    const twice = [...routes, { path: "/api", service: "other", port: 80 }];
    assert.throws(
      () => renderIngress({ name: "web", className: "alb", routes: twice }),
      /ingress "web" routes "\/api" twice/,
    );
    assert.throws(() => renderIngress({ name: "web", className: "alb", routes: [] }), /ingress "web" has no route/);
  });
});
