import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CentralDatabase } from '../../src/adapters/prisma/central-database.ts';
import { fillPool, POOL_PREFIX } from '../../src/core/pool/fill-pool.ts';
import { removePooled } from '../../src/core/pool/remove-pooled.ts';
import { beginProvisioning } from '../../src/core/provision/begin-provisioning.ts';
import { provisionTenant } from '../../src/core/provision/provision-tenant.ts';
import type { Provisioning } from '../../src/core/provision/provisioning.ts';
import { asking, createCentralDatabase } from '../support/central-database.ts';
import type { TestDatabase } from '../support/database.ts';
import { type DyingClient, dyingClient } from '../support/dying-client.ts';
import { SHOP } from '../support/migrations.ts';
import { newSlug, provisioningOn } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';

const never = new AbortController().signal;
/** More writes than either of these makes. */
const MOST = 80;

let client: DyingClient;
let central: TestDatabase;
let root: Awaited<ReturnType<ReturnType<typeof testServer>['rootConnection']>>;

beforeAll(async () => {
  client = await dyingClient(testServer());
  central = await createCentralDatabase();
  root = await testServer().rootConnection();
});

afterAll(async () => {
  for (const name of await onServer()) await root.query(`DROP DATABASE \`${name}\``);
  for (const name of await users()) await root.query(`DROP USER '${name}'@'%'`);
  await root.end();
  await client.close();
});

interface Process {
  readonly given: Provisioning;
  readonly pool: CentralDatabase['pool'];
}

/** One process: its connections, and what it does through them, end when it is killed. */
async function inProcess(work: (process: Process) => Promise<unknown>): Promise<void> {
  const { host, port } = client;
  const through = { ...central, host, port };
  await asking(through, async ({ provisioning: registry, pool: list }) => {
    const pool = { ...client.owns(list), provisioning: client.owns(list.provisioning) };
    const real = provisioningOn(client.owns(registry), SHOP);
    const attempts = client.owns({ attempt: real.attemptTenant });
    const given = {
      ...real,
      servers: client.owns(real.servers),
      attemptTenant: (...of: Parameters<typeof real.attemptTenant>) => attempts.attempt(...of),
      retry: { ...real.retry, attempts: 1 },
      pool,
    };
    await work({ given, pool });
  });
}

/** The process that is killed. Its errors are those of one that has no connection any more. */
async function killed(at: number, work: (process: Process) => Promise<unknown>): Promise<boolean> {
  await inProcess(async (process) => {
    client.live(at);
    await work(process).catch((error: unknown) => {
      if (!client.isDead) throw error;
    });
  }).catch((error: unknown) => {
    if (!client.isDead) throw error;
  });
  const { isDead } = client;
  client.live();
  return isDead;
}

const server = () => ({ host: client.host, port: client.port });

/** Every name of a pooled database that this central database ever knew. */
const seen = new Set<string>();

async function known(): Promise<{ pooled: string[]; tenants: string[] }> {
  const named = async (sql: string) => (await central.query(sql)).map(({ name }) => String(name));
  const pooled = await named("SELECT dbName AS name FROM fanfold_pool WHERE state <> 'TAKEN'");
  const tenants = (await named('SELECT dbName AS name FROM tenants')).filter((name) => name !== '');
  for (const name of [...pooled, ...tenants]) seen.add(name);
  return { pooled, tenants };
}

async function onServer(): Promise<string[]> {
  await known();
  const [rows] = await root.query(
    'SELECT SCHEMA_NAME AS name FROM information_schema.SCHEMATA WHERE SCHEMA_NAME IN (?)',
    [[...seen, '']],
  );
  return (rows as { name: string }[]).map(({ name }) => name).sort();
}

async function users(): Promise<string[]> {
  const [rows] = await root.query('SELECT user AS name FROM mysql.user WHERE user IN (?)', [
    [...seen, ''],
  ]);
  return (rows as { name: string }[]).map(({ name }) => name).sort();
}

describe('a process that is killed after any of its writes', () => {
  it('a process that is killed while it fills the pool leaves nothing that the next one does not finish', async () => {
    let kills = 0;
    for (let at = 1; ; at += 1) {
      const isDead = await killed(at, async ({ given, pool }) => {
        await fillPool({ ...server(), size: 1 }, given, pool, never);
      });
      await known();
      await inProcess(async ({ given, pool }) => {
        const fill = () => fillPool({ ...server(), size: 1 }, given, pool, never);
        let filling = await fill();
        // The server frees the lock of a dead process when it has noticed its end.
        for (let tries = 0; filling.isBusy === true && tries < 100; tries += 1) {
          await sleep(50);
          filling = await fill();
        }
        expect(filling.failure).toBeUndefined();
        expect(filling.isBusy).toBeUndefined();
        const [one, ...others] = await pool.list(server());
        expect(others).toEqual([]);
        const name = one?.tenant.address.database ?? '';
        expect(one?.tenant.status).toBe('ACTIVE');
        expect(await onServer()).toEqual([name]);
        expect(await users()).toEqual([name]);
        const making = { ...given, registry: pool.provisioning };
        expect(one && (await removePooled(one, making, pool))).toBe(true);
      });
      expect(await onServer()).toEqual([]);
      expect(await users()).toEqual([]);
      if (!isDead) break;
      kills += 1;
      expect(at).toBeLessThan(MOST);
    }
    expect(kills).toBeGreaterThan(10);
  }, 300_000);

  it('a process that is killed while it removes a pooled database leaves the rest to the next one', async () => {
    let kills = 0;
    for (let at = 1; ; at += 1) {
      await inProcess(({ given, pool }) => fillPool({ ...server(), size: 1 }, given, pool, never));
      const isDead = await killed(at, async ({ given, pool }) => {
        const [one] = await pool.list(server());
        const making = { ...given, registry: pool.provisioning };
        if (one !== undefined) await removePooled(one, making, pool);
      });
      await inProcess(async ({ given, pool }) => {
        const [left] = await pool.list(server());
        const making = { ...given, registry: pool.provisioning };
        if (left !== undefined) expect(await removePooled(left, making, pool)).toBe(true);
        expect(await pool.list(server())).toEqual([]);
      });
      expect(await onServer()).toEqual([]);
      expect(await users()).toEqual([]);
      if (!isDead) break;
      kills += 1;
      expect(at).toBeLessThan(MOST);
    }
    expect(kills).toBeGreaterThan(3);
  }, 300_000);

  it('a process that is killed while it provisions a tenant loses no database of the pool, and gives none twice', async () => {
    let kills = 0;
    for (let at = 1; ; at += 1) {
      await inProcess(({ given, pool }) => fillPool({ ...server(), size: 2 }, given, pool, never));
      const before = (await known()).pooled;
      const slug = newSlug();
      const isDead = await killed(at, async ({ given }) => {
        const id = await beginProvisioning({ slug, ...server() }, given);
        expect(await provisionTenant(id, given, never)).toMatchObject({ status: 'active' });
      });
      // Each is either ready for somebody, or one tenant's.
      const after = await known();
      const shared = after.pooled.filter((name) => after.tenants.includes(name));
      expect(shared).toEqual([]);
      for (const name of before) {
        expect(after.pooled.includes(name) || after.tenants.includes(name)).toBe(true);
      }
      await inProcess(async ({ given }) => {
        const row = await given.registry.findBySlug(slug);
        if (row?.tenant.status !== 'ACTIVE') {
          const id = await beginProvisioning({ slug, ...server() }, given);
          expect(await provisionTenant(id, given, never)).toMatchObject({ status: 'active' });
        }
        // Another tenant gets another one.
        const other = await beginProvisioning({ slug: newSlug(), ...server() }, given);
        expect(await provisionTenant(other, given, never)).toMatchObject({ status: 'active' });
      });
      const { tenants } = await known();
      expect(new Set(tenants).size).toBe(tenants.length);
      expect(tenants.filter((name) => name.startsWith(POOL_PREFIX))).toHaveLength(2 * at);
      if (!isDead) break;
      kills += 1;
      expect(at).toBeLessThan(MOST);
    }
    expect(kills).toBeGreaterThan(3);
  }, 300_000);
});
