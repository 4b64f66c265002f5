import { usingCentralDatabase } from '../src/adapters/prisma/central-database.ts';
import { checkNewTenant } from '../src/core/central/new-tenant.ts';
import { encryptPasswordV1 } from '../src/core/encryption/encrypt-password-v1.ts';
import { parseEncryptionKey } from '../src/core/encryption/encryption-key.ts';
import { type Fleet, newEncryptionKey } from './fleet.ts';

/** Adds a row in the central database for each tenant that has a database, by the code of the product itself. */
export async function registerTenants({ central, encryptionKey, tenants }: Fleet): Promise<void> {
  const key = parseEncryptionKey(encryptionKey);
  const otherKey = parseEncryptionKey(newEncryptionKey());
  await usingCentralDatabase({ login: central }, async ({ registry }) => {
    for (const { name, slug, login, condition } of tenants) {
      if (condition === 'provisioned') continue;
      const { password, ...address } = login;
      const encryptedPassword = encryptPasswordV1(
        condition === 'other-key' ? otherKey : key,
        password,
      );
      const draft = { name, slug, ...address, status: 'ACTIVE' };
      await registry.add(checkNewTenant(draft), async () => encryptedPassword);
    }
  });
}
