import { describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import type { AttemptTenant } from '../../../src/core/migrate/attempt.ts';
import { fillPool } from '../../../src/core/pool/fill-pool.ts';
import type { Provisioning } from '../../../src/core/provision/provisioning.ts';
import { type PoolStateParts, poolState } from '../../../src/core/states/pool-state.ts';
import { provisionState } from '../../../src/core/states/provision-state.ts';
import { poolEventSchema } from '../../../src/core/wire/pool-schemas.ts';
import { provisionProgressSchema } from '../../../src/core/wire/provision-schemas.ts';
import { migration } from '../../support/migrations.ts';
import { memoryPool } from '../support/memory-pool.ts';
import { memoryProvisioning } from '../support/memory-provisioning.ts';

const never = new AbortController().signal;
const SERVER = { host: 'db1', port: 3306 };

function keeping(changes: Pick<Partial<Provisioning>, 'admins'> = {}) {
  const memory = memoryProvisioning();
  const making = memoryProvisioning();
  const pool = memoryPool(making.registry, memory.registry);
  const attemptTenant: AttemptTenant = async (tenant, context) =>
    context.request.command === 'plan'
      ? { status: 'planned', pending: [], notes: [] }
      : memory.provisioning.attemptTenant(tenant, context);
  const warnings: string[] = [];
  const parts: PoolStateParts = {
    ...memory.provisioning,
    ...{ attemptTenant, pool, size: 2, signal: never },
    warn: (words) => warnings.push(words),
    ...changes,
  };
  const state = (event: object, differing: Partial<PoolStateParts> = {}) =>
    poolState(poolEventSchema.parse(event), { ...parts, ...differing });
  const claim = async (slug: string) =>
    provisionProgressSchema.parse(
      await provisionState(
        {
          step: 'claim',
          request: { slug, host: SERVER.host },
          enteredAt: new Date(memory.clock.now()).toISOString(),
        },
        parts,
      ),
    );
  return { ...memory, pool, parts, state, claim, warnings };
}

describe('poolState', () => {
  it('poolState lists the servers at which a tenant asked for a database, fills their pools, and the next tenant gets one', async () => {
    const { state, claim, pool } = keeping();
    expect(await state({ step: 'list-servers', request: {} })).toEqual({ servers: [] });
    expect(await claim('first')).toMatchObject({ status: 'PROVISIONING', fromPool: false });
    expect(await state({ step: 'list-servers', request: {} })).toEqual({ servers: [SERVER] });
    expect(await state({ step: 'fill-pool', server: SERVER })).toEqual({
      ...{ made: 2, migrated: 0, removed: 0, failed: 0, again: false },
    });
    expect(await claim('second')).toMatchObject({
      ...{ status: 'ACTIVE', fromPool: true, applied: 0 },
      steps: [{ step: 'claim', done: true }],
    });
    expect(await pool.list()).toHaveLength(1);
  });

  it('poolState takes a server from the input, and refuses any other input', async () => {
    const { state } = keeping();
    const request = { host: 'db9' };
    expect(await state({ step: 'list-servers', request })).toEqual({
      servers: [{ host: 'db9', port: 3306 }],
    });
    for (const wrong of [{ host: '' }, { host: 'db9', port: 0 }, 'db9', null]) {
      await expect(state({ step: 'list-servers', request: wrong })).rejects.toMatchObject({
        code: 'RequestInvalid',
      });
    }
    const without = { ...keeping().pool, exists: async () => false };
    await expect(
      state({ step: 'list-servers', request: {} }, { pool: without }),
    ).rejects.toMatchObject({ code: 'CentralDatabaseSchemaMismatch' });
  });

  it('poolState pauses shortly before the end of the function, and resumes when it is entered again', async () => {
    const { state, pool } = keeping();
    let calls = 0;
    const pause = () => {
      calls += 1;
      return calls > 1;
    };
    expect(await state({ step: 'fill-pool', server: SERVER }, { pause })).toMatchObject({
      again: true,
    });
    expect(await state({ step: 'fill-pool', server: SERVER })).toMatchObject({ again: false });
    expect(await pool.list()).toHaveLength(2);
  });

  it('poolState throws why a pool is not filled, and whether that may pass', async () => {
    const admins = { find: () => Promise.reject(new Error('gone')) };
    await expect(
      keeping({ admins }).state({ step: 'fill-pool', server: SERVER }),
    ).rejects.toMatchObject({ code: 'PoolNotFilled', message: expect.stringContaining('gone') });
  });

  it('poolState leaves a pool to another process that fills it', async () => {
    const { state, servers, parts, pool } = keeping();
    const busy = { ...servers, using: servers.using.bind(servers) };
    await fillPool({ ...SERVER, size: 1 }, parts, pool, never);
    const [lock] = [`fanfold-pool:${'0'.repeat(40)}`];
    servers.locks.add(lock);
    const held: Provisioning['servers'] = {
      ...busy,
      using: (address, login, work) =>
        servers.using(address, login, (server) =>
          work({ ...server, ifUnlocked: (_, inner) => server.ifUnlocked(lock, inner) }),
        ),
    };
    expect(await state({ step: 'fill-pool', server: SERVER }, { servers: held })).toMatchObject({
      ...{ made: 0, again: false },
    });
    expect(await pool.list()).toHaveLength(1);
  });

  it('poolState migrates the pool within a run, and notes what was not migrated', async () => {
    const { state, pool, warnings } = keeping();
    await state({ step: 'fill-pool', server: SERVER });
    const bundle = createBundle([migration('1_a', () => {})]);
    expect(await state({ step: 'migrate-pool' }, { bundle, pause: () => true })).toMatchObject({
      ...{ migrated: 0, again: true },
    });
    expect(await state({ step: 'migrate-pool' }, { bundle })).toMatchObject({
      ...{ migrated: 2, failed: 0, again: false },
    });
    const attemptTenant = () => Promise.reject(new Error('no'));
    const next = createBundle([migration('2_a', () => {})]);
    expect(await state({ step: 'migrate-pool' }, { bundle: next, attemptTenant })).toMatchObject({
      ...{ migrated: 0, failed: 1, again: false },
    });
    expect(warnings.join()).toContain('was not migrated');
    expect(await pool.list()).toHaveLength(2);
  });
});
