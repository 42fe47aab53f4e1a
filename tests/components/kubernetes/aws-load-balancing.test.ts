import assert from "node:assert/strict";
import {
  applicationLoadBalancerAnnotations,
  networkLoadBalancerAnnotations,
  targetHealthCheckAnnotations,
} from "../../../components/kubernetes/aws-load-balancing";

const options = {
  scheme: "internet-facing",
  healthCheckPath: "/health",
  securityGroupId: "sg-1",
  drainSeconds: 300,
} as const;

describe("AWS load balancing", () => {
  it("[DP-K8S-06] [DP-HA-01] annotates an Ingress as documented, plain HTTP without a certificate", () => {
    assert.deepEqual(applicationLoadBalancerAnnotations(options), {
      "alb.ingress.kubernetes.io/scheme": "internet-facing",
      "alb.ingress.kubernetes.io/target-type": "ip",
      "alb.ingress.kubernetes.io/security-groups": "sg-1",
      "alb.ingress.kubernetes.io/manage-backend-security-group-rules": "false",
      "alb.ingress.kubernetes.io/healthcheck-path": "/health",
      "alb.ingress.kubernetes.io/listen-ports": '[{"HTTP":80}]',
      "alb.ingress.kubernetes.io/target-group-attributes":
        "deregistration_delay.timeout_seconds=300,load_balancing.cross_zone.enabled=true",
      "alb.ingress.kubernetes.io/load-balancer-attributes": "routing.http.drop_invalid_header_fields.enabled=true",
    });
  });

  it("redirects to HTTPS where there is a certificate", () => {
    const annotations = applicationLoadBalancerAnnotations({ ...options, certificateArn: "certificate" });
    assert.equal(annotations["alb.ingress.kubernetes.io/listen-ports"], '[{"HTTP":80},{"HTTPS":443}]');
    assert.equal(annotations["alb.ingress.kubernetes.io/ssl-redirect"], "443");
    assert.equal(annotations["alb.ingress.kubernetes.io/certificate-arn"], "certificate");
    assert.equal(annotations["alb.ingress.kubernetes.io/ssl-policy"], "ELBSecurityPolicy-TLS13-1-2-2021-06");
  });

  it("[DP-K8S-05] [DP-HA-01] annotates a Service for a public network load balancer", () => {
    assert.deepEqual(networkLoadBalancerAnnotations({ ...options, healthCheckPath: "/" }), {
      "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
      "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
      "service.beta.kubernetes.io/aws-load-balancer-security-groups": "sg-1",
      "service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules": "false",
      "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol": "http",
      "service.beta.kubernetes.io/aws-load-balancer-healthcheck-path": "/",
      "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes":
        "deregistration_delay.timeout_seconds=300,load_balancing.cross_zone.enabled=true",
    });
  });

  it("lets a Service be checked on its own path", () => {
    assert.deepEqual(targetHealthCheckAnnotations("/"), { "alb.ingress.kubernetes.io/healthcheck-path": "/" });
  });

  for (const drainSeconds of [-1, 3601, 1.5]) {
    it(`refuses to drain for ${String(drainSeconds)} s`, () => {
      assert.throws(
        () => applicationLoadBalancerAnnotations({ ...options, drainSeconds }),
        /drainSeconds is .* from 0 to 3600 seconds/,
      );
      assert.throws(() => networkLoadBalancerAnnotations({ ...options, drainSeconds }), /drainSeconds is/);
    });
  }
});
