import { expect, it } from 'vitest';
import { createTlsChooser } from '../../../src/adapters/mysql/connection/tls.ts';
import { createReadServerLoad } from '../../../src/adapters/mysql/read-server-load.ts';
import { createDatabase } from '../../support/database.ts';

const read = createReadServerLoad({ tls: createTlsChooser({ mode: 'off' }) });

it('the load of a server is read by a login that has rights in its own database only', async () => {
  const tenant = await createDatabase('load');
  const before = await read(tenant);
  const sleeper = await tenant.connection();
  const idle = await tenant.connection();
  const sleeping = sleeper.query('SELECT SLEEP(1)');
  await idle.query('SELECT 1');
  const during = await read(tenant);
  await sleeping;
  expect(before.running).toBeGreaterThanOrEqual(1);
  // Other tests use the server too, and their sessions come and go.
  expect(during.connected).toBeGreaterThanOrEqual(3);
  expect(during.running).toBeGreaterThanOrEqual(2);
  const [row] = await tenant.query('SELECT @@max_connections AS most');
  expect(during.most).toBe(Number(row?.most));
});

it('a server that cannot be reached, or refuses the login, has no load', async () => {
  const tenant = await createDatabase('load');
  await expect(read({ ...tenant, password: 'wrong' })).rejects.toThrow();
  await expect(read({ ...tenant, port: 1 })).rejects.toThrow();
});
