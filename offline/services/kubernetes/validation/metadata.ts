import type { Properties } from "../../../cloud/value";
import { child, dig, text, textMap } from "../fields";
import type { Kind } from "../kinds";
import type { FieldErrors } from "./field-errors";

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ */
const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
const QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";

interface NameForm {
  readonly expression: string;
  readonly words: string;
  readonly longest: number;
}

const SUBDOMAIN_FORM: NameForm = {
  expression: SUBDOMAIN,
  words:
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
    "and must start and end with an alphanumeric character",
  longest: 253,
};
const LABEL_FORM: NameForm = {
  expression: LABEL,
  words:
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', " +
    "and must start and end with an alphanumeric character",
  longest: 63,
};
const LABEL_1035_FORM: NameForm = {
  expression: LABEL_1035,
  words:
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', " +
    "start with an alphabetic character, and end with an alphanumeric character",
  longest: 63,
};

/** Kinds whose name is not simply a subdomain. A CronJob's jobs add 11 characters, a Job's pods carry its name as a label. */
const NAME_FORMS: Readonly<Record<string, NameForm>> = {
  Namespace: LABEL_FORM,
  Service: LABEL_1035_FORM,
  CronJob: { ...SUBDOMAIN_FORM, longest: 52 },
  Job: { ...SUBDOMAIN_FORM, longest: 63 },
};

/** Objects of role-based access control take any name that can stand in a URL path. */
const PATH_SEGMENT = new Set(["Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"]);

/** Of all annotation keys and values together: https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/ */
const LARGEST_ANNOTATIONS = 262_144;

export function checkMetadata(object: Properties, kind: Kind, errors: FieldErrors): void {
  const name = text(dig(object, "metadata", "name"));
  if (name !== undefined) checkName("metadata.name", name, kind, errors);
  const namespace = text(dig(object, "metadata", "namespace"));
  if (namespace !== undefined) checkForm("metadata.namespace", namespace, LABEL_FORM, errors);
  checkLabels("metadata.labels", dig(object, "metadata", "labels"), errors);
  const annotations = textMap(dig(object, "metadata", "annotations"));
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    checkQualifiedName("metadata.annotations", key.toLowerCase(), errors);
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > LARGEST_ANNOTATIONS) errors.tooLong("metadata.annotations", LARGEST_ANNOTATIONS);
}

function checkName(path: string, name: string, kind: Kind, errors: FieldErrors): void {
  if (PATH_SEGMENT.has(kind.kind)) {
    if (/[/%]/.test(name) || name === "." || name === "..")
      errors.invalid(path, name, "may not contain '/' or '%', nor be '.' or '..'");
    return;
  }
  checkForm(path, name, NAME_FORMS[kind.kind] ?? SUBDOMAIN_FORM, errors);
}

function checkForm(path: string, name: string, form: NameForm, errors: FieldErrors): void {
  if (name.length > form.longest) errors.invalid(path, name, `must be no more than ${String(form.longest)} characters`);
  if (!new RegExp(`^${form.expression}$`).test(name)) {
    errors.invalid(path, name, `${form.words} (regex used for validation is '${form.expression}')`);
  }
}

export function checkSubdomain(path: string, name: string, errors: FieldErrors): void {
  checkForm(path, name, SUBDOMAIN_FORM, errors);
}

export function checkLabelName(path: string, name: string, errors: FieldErrors): void {
  checkForm(path, name, LABEL_FORM, errors);
}

/** A port's name: at most 15 characters, with a letter: https://www.rfc-editor.org/rfc/rfc6335#section-5.1 */
export function checkPortName(path: string, name: string, errors: FieldErrors): void {
  if (name.length > 15) errors.invalid(path, name, "must be no more than 15 characters");
  if (!/^[-a-z0-9]+$/.test(name))
    errors.invalid(path, name, "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(name)) errors.invalid(path, name, "must contain at least one letter (a-z)");
  if (/^-|-$/.test(name)) errors.invalid(path, name, "must not begin or end with a hyphen");
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
export function checkLabels(path: string, labels: unknown, errors: FieldErrors): void {
  if (typeof labels !== "object" || labels === null) return;
  for (const [key, value] of Object.entries(labels)) {
    checkQualifiedName(path, key, errors);
    if (typeof value !== "string") continue;
    if (value.length > 63) errors.invalid(child(path, key), value, "must be no more than 63 characters");
    if (!new RegExp(`^(${QUALIFIED})?$`).test(value)) {
      errors.invalid(
        child(path, key),
        value,
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', " +
          "and must start and end with an alphanumeric character",
      );
    }
  }
}

function checkQualifiedName(path: string, key: string, errors: FieldErrors): void {
  const parts = key.split("/");
  const name = parts.at(-1) ?? "";
  const prefix = parts.length === 2 ? (parts[0] ?? "") : undefined;
  if (parts.length > 2 || name === "") {
    errors.invalid(
      path,
      key,
      "a qualified name must be a name, or a DNS subdomain, '/' and a name (e.g. 'example.com/MyName')",
    );
    return;
  }
  if (prefix !== undefined && (prefix.length > 253 || !new RegExp(`^${SUBDOMAIN}$`).test(prefix))) {
    errors.invalid(path, key, `prefix part ${SUBDOMAIN_FORM.words}`);
  }
  if (name.length > 63) errors.invalid(path, key, "name part must be no more than 63 characters");
  if (!new RegExp(`^${QUALIFIED}$`).test(name)) {
    errors.invalid(
      path,
      key,
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
    );
  }
}
