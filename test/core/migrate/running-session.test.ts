import { expect, it } from 'vitest';
import { createWatchTenant } from '../../../src/core/migrate/running-session.ts';
import { tenantOf } from '../../support/fleet.ts';
import { memoryKeyRing } from '../support/memory-key-ring.ts';

it('a running session is watched with the login that migrates the tenant', async () => {
  const { passwords, sealer } = memoryKeyRing();
  const plain = tenantOf(1);
  const address = { ...plain.address, user: 'migrator' };
  const encryptedPassword = await sealer.seal({ ...plain, address }, 'of the migrator');
  const tenant = { ...plain, migrationLogin: { user: 'migrator', encryptedPassword } };
  const watch = createWatchTenant({
    passwords,
    watch: async (login) => {
      expect(login).toEqual({ ...address, password: 'of the migrator' });
      return { statement: null };
    },
  });
  expect(await watch(tenant)).toEqual({ statement: null });
});
