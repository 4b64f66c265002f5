import { expect, it } from 'vitest';
import { createTlsChooser } from '../../../src/adapters/mysql/connection/tls.ts';
import { createTenantDatabases } from '../../../src/adapters/mysql/tenant-databases.ts';
import { createBaselineTenant } from '../../../src/core/migrate/baseline-tenant.ts';
import { createDatabase } from '../../support/database.ts';
import { migrate, tenantOf } from '../../support/migrating.ts';
import { bundle, migration, SHOP } from '../../support/migrations.ts';
import { plainKnex } from '../../support/plain-knex.ts';

const baseline = createBaselineTenant({
  databases: createTenantDatabases({
    connectTimeoutMs: 3_000,
    tls: createTlsChooser({ mode: 'auto' }),
  }),
  passwords: { open: async ({ encryptedPassword }) => encryptedPassword },
  fenceWaitSeconds: 0,
});

it('migrations that plain Knex has applied are recorded once, and none is run', async () => {
  const database = await createDatabase('baseline');
  const [customers, orders, total] = SHOP as [
    (typeof SHOP)[number],
    (typeof SHOP)[number],
    (typeof SHOP)[number],
  ];
  await plainKnex(database, bundle(customers, orders)).migrate.latest();
  const tenant = tenantOf(database);
  const all = bundle(customers, orders, total);

  const busy = await database.connection();
  await busy.query('SELECT GET_LOCK(?, 0)', [`fanfold:${database.database}`]);
  expect(await baseline(tenant, all)).toMatchObject({
    status: 'failed',
    failure: { code: 'TenantBusy', retryable: true },
  });
  await busy.end();

  expect(await baseline(tenant, all)).toMatchObject({ status: 'recorded', recorded: 2 });
  expect(await baseline(tenant, all)).toMatchObject({ status: 'unchanged', recorded: 0 });
  expect(await database.query("SHOW COLUMNS FROM orders LIKE 'total'")).toEqual([]);
  expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
    { is_locked: 0 },
  ]);

  const changed = migration(customers.id, () => {}, { source: 'changed since' });
  const strict = bundle(changed, orders, total);
  expect(await baseline(tenant, strict)).toMatchObject({ status: 'unchanged' });
  expect(await migrate(database, strict, { strict: true })).toMatchObject({
    failure: { code: 'MigrationModified' },
  });
  // No run has applied them, so no run can roll them back.
  expect(await database.query('SELECT DISTINCT run_id FROM fanfold_journal')).toEqual([
    { run_id: '' },
  ]);
});
