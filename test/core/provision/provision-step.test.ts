import { describe, expect, it } from 'vitest';
import { beginProvisioning } from '../../../src/core/provision/begin-provisioning.ts';
import type { DatabaseServer } from '../../../src/core/provision/database-server.ts';
import {
  PROVISION_STEPS,
  type ProvisionStep,
  provisionStep,
} from '../../../src/core/provision/provision-step.ts';
import type { Provisioning } from '../../../src/core/provision/provisioning.ts';
import { rejectionOf } from '../../support/thrown-by.ts';
import { memoryProvisioning } from '../support/memory-provisioning.ts';

/** A tenant for which all steps before this one are done. */
async function tenantBefore(step: ProvisionStep, changes: Partial<Provisioning> = {}) {
  const world = memoryProvisioning(changes);
  const draft = { slug: 'acme', host: 'db0.example.com' };
  const id = await beginProvisioning(draft, world.provisioning);
  for (const earlier of PROVISION_STEPS.slice(0, PROVISION_STEPS.indexOf(step))) {
    await provisionStep(earlier, id, world.provisioning);
  }
  const row = () => {
    const found = world.registry.rows.get(id);
    if (found === undefined) throw new Error('The row is gone.');
    return found;
  };
  const setStatus = (status: 'FAILED' | 'ACTIVE') => {
    const { tenant, mark } = row();
    const isActive = status === 'ACTIVE';
    world.registry.rows.set(id, { tenant: { ...tenant, status }, mark: isActive ? null : mark });
  };
  /** Runs the step over servers that differ. */
  const run = (using: (server: DatabaseServer) => DatabaseServer = (server) => server) => {
    const { servers } = world;
    const differing: Provisioning['servers'] = {
      ...servers,
      using: (address, login, work) =>
        servers.using(address, login, (server) => work(using(server))),
    };
    return provisionStep(step, id, { ...world.provisioning, servers: differing });
  };
  const onServers = () =>
    structuredClone([world.servers.accounts, world.servers.databases] as const);
  return { ...world, id, row, setStatus, run, onServers };
}

const AFTER_CLAIM = PROVISION_STEPS.slice(1);
const ON_SERVER = ['account', 'database'] as const;

describe('a step of provisioning', () => {
  it.each(AFTER_CLAIM)(
    'the step %s does nothing for a tenant that is gone or FAILED',
    async (step) => {
      const { run, setStatus, registry, onServers } = await tenantBefore(step);
      const untouched = onServers();
      setStatus('FAILED');
      expect(await rejectionOf(run())).toMatchObject({
        code: 'ProvisioningStopped',
        message: expect.stringContaining('FAILED'),
      });
      registry.rows.clear();
      expect(await rejectionOf(run())).toMatchObject({
        code: 'ProvisioningStopped',
        message: expect.stringContaining('gone'),
      });
      expect(onServers()).toEqual(untouched);
    },
  );

  it.each(PROVISION_STEPS)('the step %s leaves an ACTIVE tenant as it is', async (step) => {
    const { run, setStatus, onServers, row } = await tenantBefore(step);
    const untouched = onServers();
    setStatus('ACTIVE');
    expect(await run()).toEqual({ tenant: row().tenant, done: false });
    expect(onServers()).toEqual(untouched);
  });

  it.each(ON_SERVER)(
    'the step %s does nothing if another process was done while this one waited for the lock',
    async (step) => {
      const { run, setStatus, onServers } = await tenantBefore(step);
      const untouched = onServers();
      const active = run((server) => {
        setStatus('ACTIVE');
        return server;
      });
      expect(await active).toMatchObject({ done: false });
      expect(onServers()).toEqual(untouched);
    },
  );

  it.each<[ProvisionStep, 'mark' | 'activate']>([
    ['account', 'mark'],
    ['database', 'mark'],
    ['activation', 'activate'],
  ])('the step %s stops if the row no longer takes what it writes', async (step, call) => {
    const { run, registry } = await tenantBefore(step);
    registry[call] = async () => false;
    expect(await rejectionOf(run())).toMatchObject({ code: 'ProvisioningStopped' });
  });

  it('the step database does not take over what somebody else makes at the same moment', async () => {
    const { run, row, servers } = await tenantBefore('database');
    const taken = run((server) => ({ ...server, createDatabase: async () => false }));
    expect(await rejectionOf(taken)).toMatchObject({ code: 'DatabaseTaken' });
    // Else a later attempt would drop it as our own.
    expect(row().mark).toBe('account');
    expect(servers.databases.size).toBe(0);
  });

  it('the step database is done once, also if it is repeated', async () => {
    const { run } = await tenantBefore('database');
    expect([(await run()).done, (await run()).done]).toEqual([true, false]);
  });

  it('the step migrations says that it was paused, with what it has applied', async () => {
    const applied = [{ name: '1_a.js', durationMs: 5 }];
    const attemptTenant = async () => ({ status: 'continue', applied, notes: [] }) as const;
    const { run } = await tenantBefore('migrations', { attemptTenant });
    expect(await run()).toMatchObject({ done: true, paused: true, applied });
  });
});
