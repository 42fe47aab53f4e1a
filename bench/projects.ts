import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";

/** The project in `root` with the program taken out and another put in: a folder that the engine can run. */
function project(root: string, folder: string, stack: string, packageJson: object): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ["Pulumi.yaml", `Pulumi.${stack}.yaml`]) cpSync(join(root, file), join(folder, file));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), JSON.stringify(packageJson));
}

/** The floor: a bare program that registers the recorded resources again. */
export function floorProject(root: string, folder: string, stack: string, resources: readonly unknown[]): void {
  project(root, folder, stack, { name: "floor", main: "floor.cjs" });
  cpSync(join(root, "bench", "floor.cjs"), join(folder, "floor.cjs"));
  writeFileSync(join(folder, "resources.json"), JSON.stringify(resources));
}

/**
 * The same program, set up as `pulumi new aws-typescript` leaves it: the SDKs imported whole, and everything compiled and
 * type-checked by the runtime at every start.
 */
export function defaultProject(root: string, folder: string, stack: string): void {
  project(root, folder, stack, { name: "default", main: "main.ts" });
  for (const entry of ["index.ts", "config", "components", "functions", "stacks"]) {
    cpSync(join(root, entry), join(folder, entry), { recursive: true });
  }
  writeFileSync(join(folder, "main.ts"), TEMPLATE_ENTRY);
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TEMPLATE_TSCONFIG));
  const file = join(folder, "Pulumi.yaml");
  const pulumi = parseDocument(readFileSync(file, "utf8"));
  pulumi.setIn(["runtime", "options"], {});
  writeFileSync(file, pulumi.toString());
}

/** The template imports `@pulumi/aws` by its root; the runtime calls a function that the program's main exports. */
const TEMPLATE_ENTRY = `import * as aws from "@pulumi/aws";
import * as eks from "@pulumi/eks";
import * as kubernetes from "@pulumi/kubernetes";
import program from "./index";

void [aws.ec2, eks.Cluster, kubernetes.core];
export = program;
`;

/** tsconfig.json of the template (https://github.com/pulumi/templates/blob/master/aws-typescript/tsconfig.json). */
const TEMPLATE_TSCONFIG = {
  compilerOptions: {
    strict: true,
    outDir: "bin",
    target: "es2020",
    // Ours use what the runtime has, not only what the target names.
    lib: ["es2023"],
    module: "commonjs",
    moduleResolution: "node",
    sourceMap: true,
    experimentalDecorators: true,
    pretty: true,
    noFallthroughCasesInSwitch: true,
    noImplicitReturns: true,
    forceConsistentCasingInFileNames: true,
    // Ours are written for a bundler; the template's interop default would refuse their default imports.
    esModuleInterop: true,
  },
  files: ["main.ts"],
} as const;
