import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Imports point one way: stacks -> components -> contracts and planning; what reads resources never imports components. */
const forbidden = (folders, reason) => ({
  patterns: folders.map((folder) => ({ group: [`**/${folder}/**`, `**/${folder}`], message: reason })),
});

export default tseslint.config(
  { ignores: ["node_modules/", ".platform/", "tests/golden/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      // `${output}` prints "Calling [toString] on an [Output<T>] is not supported": only strings belong in a template.
      "@typescript-eslint/restrict-template-expressions": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "max-lines": ["error", { max: 350, skipComments: true, skipBlankLines: true }],
    },
  },
  {
    files: ["components/contracts/**/*.ts", "components/planning/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        forbidden(
          ["aws", "gcp", "azure", "kubernetes", "stacks", "offline", "cli", "config"],
          "Contracts and planning import nothing concrete.",
        ),
      ],
    },
  },
  ...["aws", "gcp", "azure", "kubernetes"].map((own, _, all) => ({
    files: [`components/${own}/**/*.ts`],
    rules: {
      "no-restricted-imports": [
        "error",
        forbidden(
          ["stacks", "offline", "cli", "config", ...all.filter((other) => other !== own)],
          "A component knows its arguments: neither who composes it nor what another cloud does.",
        ),
      ],
    },
  })),
  {
    files: ["stacks/**/*.ts", "config/**/*.ts", "index.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        forbidden(["offline", "cli"], "The program does not know that it may run offline."),
      ],
    },
  },
  {
    files: ["offline/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        forbidden(["components", "stacks", "cli"], "The offline cloud reads resources, never the program."),
      ],
    },
  },
  {
    files: ["recovery/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        forbidden(["components", "stacks", "cli", "config"], "Recovery reads resources, never the program."),
      ],
    },
  },
  {
    files: ["policies/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        forbidden(["components", "stacks", "cli", "config"], "Rules read resources, never the program."),
      ],
    },
  },
  {
    files: ["components/**/*.ts", "stacks/**/*.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Only config/ reads the environment." },
      ],
    },
  },
  {
    // Tables: as long as what they list.
    files: [
      "requirements/requirements.ts",
      "offline/services/**/replacements*.ts",
      "policies/rules/**/*.ts",
      "policies/controls.ts",
    ],
    rules: { "max-lines": "off" },
  },
  {
    files: ["tests/**/*.ts"],
    rules: { "@typescript-eslint/no-unused-expressions": "off", "max-lines": "off" },
  },
  {
    files: ["**/*.cjs", "**/*.mjs"],
    languageOptions: {
      globals: {
        require: "readonly",
        module: "writable",
        process: "readonly",
        __dirname: "readonly",
        console: "readonly",
        Buffer: "readonly",
        setTimeout: "readonly",
        setInterval: "readonly",
        clearInterval: "readonly",
        clearTimeout: "readonly",
      },
    },
  },
);
