/** Certificates of authorities as one text in PEM, each of them once. While an authority is renewed an instance has two. */
export function bundle(certificates: readonly { readonly cert: string }[]): string {
  const texts = new Set(certificates.map(({ cert }) => cert.trim()));
  return [...texts].map((text) => `${text}\n`).join("");
}
