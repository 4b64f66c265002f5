import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { CentralDatabase } from '../../src/adapters/prisma/central-database.ts';
import { fillPool, POOL_PREFIX } from '../../src/core/pool/fill-pool.ts';
import { removePooled } from '../../src/core/pool/remove-pooled.ts';
import { provisionTenant } from '../../src/core/provision/provision-tenant.ts';
import type { Provisioning } from '../../src/core/provision/provisioning.ts';
import { asking, createCentralDatabase } from '../support/central-database.ts';
import { crashingProcess } from '../support/crashing.ts';
import type { TestDatabase } from '../support/database.ts';
import { migration, SHOP } from '../support/migrations.ts';
import { newSlug, provisioningOn } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';

const never = new AbortController().signal;

let central: TestDatabase;
const centrals: TestDatabase[] = [];
beforeEach(async () => {
  central = await createCentralDatabase();
  centrals.push(central);
});

/** Everything that the pools of the tests have made is named in their central databases. */
afterAll(async () => {
  const root = await testServer().rootConnection();
  for (const each of centrals) {
    const rows = await each.query(
      'SELECT dbName AS name FROM fanfold_pool UNION SELECT dbName FROM tenants',
    );
    for (const { name } of rows) {
      if (!String(name).startsWith(POOL_PREFIX)) continue;
      await root.query(`DROP DATABASE IF EXISTS \`${name}\``);
      await root.query(`DROP USER IF EXISTS '${name}'@'%'`);
    }
  }
  await root.end();
});

interface Given {
  readonly given: Provisioning;
  readonly pool: CentralDatabase['pool'];
}

function pooling<Result>(
  work: (given: Given) => Promise<Result>,
  { migrations = SHOP, ...differing }: Partial<Provisioning> & { migrations?: typeof SHOP } = {},
): Promise<Result> {
  return asking(central, ({ provisioning: registry, pool }) =>
    work({ given: { ...provisioningOn(registry, migrations, differing), pool }, pool }),
  );
}

function wish(size: number) {
  return { ...server(), size };
}

function server() {
  const { host, port } = testServer();
  return { host, port };
}

/** The row of a tenant as a product adds it, without a database. */
async function newTenant(): Promise<string> {
  const id = randomUUID();
  const { host, port } = server();
  await central.query(
    `INSERT INTO tenants (id, slug, name, dbHost, dbPort, dbName, dbUser, dbPassword) VALUES (?, ?, 'x', ?, ?, '', '', '')`,
    [id, newSlug(), host, port],
  );
  return id;
}

/** Names of pooled databases that exist on the server, of those that this central database knows. */
async function existing(): Promise<string[]> {
  const rows = await central.query(
    `SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME LIKE 'nothing'`,
  );
  const root = await testServer().rootConnection();
  const known = await central.query(
    'SELECT dbName AS name FROM fanfold_pool UNION SELECT dbName FROM tenants',
  );
  const [found] = await root.query(
    'SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN (?)',
    [[...rows, ...known].map(({ name }) => name).concat('')],
  );
  await root.end();
  return (found as { name: string }[]).map(({ name }) => name);
}

describe('a pool', () => {
  it('a pool is filled to its size, and a tenant gets a database of it at once', async () => {
    await pooling(async ({ given, pool }) => {
      expect(await fillPool(wish(2), given, pool, never)).toEqual({
        made: 2,
        migrated: 0,
        removed: 0,
      });
      const ready = await pool.list(server());
      expect(ready.map(({ tenant }) => tenant.status)).toEqual(['ACTIVE', 'ACTIVE']);
      expect(await fillPool(wish(2), given, pool, never)).toMatchObject({ made: 0 });

      const id = await newTenant();
      const outcome = await provisionTenant(id, given, never);
      expect(outcome).toMatchObject({
        status: 'active',
        notes: [{ code: 'FromPool' }],
        tenant: { id, status: 'ACTIVE', schemaVersion: given.bundle.hash },
      });
      const { tenant } = outcome as { tenant: Parameters<typeof given.passwords.open>[0] };
      expect(tenant.address.database).toMatch(/^fanfold_pool_[0-9a-f]{8}$/);
      // The password opens for the tenant, and its user gets in.
      const password = await given.passwords.open(tenant);
      const { user } = tenant.address;
      expect(await given.servers.accepts(tenant.address, { user, password })).toBe(true);
      expect(await pool.list(server())).toHaveLength(1);
      // A second call does nothing.
      expect(await provisionTenant(id, given, never)).toMatchObject({ status: 'active' });
      expect(await pool.list(server())).toHaveLength(1);
    });
  });

  it('a pool gives each database to one tenant, however many ask at the same time', async () => {
    await pooling(async ({ given, pool }) => {
      await fillPool(wish(3), given, pool, never);
      const ids = await Promise.all([1, 2, 3, 4, 5].map(newTenant));
      const outcomes = await Promise.all(ids.map((id) => provisionTenant(id, given, never)));
      const names = outcomes.map(({ tenant }) => tenant?.address.database);
      expect(outcomes.map(({ status }) => status)).toEqual(ids.map(() => 'active'));
      expect(new Set(names).size).toBe(5);
      expect(names.filter((name) => name?.startsWith(POOL_PREFIX))).toHaveLength(3);
      const root = await testServer().rootConnection();
      for (const name of names.filter((each) => !each?.startsWith(POOL_PREFIX))) {
        await root.query(`DROP DATABASE \`${name}\``);
      }
      await root.end();
    });
  }, 60_000);

  it('a pool has no more databases than its size if several processes fill it', async () => {
    await Promise.all(
      [1, 2, 3].map(() => pooling(({ given, pool }) => fillPool(wish(2), given, pool, never))),
    );
    await pooling(async ({ given, pool }) => {
      await fillPool(wish(2), given, pool, never);
      const all = await pool.list(server());
      expect(all.map(({ tenant }) => tenant.status)).toEqual(['ACTIVE', 'ACTIVE']);
    });
  }, 60_000);

  it('a pool is filled by the next process if one was killed at any of its calls, and nothing is left', async () => {
    let reachedEnd = false;
    for (let at = 1; !reachedEnd; at += 2) {
      await pooling(async ({ given, pool }) => {
        const process = crashingProcess(at, 'after');
        const doomed = {
          ...given,
          servers: process.watch(given.servers),
          retry: { ...given.retry, attempts: 1 },
        };
        const dying = { ...process.watch(pool), provisioning: process.watch(pool.provisioning) };
        await fillPool(wish(1), doomed, dying, never).catch(() => {});
        reachedEnd = !process.crashed;
        const filling = await fillPool(wish(1), given, pool, never);
        expect(filling.failure).toBeUndefined();
        const [one, ...others] = await pool.list(server());
        expect(others).toEqual([]);
        expect(one?.tenant.status).toBe('ACTIVE');
        expect(await existing()).toEqual([one?.tenant.address.database]);
        if (one !== undefined) {
          expect(await removePooled(one, { ...given, registry: pool.provisioning }, pool)).toBe(
            true,
          );
        }
        expect(await pool.list(server())).toEqual([]);
      });
      expect(at).toBeLessThan(80);
    }
  }, 180_000);

  it('a pool gives a database to nobody or to the tenant if the process is killed while it hands it out', async () => {
    for (const when of ['before', 'after'] as const) {
      await pooling(async ({ given, pool }) => {
        await fillPool(wish(1), given, pool, never);
        const id = await newTenant();
        const handOut: typeof pool.handOut = async (...of) => {
          if (when === 'after') await pool.handOut(...of);
          throw new Error('killed');
        };
        await provisionTenant(id, { ...given, pool: { ...pool, handOut } }, never);
        const [row] = await central.query(
          'SELECT status, dbName AS name FROM tenants WHERE id = ?',
          [id],
        );
        const left = (await pool.list(server())).map(({ tenant }) => tenant.address.database);
        expect(row?.status).toBe('ACTIVE');
        expect(left.includes(String(row?.name))).toBe(false);
        expect(left.length).toBe(when === 'before' ? 1 : 0);
      });
    }
  }, 60_000);

  it('a database that is behind is not given to a tenant, until the pool is filled again', async () => {
    await pooling(({ given, pool }) => fillPool(wish(1), given, pool, never));
    const more = [
      ...SHOP,
      migration('20270101000000_more', (knex) =>
        knex.schema.createTable('more', (t) => t.increments()),
      ),
    ];
    await pooling(
      async ({ given, pool }) => {
        const early = await provisionTenant(await newTenant(), given, never);
        expect(early.tenant?.address.database).not.toMatch(POOL_PREFIX);
        expect(await fillPool(wish(1), given, pool, never)).toMatchObject({ migrated: 1 });
        const later = await provisionTenant(await newTenant(), given, never);
        expect(later.tenant?.address.database).toMatch(POOL_PREFIX);
        const root = await testServer().rootConnection();
        await root.query(`DROP DATABASE \`${early.tenant?.address.database}\``);
        await root.end();
      },
      { migrations: more },
    );
  }, 60_000);

  it('a database that is gone is not given to a tenant, nor is one that was made with other settings', async () => {
    await pooling(async ({ given, pool }) => {
      await fillPool(wish(1), given, pool, never);
      const other = { ...given, settings: { ...given.settings, privileges: ['SELECT'] } };
      const [one] = await pool.list(server());
      const root = await testServer().rootConnection();
      await root.query(`DROP DATABASE \`${one?.tenant.address.database}\``);
      const outcome = await provisionTenant(await newTenant(), given, never);
      expect(outcome).toMatchObject({ status: 'active', notes: [{ code: 'PoolEmpty' }] });
      expect(await fillPool(wish(1), other, pool, never)).toMatchObject({ removed: 1 });
      await root.query(`DROP DATABASE \`${outcome.tenant?.address.database}\``);
      await root.end();
    });
  }, 60_000);

  it('a pool that cannot be filled reports why, and keeps the reason', async () => {
    await pooling(async ({ given, pool }) => {
      const admins = { find: async () => ({ user: 'nobody', password: 'x' }) };
      const filling = await fillPool(wish(1), { ...given, admins }, pool, never);
      expect(filling).toMatchObject({ made: 0, failure: { code: 'AdminAccessDenied' } });
      expect(await pool.list(server())).toMatchObject([
        { tenant: { status: 'FAILED' }, reason: expect.stringContaining('AdminAccessDenied') },
      ]);
      expect(await fillPool(wish(1), given, pool, never)).toMatchObject({ made: 1 });
    });
  });
});
