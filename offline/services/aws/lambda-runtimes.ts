import type { Runtime } from "@pulumi/aws/lambda";

/**
 * Every runtime that the SDK names. `ended`: no function can be made with it any more; `deprecated`: patches have ended, and new
 * functions are blocked from February 2027. https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html (2026)
 */
export const RUNTIMES: Readonly<Record<Runtime, "supported" | "deprecated" | "ended">> = {
  "dotnet5.0": "ended",
  dotnet6: "deprecated",
  dotnet7: "ended",
  dotnet8: "deprecated",
  dotnet10: "supported",
  "dotnetcore2.1": "ended",
  "dotnetcore3.1": "ended",
  "go1.x": "ended",
  java8: "ended",
  "java8.al2": "supported",
  java11: "supported",
  java17: "supported",
  java21: "supported",
  java25: "supported",
  "nodejs10.x": "ended",
  "nodejs12.x": "ended",
  "nodejs14.x": "ended",
  "nodejs16.x": "ended",
  "nodejs18.x": "deprecated",
  "nodejs20.x": "deprecated",
  "nodejs22.x": "supported",
  "nodejs24.x": "supported",
  provided: "ended",
  "provided.al2": "deprecated",
  "provided.al2023": "supported",
  "python2.7": "ended",
  "python3.6": "ended",
  "python3.7": "ended",
  "python3.8": "ended",
  "python3.9": "deprecated",
  "python3.10": "deprecated",
  "python3.11": "supported",
  "python3.12": "supported",
  "python3.13": "supported",
  "python3.14": "supported",
  "ruby2.5": "ended",
  "ruby2.7": "ended",
  "ruby3.2": "deprecated",
  "ruby3.3": "supported",
  "ruby3.4": "supported",
};

/** What stands for a runtime, undefined for one that never was. */
export function runtimeState(runtime: string): "supported" | "deprecated" | "ended" | undefined {
  return (RUNTIMES as Readonly<Record<string, "supported" | "deprecated" | "ended">>)[runtime];
}
