import type { Knex } from 'knex';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTlsChooser } from '../../../src/adapters/mysql/connection/tls.ts';
import { createTenantDatabases } from '../../../src/adapters/mysql/tenant-databases.ts';
import type { StatementStanding } from '../../../src/core/half-applied.ts';
import type { ByHand, ResolutionKind } from '../../../src/core/resolve/resolution.ts';
import { createResolveTenant } from '../../../src/core/resolve/resolve-tenant.ts';
import { type CuttingProxy, startCuttingProxy } from '../../support/cutting-proxy.ts';
import { createDatabase, type TestDatabase } from '../../support/database.ts';
import { tenantOf } from '../../support/fleet.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration, SHOP } from '../../support/migrations.ts';
import { testServer } from '../../support/server.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const ID = '20260301000000_swap_tables';
const [CUSTOMERS] = SHOP as [(typeof SHOP)[number]];

const SWAP = migration(
  ID,
  async (knex: Knex) => {
    await knex.raw('CREATE TABLE other (id INT)');
    await knex.raw('RENAME TABLE customers TO tmp, other TO customers, tmp TO other');
  },
  {
    down: async (knex) => {
      await knex.raw('DROP TABLE customers');
      await knex.raw('RENAME TABLE other TO customers');
    },
  },
);
const ALL = bundle(CUSTOMERS, SWAP);

let proxy: CuttingProxy;
beforeAll(async () => {
  proxy = await startCuttingProxy(testServer());
});
afterAll(() => proxy.close());

/** A database whose tables were swapped, which cannot be determined from the database. */
async function halfApplied(): Promise<TestDatabase> {
  const database = await createDatabase('resolve');
  await migrate(database, bundle(CUSTOMERS));
  proxy.strikeAt({ query: /RENAME TABLE/, moment: 'after' });
  await migrate({ ...database, host: '127.0.0.1', port: proxy.port }, ALL);
  expect(await migrate(database, ALL, { fenceWaitSeconds: 10 })).toMatchObject({
    failure: { code: 'HalfApplied' },
  });
  return database;
}

function resolve(
  { host, port, database, user, password }: TestDatabase,
  kind: ResolutionKind,
  {
    isConfirmed = true,
    id = ID,
    byHand,
  }: { isConfirmed?: boolean; id?: string; byHand?: ByHand | undefined } = {},
) {
  const shown: StatementStanding[] = [];
  const resolveTenant = createResolveTenant({
    databases: createTenantDatabases({
      connectTimeoutMs: 3_000,
      tls: createTlsChooser({ mode: 'auto' }),
    }),
    passwords: { open: async ({ encryptedPassword }) => encryptedPassword },
  });
  const tenant = tenantOf(1, {
    address: { host, port, database, user },
    encryptedPassword: password,
  });
  const resolved = resolveTenant.resolve(tenant, {
    kind,
    byHand,
    migration: `${id}.js`,
    bundle: ALL,
    by: 'somebody@somewhere',
    runId: 'run-1',
    lockWaitTimeoutSeconds: 2,
    confirm: async ({ statements }) => {
      shown.push(...statements);
      return isConfirmed;
    },
  });
  return { resolved, shown };
}

async function resolutions(database: TestDatabase) {
  return database.query(
    "SELECT migration, resolution, resolved_by, run_id FROM fanfold_resolutions WHERE resolution <> 'label'",
  );
}

describe('a half-applied migration', () => {
  it('marking a migration as applied records it with the person who decided', async () => {
    const database = await halfApplied();
    const { resolved, shown } = resolve(database, 'applied', { byHand: 'all' });
    expect(await resolved).toBe('resolved');
    expect(shown).toMatchObject([
      { number: 1, standing: 'applied' },
      { number: 2, standing: 'not known' },
    ]);
    expect(await migrate(database, ALL)).toEqual({ status: 'unchanged', notes: [] });
    expect(await database.query('SELECT name FROM knex_migrations')).toHaveLength(2);
    expect(await resolutions(database)).toEqual([
      {
        migration: ID,
        resolution: 'applied',
        resolved_by: 'somebody@somewhere, by hand',
        run_id: 'run-1',
      },
    ]);
  });

  it('a half-applied migration without remaining effects runs again from its beginning', async () => {
    const database = await halfApplied();
    await database.query('DROP TABLE customers');
    await database.query('RENAME TABLE other TO customers');
    expect(await resolve(database, 'retry', { byHand: 'all' }).resolved).toBe('resolved');
    expect(await migrate(database, ALL)).toMatchObject({ status: 'migrated', notes: [] });
    expect(await resolutions(database)).toMatchObject([{ resolution: 'retry' }]);
  });

  it('a half-applied migration is rolled back with its down', async () => {
    const database = await halfApplied();
    expect(await resolve(database, 'revert').resolved).toBe('resolved');
    expect(await database.query("SHOW COLUMNS FROM customers LIKE 'email'")).toHaveLength(1);
    expect(await database.query('SELECT 1 FROM fanfold_journal WHERE number > 0')).toEqual([]);
    expect(await resolutions(database)).toMatchObject([{ resolution: 'revert' }]);
    expect(await migrate(database, ALL)).toMatchObject({ status: 'migrated', notes: [] });
  });

  it('a half-applied migration does not change if the resolution is cancelled', async () => {
    const database = await halfApplied();
    expect(await resolve(database, 'applied', { isConfirmed: false, byHand: 'all' }).resolved).toBe(
      'declined',
    );
    expect(await migrate(database, ALL)).toMatchObject({ failure: { code: 'HalfApplied' } });
    expect(await resolutions(database)).toEqual([]);
  });

  it('a migration stays half-applied if its down fails or is interrupted, and can be rolled back later', async () => {
    const database = await halfApplied();
    await database.query('CREATE TABLE blocker (id INT)');
    await database.query('RENAME TABLE other TO elsewhere');
    expect(await rejectionOf(resolve(database, 'revert').resolved)).toMatchObject({
      code: 'TableMissing',
    });
    expect(await migrate(database, ALL)).toMatchObject({ failure: { code: 'HalfApplied' } });
    await database.query('RENAME TABLE elsewhere TO other');
    expect(await resolve(database, 'revert').resolved).toBe('resolved');
    expect(await migrate(database, ALL)).toMatchObject({ status: 'migrated' });
  });
});

it('a migration that is not half-applied is not resolved', async () => {
  const database = await halfApplied();
  expect(
    await rejectionOf(resolve(database, 'applied', { id: CUSTOMERS.id }).resolved),
  ).toMatchObject({
    code: 'NothingToResolve',
    nextStep: expect.stringContaining(ID),
  });
});
