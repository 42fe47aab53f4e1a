const LINE = 64;

/**
 * A certificate as text: in the form of PEM, with digits in place of its contents. Programs pass it on; nobody can verify anything by it.
 *
 * @param digits tell one certificate from another
 */
export function certificateText(digits: string): string {
  const body = Buffer.from(digits).toString("base64");
  const lines = body.match(new RegExp(`.{1,${String(LINE)}}`, "g")) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
