import { describe, expect, it } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import { isIamMarker } from '../../../src/core/iam/iam-marker.ts';
import { beginProvisioning } from '../../../src/core/provision/begin-provisioning.ts';
import { provisionTenant } from '../../../src/core/provision/provision-tenant.ts';
import type { Provisioning } from '../../../src/core/provision/provisioning.ts';
import { ProvisioningError } from '../../../src/core/provision/provisioning-error.ts';
import { undoProvisioning } from '../../../src/core/provision/undo-provisioning.ts';
import { memoryProvisioning } from '../support/memory-provisioning.ts';
import { EMPTY } from '../support/memory-servers.ts';

const never = new AbortController().signal;
const DRAFT = { slug: 'acme', host: 'db0.example.com' };

/** The row of a new tenant, and the ports that it is provisioned with. */
async function begun(changes: Partial<Provisioning> = {}) {
  const world = memoryProvisioning(changes);
  const id = await beginProvisioning(DRAFT, world.provisioning);
  const row = () => {
    const found = world.registry.rows.get(id);
    if (found === undefined) throw new Error('The row is gone.');
    return found;
  };
  const { database, user } = row().tenant.address;
  const provision = (signal = never) => provisionTenant(id, world.provisioning, signal);
  return { ...world, id, row, database, account: `${user}@%`, provision };
}

function transient(
  code: 'TooManyConnections' | 'ConnectionRefused' | 'HostNotFound',
): FanfoldError {
  return new FanfoldError(code, 'Too many connections.', {
    fault: 'tenant',
    retryable: true,
    nextStep: 'Retry later.',
  });
}

describe('provisionTenant', () => {
  it('provisionTenant creates account, database and privileges, migrates and activates the tenant', async () => {
    const { provision, row, servers, keys, database, account, migrated } = await begun();
    expect(await provision()).toMatchObject({
      status: 'active',
      tenant: { slug: 'acme', status: 'ACTIVE' },
      applied: [{ name: '1_a.js' }],
    });
    expect(row()).toMatchObject({ tenant: { status: 'ACTIVE' }, mark: null });
    expect(migrated).toEqual([database]);
    const made = servers.accounts.get(account);
    expect(made?.passwords).toEqual([await keys.passwords.open(row().tenant)]);
    expect(made?.requireTls).toBe(true);
    expect([...(made?.grants ?? [])]).toEqual([[database, ['SELECT', 'INSERT']]]);
  });

  it('provisionTenant reports each step before it begins, and what an earlier call had done', async () => {
    const { id, provisioning, provision } = await begun();
    const seen: string[] = [];
    const outcome = await provisionTenant(id, provisioning, never, (step) => seen.push(step));
    const steps = ['claim', 'account', 'database', 'rights', 'migrations', 'activation'];
    expect(seen).toEqual(steps);
    expect(outcome.steps.map(({ step }) => step)).toEqual(steps);
    expect(await provision()).toMatchObject({ status: 'active', steps: [{ done: false }] });
  });

  it('provisionTenant creates a second user that migrates, with its own privileges', async () => {
    const { provisioning } = memoryProvisioning();
    const settings = { ...provisioning.settings, migrationPrivileges: ['ALL'] };
    const { provision, row, servers, database } = await begun({ settings });
    await provision();
    const user = row().tenant.migrationLogin?.user;
    expect(user).toBeDefined();
    expect(servers.accounts.get(`${user}@%`)?.grants.get(database)).toEqual(['ALL']);
    expect(servers.accounts.size).toBe(2);
  });

  it('provisionTenant creates users that log in by IAM, and stores no password', async () => {
    const { provisioning } = memoryProvisioning();
    const settings = {
      ...provisioning.settings,
      auth: 'iam',
      migrationPrivileges: ['ALL'],
    } as const;
    const { provision, row, servers, account } = await begun({ settings });
    expect(await provision()).toMatchObject({ status: 'active' });
    const { encryptedPassword, migrationLogin } = row().tenant;
    const stored = [encryptedPassword, migrationLogin?.encryptedPassword ?? ''];
    expect(stored.map(isIamMarker)).toEqual([true, true]);
    expect(new Set(stored).size).toBe(2);
    expect(servers.accounts.get(account)).toMatchObject({ isIam: true, requireTls: true });
    expect(servers.accounts.size).toBe(2);
  });

  it('provisionTenant with users of IAM finishes when repeated, wherever it was killed', async () => {
    const { provisioning } = memoryProvisioning();
    const settings = { ...provisioning.settings, auth: 'iam' } as const;
    for (let killAt = 1; ; killAt += 1) {
      const { id, killedAt, provision, servers, account } = await begun({ settings });
      const killed = await provisionTenant(id, killedAt(killAt), never);
      if (killed.status === 'active') break;
      expect(await provision(), `killed at ${killAt}`).toMatchObject({ status: 'active' });
      expect([...servers.accounts.keys()]).toEqual([account]);
    }
  });

  it('provisionTenant does not take over or drop an account of IAM that it has not created', async () => {
    const { provisioning } = memoryProvisioning();
    const settings = { ...provisioning.settings, auth: 'iam' } as const;
    const { provision, servers, account, row } = await begun({ settings });
    const other = { passwords: [], isIam: true, requireTls: true, grants: new Map() };
    servers.accounts.set(account, { ...other });
    expect(await provision()).toMatchObject({ failure: { code: 'UserTaken' } });
    expect(row()).toMatchObject({ tenant: { status: 'FAILED' }, mark: 'claimed' });
    expect(servers.accounts.get(account)).toEqual(other);
  });

  it('provisionTenant finishes when repeated, wherever it was killed', async () => {
    let points = 0;
    for (let killAt = 1; ; killAt += 1) {
      const { id, killedAt, provision, row, servers, database, account, migrated } = await begun();
      const killed = await provisionTenant(id, killedAt(killAt), never);
      if (killed.status === 'active') break;
      points += 1;
      expect(killed).toMatchObject({ status: 'failed', failure: { message: /killed/ } });
      expect(await provision()).toMatchObject({ status: 'active' });
      expect(row().tenant.status).toBe('ACTIVE');
      expect([...servers.accounts.keys()]).toEqual([account]);
      expect([...servers.databases.keys()]).toEqual([database]);
      expect(migrated).toEqual([database]);
      expect(servers.locks.size).toBe(0);
    }
    expect(points).toBeGreaterThan(15);
  });

  it('provisioning can be rolled back wherever it was killed before the tenant was active', async () => {
    for (let killAt = 1; ; killAt += 1) {
      const { id, killedAt, provisioning, registry, row, servers } = await begun();
      await provisionTenant(id, killedAt(killAt), never);
      if (row().tenant.status === 'ACTIVE') break;
      await undoProvisioning(row(), provisioning);
      expect(registry.rows.size).toBe(0);
      expect(servers.accounts.size).toBe(0);
      expect(servers.databases.size).toBe(0);
    }
  });

  it('provisionTenant retries a transient failure with growing waits', async () => {
    const { provision, servers, clock } = await begun();
    const { using } = servers;
    let failures = 2;
    servers.using = (...args) => {
      failures -= 1;
      if (failures >= 0) throw transient('TooManyConnections');
      return using(...args);
    };
    expect(await provision()).toMatchObject({ status: 'active' });
    expect(clock.sleeps).toEqual([50, 100]);
  });

  it('provisionTenant gives up after its attempts, and rolls back what was created', async () => {
    const { provision, servers, registry, row, id, account, database } = await begun({
      attemptTenant: async () => {
        throw transient('TooManyConnections');
      },
    });
    const outcome = await provision();
    expect(outcome).toMatchObject({
      status: 'failed',
      failedStep: 'migrations',
      failure: { code: 'TooManyConnections' },
      leftBehind: undefined,
    });
    expect(row()).toMatchObject({ tenant: { status: 'FAILED' }, mark: 'claimed' });
    expect(registry.reasons.get(id)).toContain('TooManyConnections');
    expect(servers.accounts.has(account)).toBe(false);
    expect(servers.databases.has(database)).toBe(false);
  });

  it('provisionTenant provisions a tenant that has failed before', async () => {
    const failing = await begun({
      attemptTenant: async () => ({
        status: 'failed',
        failure: {
          ...{ code: 'StatementFailed', message: 'A column is missing.', nextStep: 'Fix it.' },
          ...{ retryable: false, fingerprint: 'f' },
        },
        applied: [],
        notes: [],
      }),
    });
    expect(await failing.provision()).toMatchObject({ failure: { code: 'StatementFailed' } });
    const { attemptTenant } = memoryProvisioning().provisioning;
    const repaired = { ...failing.provisioning, attemptTenant };
    const { servers } = failing;
    repaired.attemptTenant = async () => {
      servers.databases.set(failing.database, { tables: 1, hasMigrationTable: true });
      return { status: 'migrated', applied: [], notes: [] };
    };
    expect(await provisionTenant(failing.id, repaired, never)).toMatchObject({ status: 'active' });
  });

  it('provisionTenant reports what may remain if it cannot be rolled back', async () => {
    const { provision, servers } = await begun({
      attemptTenant: async () => {
        const { using } = servers;
        servers.using = async () => {
          servers.using = using;
          throw transient('ConnectionRefused');
        };
        throw new Error('The migration failed.');
      },
    });
    const outcome = await provision();
    expect(outcome).toMatchObject({
      status: 'failed',
      leftBehind: { code: 'ConnectionRefused', retryable: true },
    });
    if (outcome.status !== 'failed') throw new Error('It did not fail.');
    const error = new ProvisioningError(outcome);
    expect(error).toMatchObject({ code: outcome.failure.code, fault: 'tenant', outcome });
  });

  it('provisionTenant does not change an account and a database of somebody else', async () => {
    const other = { passwords: ['of somebody else'], requireTls: false, grants: new Map() };
    const taken = await begun();
    taken.servers.accounts.set(taken.account, { ...other });
    expect(await taken.provision()).toMatchObject({ failure: { code: 'UserTaken' } });
    expect(taken.servers.accounts.get(taken.account)).toEqual(other);

    const full = await begun();
    full.servers.databases.set(full.database, { tables: 5, hasMigrationTable: false });
    expect(await full.provision()).toMatchObject({ failure: { code: 'DatabaseTaken' } });
    expect(full.servers.databases.get(full.database)?.tables).toBe(5);
    expect(full.servers.accounts.size).toBe(0);
  });

  it('provisionTenant does not change a database that somebody else creates at the same moment', async () => {
    const { provision, servers, database, row } = await begun();
    const { using } = servers;
    servers.using = (address, login, work) =>
      using(address, login, (server) =>
        work({
          ...server,
          async createDatabase() {
            servers.databases.set(database, EMPTY);
            return false;
          },
        }),
      );
    expect(await provision()).toMatchObject({ failure: { code: 'DatabaseTaken' } });
    expect(servers.databases.has(database)).toBe(true);
    expect(row().tenant.status).toBe('FAILED');
  });

  it('provisionTenant stops between two steps when it is interrupted, and resumes', async () => {
    const { id, provisioning, provision, row } = await begun();
    const stop = new AbortController();
    const outcome = await provisionTenant(id, provisioning, stop.signal, (step) => {
      if (step === 'database') stop.abort();
    });
    expect(outcome).toMatchObject({ status: 'interrupted', steps: [{}, {}, { step: 'database' }] });
    expect(row()).toMatchObject({ tenant: { status: 'PROVISIONING' }, mark: 'database' });
    expect(await provision()).toMatchObject({ status: 'active' });
  });

  it('provisionTenant stops if somebody else fails or removes the tenant meanwhile', async () => {
    for (const interfere of ['fail', 'remove'] as const) {
      const { id, provisioning, registry } = await begun();
      const outcome = await provisionTenant(id, provisioning, never, (step) => {
        if (step !== 'rights') return;
        if (interfere === 'remove') registry.rows.delete(id);
        else void registry.fail(id, 'by somebody else');
      });
      expect(outcome).toMatchObject({
        failedStep: 'rights',
        failure: { code: 'ProvisioningStopped' },
      });
    }
  });

  it('provisionTenant refuses an id that no tenant has, and a tenant that was added by hand', async () => {
    const { provisioning, registry, id, row } = await begun();
    expect(await provisionTenant('unknown', provisioning, never)).toMatchObject({
      status: 'failed',
      failedStep: 'claim',
      failure: { code: 'TenantUnknown' },
    });
    registry.rows.set(id, { ...row(), mark: null });
    expect(await provisionTenant(id, provisioning, never)).toMatchObject({
      failure: { code: 'TenantNotProvisionable' },
    });
    registry.rows.set(id, { mark: null, tenant: { ...row().tenant, status: 'ARCHIVED' } });
    expect(await provisionTenant(id, provisioning, never)).toMatchObject({
      failure: { code: 'TenantNotProvisionable', message: expect.stringContaining('ARCHIVED') },
    });
  });

  it('provisionTenant adds address and password to a row that a product has inserted', async () => {
    const { provisioning, registry, id, row, keys, servers } = await begun();
    const { tenant } = row();
    const address = { ...tenant.address, database: '', user: '' };
    registry.rows.set(id, { mark: null, tenant: { ...tenant, address, encryptedPassword: '' } });
    expect(await provisionTenant(id, provisioning, never)).toMatchObject({ status: 'active' });
    const { address: given } = row().tenant;
    expect(given.database).not.toBe('');
    expect(servers.accounts.get(`${given.user}@%`)?.passwords).toEqual([
      await keys.passwords.open(row().tenant),
    ]);
  });

  it('provisionTenant uses the logins of another process that has claimed the row first', async () => {
    const { provisioning, registry, id, row } = await begun();
    const { tenant } = row();
    const claimed = row();
    registry.rows.set(id, { mark: null, tenant: { ...tenant, encryptedPassword: '' } });
    registry.claim = async () => {
      registry.rows.set(id, claimed);
      return false;
    };
    expect(await provisionTenant(id, provisioning, never)).toMatchObject({ status: 'active' });
    expect(row().tenant.encryptedPassword).toBe(claimed.tenant.encryptedPassword);
  });
});

describe('beginProvisioning', () => {
  it('beginProvisioning finds the row that an interrupted call has added', async () => {
    const { provisioning, id, registry } = await begun();
    expect(await beginProvisioning({ slug: 'acme' }, provisioning)).toBe(id);
    expect(registry.rows.size).toBe(1);
  });

  it('beginProvisioning refuses an address that differs from that of its first call', async () => {
    const { provisioning } = await begun();
    await expect(
      beginProvisioning({ slug: 'acme', host: 'db1.example.com' }, provisioning),
    ).rejects.toMatchObject({
      code: 'ProvisioningDiffers',
      message: expect.stringContaining('db1.example.com'),
    });
  });

  it('beginProvisioning refuses the slug of an active tenant, and of one that was added by hand', async () => {
    const { provisioning, provision, registry, id, row } = await begun();
    registry.rows.set(id, { ...row(), mark: null });
    await expect(beginProvisioning(DRAFT, provisioning)).rejects.toMatchObject({
      code: 'SlugTaken',
    });
    registry.rows.set(id, { ...row(), mark: 'claimed' });
    await provision();
    await expect(beginProvisioning(DRAFT, provisioning)).rejects.toMatchObject({
      code: 'SlugTaken',
      message: expect.stringContaining('ACTIVE'),
    });
  });

  it('beginProvisioning refuses a new tenant without a server, and names that no server has', async () => {
    const { provisioning } = memoryProvisioning();
    await expect(beginProvisioning({ slug: 'acme' }, provisioning)).rejects.toMatchObject({
      code: 'RequestInvalid',
    });
    await expect(
      beginProvisioning({ ...DRAFT, database: 'mysql' }, provisioning),
    ).rejects.toMatchObject({ fault: 'usage' });
  });
});

describe('undoProvisioning', () => {
  it('undoProvisioning refuses a tenant that is or was active, or was added by hand', async () => {
    const { provisioning, provision, row } = await begun();
    const claimed = row();
    await expect(undoProvisioning({ ...claimed, mark: null }, provisioning)).rejects.toMatchObject({
      code: 'TenantNotUndoable',
    });
    const used = { ...claimed, tenant: { ...claimed.tenant, schemaVersion: 'v1' } };
    await expect(undoProvisioning(used, provisioning)).rejects.toMatchObject({
      code: 'TenantNotUndoable',
    });
    await provision();
    await expect(undoProvisioning(row(), provisioning)).rejects.toMatchObject({
      code: 'TenantNotUndoable',
      message: expect.stringContaining('ACTIVE'),
    });
  });

  it('undoProvisioning removes a row without its server if nothing was created there', async () => {
    const { provisioning, registry, row, servers } = await begun();
    servers.using = async () => {
      throw transient('HostNotFound');
    };
    expect(await undoProvisioning(row(), provisioning)).toMatchObject({
      notAsked: { code: 'HostNotFound' },
    });
    expect(registry.rows.size).toBe(0);
  });

  it('undoProvisioning keeps the row if its server cannot be reached and may hold something', async () => {
    const { provisioning, registry, row, servers, id } = await begun();
    await registry.mark(id, 'account');
    servers.using = async () => {
      throw transient('HostNotFound');
    };
    await expect(undoProvisioning(row(), provisioning)).rejects.toMatchObject({
      code: 'HostNotFound',
    });
    expect(row().tenant.status).toBe('FAILED');
  });

  it('undoProvisioning keeps a database of somebody else that has the name', async () => {
    const { provisioning, row, registry, servers, id, database } = await begun();
    await registry.mark(id, 'database');
    servers.databases.set(database, { tables: 9, hasMigrationTable: false });
    await undoProvisioning(row(), provisioning);
    expect(servers.databases.has(database)).toBe(true);
  });

  it('undoProvisioning reports success if the row is already gone', async () => {
    const { provisioning, registry, row } = await begun();
    const stale = row();
    registry.rows.clear();
    expect(await undoProvisioning(stale, provisioning)).toEqual({ tenant: stale.tenant });
  });
});
