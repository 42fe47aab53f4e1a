/**
 * What Key Vault is told of a secret. It announces an expiry 30 days before, by an event of the vault; nobody is kept from reading the
 * secret afterwards. https://learn.microsoft.com/azure/key-vault/secrets/about-secrets#date-time-controlled-operations
 *
 * @param renewBy day by which there is a new value, `YYYY-MM-DD`; `undefined`: the secret has no end
 */
export function secretAttributes(renewBy: string | undefined) {
  return {
    enabled: true,
    ...(renewBy === undefined ? {} : { expires: Date.parse(`${renewBy}T00:00:00Z`) / 1000 }),
  };
}
