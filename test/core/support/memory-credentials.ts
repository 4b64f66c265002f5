import type {
  CredentialRegistry,
  CredentialRow,
} from '../../../src/core/credentials/credential-registry.ts';

/** Rows of tenants in memory that keep the contract of {@link CredentialRegistry}. */
export interface MemoryCredentials extends CredentialRegistry {
  readonly rows: Map<string, CredentialRow>;
}

export function memoryCredentials(initial: readonly CredentialRow[]): MemoryCredentials {
  const rows = new Map(initial.map((row) => [row.tenant.id, row]));
  return {
    rows,
    async checkWritable() {},
    read: async (id) => rows.get(id),
    async page(after, limit) {
      const ids = [...rows.keys()].filter((id) => id > after).sort();
      return ids.slice(0, limit).flatMap((id) => rows.get(id) ?? []);
    },
    async change(row, { address, encryptedPassword, next, migrationPassword }) {
      const now = rows.get(row.tenant.id);
      if (now === undefined || loginsOf(now) !== loginsOf(row)) return false;
      const { tenant } = now;
      const { migrationLogin } = tenant;
      rows.set(tenant.id, {
        tenant: {
          ...tenant,
          address: address ?? tenant.address,
          encryptedPassword: encryptedPassword ?? tenant.encryptedPassword,
          migrationLogin: migrationLogin && {
            ...migrationLogin,
            encryptedPassword: migrationPassword ?? migrationLogin.encryptedPassword,
          },
        },
        next: next === undefined ? now.next : next,
      });
      return true;
    },
  };
}

/** All that a change expects to find as it was read. */
function loginsOf({ tenant, next }: CredentialRow): string {
  const { address, encryptedPassword, migrationLogin } = tenant;
  return JSON.stringify([address, encryptedPassword, next, migrationLogin ?? null]);
}
