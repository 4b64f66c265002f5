import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PROCESS_LIST } from '../../../src/adapters/mysql/connection/process-list.ts';
import { fenceName } from '../../../src/adapters/mysql/locks/fence-name.ts';
import { createDatabase } from '../../support/database.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration, SHOP } from '../../support/migrations.ts';
import { plainKnex } from '../../support/plain-knex.ts';

const SLOW = migration('20260201000000_backfill_slowly', (knex) => knex.raw('SELECT SLEEP(2)'));

describe('the fence', () => {
  it('the fence turns four simultaneous first runs on an empty database into one', async () => {
    const database = await createDatabase('fence');

    const attempts = await Promise.all(
      Array.from({ length: 4 }, () => migrate(database, bundle(...SHOP), { fenceWaitSeconds: 10 })),
    );

    expect(attempts.map(({ status }) => status).sort()).toEqual([
      'migrated',
      'unchanged',
      'unchanged',
      'unchanged',
    ]);
    expect(await database.query('SELECT COUNT(*) AS n FROM knex_migrations')).toEqual([{ n: 3 }]);
  });

  it('the fence is busy while another migrator works, and the error names the holder', async () => {
    const database = await createDatabase('fence');
    const first = migrate(database, bundle(SLOW));
    const sleeping = `SELECT 1 FROM ${PROCESS_LIST} WHERE INFO LIKE 'SELECT SLEEP%'`;
    while ((await database.query(sleeping)).length === 0) await sleep(20);

    const second = await migrate(database, bundle(SLOW), { fenceWaitSeconds: 0 });

    expect(second).toMatchObject({
      status: 'failed',
      failure: {
        code: 'TenantBusy',
        retryable: true,
        message: expect.stringMatching(
          /connection \d+ \(user .+\), which has run "SELECT SLEEP\(\?\)" for \d+ s/,
        ),
      },
    });
    expect(await first).toMatchObject({ status: 'migrated' });
  });

  it('the fence is free again after a failure', async () => {
    const database = await createDatabase('fence');
    const bad = migration('20260101000000_fail_always', (knex) => knex.raw('SELECT broken'));
    await migrate(database, bundle(bad));

    const [{ holder }] = (await database.query('SELECT IS_USED_LOCK(?) AS holder', [
      fenceName(database.database),
    ])) as [{ holder: number | null }];
    expect(holder).toBeNull();
    expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 0 },
    ]);
  });

  it.each([
    ['Acme', 'fanfold:acme'],
    ['a'.repeat(56), `fanfold:${'a'.repeat(56)}`],
  ])('the fence of the database %s is named %s', (database, name) => {
    expect(fenceName(database)).toBe(name);
  });

  it.each(['a'.repeat(57), 'größe', '商店'])(
    'the fence of the database %s is hashed into 64 characters',
    (database) => {
      expect(fenceName(database)).toMatch(/^fanfold:[0-9a-f]{56}$/);
    },
  );
});

describe("Knex's lock row", () => {
  it('a tenant is busy if a transaction of plain Knex holds the lock row uncommitted', async () => {
    const database = await createDatabase('knexlock');
    await migrate(database, bundle(...SHOP.slice(0, 1)));
    const knexLike = await database.connection();
    await knexLike.query('BEGIN');
    await knexLike.query('UPDATE knex_migrations_lock SET is_locked = 1 WHERE is_locked = 0');

    const attempt = await migrate(database, bundle(...SHOP), { lockWaitTimeoutSeconds: 1 });

    expect(attempt).toMatchObject({
      status: 'failed',
      failure: {
        code: 'TenantBusy',
        retryable: true,
        message: expect.stringContaining(`connection ${knexLike.threadId}`),
      },
    });
    await knexLike.query('ROLLBACK');
    expect(await migrate(database, bundle(...SHOP))).toMatchObject({ status: 'migrated' });
  });

  it('a tenant that Fanfold has never changed is busy if plain Knex holds the lock row uncommitted', async () => {
    const database = await createDatabase('knexlock');
    await plainKnex(database, bundle(...SHOP.slice(0, 1))).migrate.latest();
    const knexLike = await database.connection();
    await knexLike.query('BEGIN');
    await knexLike.query('UPDATE knex_migrations_lock SET is_locked = 1 WHERE is_locked = 0');

    expect(await migrate(database, bundle(...SHOP), { lockWaitTimeoutSeconds: 1 })).toMatchObject({
      status: 'failed',
      failure: {
        code: 'TenantBusy',
        retryable: true,
        message: expect.stringContaining(`connection ${knexLike.threadId}`),
      },
    });
    await knexLike.query('ROLLBACK');
    expect(await migrate(database, bundle(...SHOP))).toMatchObject({ status: 'migrated' });
  });

  it("Knex's lock row is not cleared while another session may be working", async () => {
    const database = await createDatabase('knexlock');
    await migrate(database, bundle(...SHOP.slice(0, 1)));
    await database.query('UPDATE knex_migrations_lock SET is_locked = 1');

    expect(await migrate(database, bundle(...SHOP))).toMatchObject({
      status: 'failed',
      failure: {
        code: 'TenantBusy',
        nextStep: expect.stringMatching(/UPDATE `\w+`.`knex_migrations_lock` SET is_locked = 0/),
      },
    });
    expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 1 },
    ]);
  });

  it("Knex's lock row is cleared if all sessions are visible and none uses the database", async () => {
    const database = await createDatabase('knexlock');
    await migrate(database, bundle(...SHOP.slice(0, 1)));
    await database.query('UPDATE knex_migrations_lock SET is_locked = 1');
    await database.closeConnections();
    await database.grant('PROCESS ON *.*');

    expect(await migrate(database, bundle(...SHOP))).toMatchObject({
      status: 'migrated',
      notes: [{ code: 'StaleLockCleared' }],
    });
  });

  it("Knex's lock row is released by a run whose connection was killed", async () => {
    const database = await createDatabase('knexlock');
    await migrate(database, bundle(...SHOP.slice(0, 1)));
    const killed = migration('20260102000000_kill_me', async (knex) => {
      const [[{ id }]] = await knex.raw('SELECT CONNECTION_ID() AS id');
      const killer = await database.connection();
      await killer.query(`KILL ${id}`);
      await knex.raw('SELECT 1');
    });
    expect(await migrate(database, bundle(SHOP[0] as never, killed))).toMatchObject({
      status: 'failed',
      failure: { code: 'FenceLost', retryable: true },
    });
    expect(await database.query('SELECT is_locked FROM knex_migrations_lock')).toEqual([
      { is_locked: 0 },
    ]);

    expect(await migrate(database, bundle(...SHOP))).toMatchObject({
      status: 'migrated',
      notes: [],
    });
  });
});

describe('the slots of a server', () => {
  it('block more tenants than allowed, and are released with the connection', async () => {
    const databases = await Promise.all([1, 2, 3].map(() => createDatabase('slot')));
    const attempts = databases.map((database) =>
      migrate(database, bundle(SLOW), { maxPerHost: 2 }),
    );
    const statuses = (await Promise.all(attempts)).map((attempt) =>
      attempt.status === 'failed' ? attempt.failure.code : attempt.status,
    );
    // Other tests on this server take no slots, so two of the three find one.
    expect(statuses.sort()).toEqual(['TenantHostBusy', 'migrated', 'migrated']);

    const refused = databases[statuses.indexOf('TenantHostBusy')] ?? databases[0];
    expect(await migrate(refused as never, bundle(SLOW), { maxPerHost: 2 })).toMatchObject({
      status: expect.stringMatching(/migrated|unchanged/),
    });
  });
});
