import { describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { failureOf } from '../../../src/core/migrate/failure-of.ts';
import { fillPool } from '../../../src/core/pool/fill-pool.ts';
import { migratePool } from '../../../src/core/pool/migrate-pool.ts';
import { poolSettingsHash } from '../../../src/core/pool/pool-settings-hash.ts';
import { removePooled } from '../../../src/core/pool/remove-pooled.ts';
import { provisionTenant } from '../../../src/core/provision/provision-tenant.ts';
import { migration } from '../../support/migrations.ts';
import { poolOn, SERVER } from '../support/pool-on.ts';

const never = new AbortController().signal;
/** The result of a migration of the pool that found nothing to do. */
const NONE = { migrated: 0, failures: [], isUnfinished: false };

describe('a pool', () => {
  it('a pool hands each of its databases to one tenant, with a password of its own ciphertext', async () => {
    const { provisioning, pool, addTenant } = poolOn({ random: () => 0 });
    expect(await fillPool({ ...SERVER, size: 2 }, provisioning, pool, never)).toMatchObject({
      made: 2,
    });
    const [one] = await pool.list(SERVER);
    const outcome = await provisionTenant(addTenant('a'), provisioning, never);
    expect(outcome).toMatchObject({ status: 'active', notes: [{ code: 'FromPool' }] });
    expect(outcome.tenant?.address.database).toBe(one?.tenant.address.database);
    expect(outcome.tenant?.encryptedPassword).not.toBe(one?.tenant.encryptedPassword);
    expect(await pool.list()).toHaveLength(1);
  });

  it('a pool gives nothing to a tenant whose row names a database, or of another server', async () => {
    const { provisioning, pool, addTenant, registry } = poolOn();
    await fillPool({ host: 'db2', port: 3306, size: 1 }, provisioning, pool, never);
    expect(await provisionTenant(addTenant('a'), provisioning, never)).toMatchObject({
      notes: [{ code: 'PoolEmpty' }],
    });
    await fillPool({ ...SERVER, size: 1 }, provisioning, pool, never);
    const row = registry.rows.get(addTenant('b'));
    if (row !== undefined) {
      const address = { ...row.tenant.address, database: 'mine' };
      registry.rows.set('b', { ...row, tenant: { ...row.tenant, address } });
    }
    const outcome = await provisionTenant('b', provisioning, never);
    expect(outcome.tenant?.address.database).toBe('mine');
  });

  it('a pool that fails keeps nobody waiting: the tenant gets a database of its own', async () => {
    const { provisioning, pool, addTenant } = poolOn();
    const broken = { ...pool, list: () => Promise.reject(new Error('gone')) };
    const outcome = await provisionTenant(addTenant('a'), { ...provisioning, pool: broken }, never);
    expect(outcome).toMatchObject({ status: 'active', notes: [{ code: 'PoolEmpty' }] });
  });

  it('a pool is migrated when it is filled, and remade for other settings', async () => {
    const { provisioning, pool } = poolOn();
    await fillPool({ ...SERVER, size: 1 }, provisioning, pool, never);
    const bundle = createBundle([migration('1_a', () => {})]);
    const later = { ...provisioning, bundle };
    expect(await fillPool({ ...SERVER, size: 1 }, later, pool, never)).toMatchObject({
      made: 0,
      migrated: 1,
    });
    expect((await pool.list())[0]?.tenant.schemaVersion).toBe(bundle.hash);
    const settings = { ...provisioning.settings, privileges: ['ALL'] };
    expect(
      await fillPool({ ...SERVER, size: 1 }, { ...later, settings }, pool, never),
    ).toMatchObject({
      removed: 1,
    });
  });

  it('a pool ends its filling at a failure, and reports it', async () => {
    const { provisioning, pool } = poolOn();
    const failing = { ...provisioning, attemptTenant: () => Promise.reject(new Error('no')) };
    expect(await fillPool({ ...SERVER, size: 3 }, failing, pool, never)).toMatchObject({
      made: 0,
      failure: { message: 'Error: no' },
    });
    expect(await fillPool({ ...SERVER, size: 1 }, provisioning, pool, never)).toMatchObject({
      made: 1,
    });
    const [one] = await pool.list();
    if (one === undefined) throw new Error('The pool is empty.');
    const making = { ...provisioning, registry: pool.provisioning };
    expect(await removePooled(one, making, pool)).toBe(true);
    expect(await removePooled(one, making, pool)).toBe(false);
  });

  it('a pool is migrated after a run, and says which of its databases were not', async () => {
    const { provisioning, pool } = poolOn();
    await fillPool({ ...SERVER, size: 1 }, provisioning, pool, never);
    const bundle = createBundle([migration('1_a', () => {})]);
    const parts = { ...provisioning, bundle, signal: never };
    expect(await migratePool({ ...pool, exists: async () => false }, parts)).toEqual(NONE);
    const failed = await migratePool(pool, {
      ...parts,
      attemptTenant: async () => ({
        ...{ status: 'failed', applied: [], notes: [] },
        failure: failureOf(new Error('no')),
      }),
    });
    expect(failed).toMatchObject({ failures: [{ failure: { message: 'Error: no' } }] });
    expect(await migratePool(pool, parts)).toEqual({ ...NONE, migrated: 1 });
    expect((await pool.list())[0]?.tenant.schemaVersion).toBe(bundle.hash);
    const list = () => Promise.reject(new Error('gone'));
    expect((await migratePool({ ...pool, list }, parts)).failures).toHaveLength(1);
  });

  it('settings have one hash in whatever order privileges are given', () => {
    const { settings } = poolOn().provisioning;
    const hash = (privileges: string[]) => poolSettingsHash({ ...settings, privileges }, 'db1');
    expect(hash(['SELECT', 'INSERT'])).toBe(hash(['INSERT', 'SELECT']));
    expect(hash(['SELECT'])).not.toBe(hash(['INSERT']));
  });
});

describe('a tenant that loses a database to another one', () => {
  it('a tenant that loses a database to another one gets the next, as long as there is one', async () => {
    const { provisioning, pool, addTenant } = poolOn({ random: () => 0 });
    await fillPool({ ...SERVER, size: 5 }, provisioning, pool, never);
    // All five want the first of the list, and four of them lose it, and so on.
    const outcomes = await Promise.all(
      ['a', 'b', 'c', 'd', 'e'].map((id) => provisionTenant(addTenant(id), provisioning, never)),
    );
    expect(outcomes.map((each) => 'notes' in each && each.notes[0]?.code)).toEqual(
      outcomes.map(() => 'FromPool'),
    );
    expect(new Set(outcomes.map(({ tenant }) => tenant?.address.database)).size).toBe(5);
    expect(await pool.list()).toEqual([]);
  });
});
