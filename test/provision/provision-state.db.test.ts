import { beforeAll, describe, expect, it } from 'vitest';
import type { Migration } from '../../src/core/bundle/bundle.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import type { Provisioning } from '../../src/core/provision/provisioning.ts';
import {
  type ProvisionStateResult,
  provisionState,
} from '../../src/core/states/provision-state.ts';
import {
  PROVISION_STATE_STEPS,
  type ProvisionEvent,
  type ProvisionProgress,
} from '../../src/core/wire/provision-schemas.ts';
import { asking, createCentralDatabase } from '../support/central-database.ts';
import type { TestDatabase } from '../support/database.ts';
import { migration, SHOP } from '../support/migrations.ts';
import { addRow, newSlug, onServer, provisioningOn } from '../support/provisioning.ts';
import { testServer } from '../support/server.ts';

let central: TestDatabase;
beforeAll(async () => {
  central = await createCentralDatabase();
});

/** Calls one state, as the function does. */
function call(
  event: ProvisionEvent,
  differing: Partial<Provisioning> = {},
  migrations: readonly Migration[] = SHOP,
): Promise<ProvisionStateResult> {
  return asking(central, ({ provisioning: registry }) =>
    provisionState(event, provisioningOn(registry, migrations, differing)),
  );
}

async function refusalOf(work: Promise<unknown>): Promise<FanfoldError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof FanfoldError) return error;
  throw new Error('It was not refused.', { cause: error });
}

const entered = () => new Date(Date.now() - 5).toISOString();

async function claim(request: unknown): Promise<ProvisionProgress> {
  const progress = await call({ step: 'claim', request, enteredAt: entered() });
  if ('again' in progress) throw new Error('A claim is no redrive.');
  return progress;
}

/** A tenant whose row is there and claimed. */
async function claimed() {
  const slug = newSlug();
  const tenantId = await asking(central, ({ provisioning: registry }) =>
    addRow({ registry }, slug),
  );
  return { slug, tenantId, progress: await claim({ tenantId }) };
}

function failing(
  progress: ProvisionProgress,
  error: { Error: string; Cause: string },
  redriveCount = 0,
): ProvisionEvent {
  return { step: 'fail', progress, failedStep: 'migrations', error, failedAt: 0, redriveCount };
}

async function rowOf(slug: string) {
  const [row] = await central.query(
    'SELECT * FROM tenants LEFT JOIN fanfold_tenants ON tenantId = id WHERE slug = ?',
    [slug],
  );
  return row;
}

describe('the states, one after the other, each called twice', () => {
  it('the states of provisioning, each called twice, make a tenant ACTIVE', async () => {
    const slug = newSlug();
    const { host, port } = testServer();
    const request = { slug, name: 'Acme', host, port };
    const first = await claim(request);
    let progress = await claim(request);
    expect(progress).toMatchObject({ tenantId: first.tenantId, slug, status: 'PROVISIONING' });
    for (const step of PROVISION_STATE_STEPS) {
      const event: ProvisionEvent = { step, progress, enteredAt: entered() };
      const once = (await call(event)) as ProvisionProgress;
      const twice = (await call(event)) as ProvisionProgress;
      expect(twice.status).toBe(once.status);
      progress = once;
    }
    expect(progress).toMatchObject({ status: 'ACTIVE', applied: 3, paused: false });
    expect(progress.steps.map(({ step }) => step)).toEqual(['claim', ...PROVISION_STATE_STEPS]);
    for (const { durationMs } of progress.steps) expect(durationMs).toBeGreaterThanOrEqual(5);
    expect(await rowOf(slug)).toMatchObject({ status: 'ACTIVE', name: 'Acme' });
    expect(await claim({ tenantId: progress.tenantId })).toMatchObject({ status: 'ACTIVE' });
    const taken = await refusalOf(claim(request));
    expect(taken.code).toBe('SlugTaken');
    // The support drops what addRow has begun; this row was begun by the state.
    const root = await testServer().rootConnection();
    const row = await rowOf(slug);
    await root.query(`DROP DATABASE \`${row?.dbName}\``);
    await root.query(`DROP USER '${row?.dbUser}'@'%'`);
    await root.end();
  });

  it('the states of provisioning run the migrations in parts if the function’s time is short', async () => {
    const { progress } = await claimed();
    let now = progress;
    for (const step of ['account', 'database', 'rights'] as const) {
      now = (await call({ step, progress: now, enteredAt: entered() })) as ProvisionProgress;
    }
    const parts: number[] = [];
    do {
      const event: ProvisionEvent = { step: 'migrations', progress: now, enteredAt: entered() };
      // Each part has the time for little more than one migration.
      let asked = 0;
      now = (await call(event, { pause: () => ++asked > 3 })) as ProvisionProgress;
      parts.push(now.applied);
    } while (now.paused);
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.at(-1)).toBe(3);
    // One entry for the step, with the time of all its parts.
    const [migrations, ...others] = now.steps.filter(({ step }) => step === 'migrations');
    expect(others).toEqual([]);
    expect(migrations?.durationMs).toBeGreaterThanOrEqual(5 * parts.length);
  });
});

describe('FailTenant', () => {
  const broken = [migration('20260101000000_break', () => Promise.reject(new Error('broken')))];
  const THREW = { Error: 'MigrationThrew', Cause: '{"errorMessage":"It threw: broken. Fix it."}' };

  async function afterMigrationsFailed() {
    const { slug, progress } = await claimed();
    let now = progress;
    for (const step of ['account', 'database', 'rights'] as const) {
      now = (await call({ step, progress: now, enteredAt: entered() })) as ProvisionProgress;
    }
    const event: ProvisionEvent = { step: 'migrations', progress: now, enteredAt: entered() };
    const thrown = await refusalOf(call(event, {}, broken));
    expect(thrown.code).toBe('MigrationThrew');
    return { slug, progress: now };
  }

  it('FailTenant fails twice with the cause, and nothing remains', async () => {
    const { slug, progress } = await afterMigrationsFailed();
    for (let times = 1; times <= 2; times += 1) {
      const error = await refusalOf(call(failing(progress, THREW)));
      expect(error).toMatchObject({ code: 'TenantProvisioningFailed', retryable: false });
      expect(error.message).toContain('in the step migrations: MigrationThrew: It threw: broken.');
      expect(error.message).toContain('were removed');
    }
    expect(await onServer(slug)).toEqual({ databases: [], users: [] });
    expect(await rowOf(slug)).toMatchObject({
      status: 'FAILED',
      statusReason: 'MigrationThrew: It threw: broken. Fix it.',
    });
  });

  it('FailTenant is tried again while the server does not allow anything to be removed', async () => {
    const { slug, progress } = await afterMigrationsFailed();
    const down: Partial<Provisioning> = {
      admins: {
        find: async () => {
          throw new FanfoldError('ConnectionRefused', 'Nothing listens.', {
            fault: 'tenant',
            retryable: true,
            nextStep: 'Start it.',
          });
        },
      },
    };
    const first = await refusalOf(call(failing(progress, THREW), down));
    expect(first.retryable).toBe(true);
    expect(first.message).toContain('may be left behind: ConnectionRefused');
    expect((await onServer(slug)).databases).toHaveLength(1);
    const second = await refusalOf(call(failing(progress, THREW)));
    expect(second.retryable).toBe(false);
    expect(await onServer(slug)).toEqual({ databases: [], users: [] });
  });

  it('FailTenant allows another attempt after the execution was redriven', async () => {
    const { slug, progress } = await afterMigrationsFailed();
    await refusalOf(call(failing(progress, THREW)));
    expect(await call(failing(progress, THREW, 1))).toEqual({ again: true });
    let now = await claim({ tenantId: progress.tenantId });
    for (const step of PROVISION_STATE_STEPS) {
      now = (await call({ step, progress: now, enteredAt: entered() })) as ProvisionProgress;
    }
    expect(now).toMatchObject({ slug, status: 'ACTIVE' });
  });

  it.each([
    [
      { Error: 'StepUnavailable', Cause: '{"errorMessage":"ConnectionRefused: Nothing listens."}' },
      'ConnectionRefused: Nothing listens.',
    ],
    [
      { Error: 'Sandbox.Timedout', Cause: '{"errorMessage":"Task timed out after 900 s"}' },
      'MigratorTimedOut: ',
    ],
    [{ Error: 'Runtime.ExitError', Cause: 'no JSON' }, 'MigratorCrashed: '],
    [{ Error: 'Lambda.TooManyRequestsException', Cause: 'Rate' }, 'MigratorThrottled: '],
  ])('FailTenant recognizes the meaning of %j', async (error, reason) => {
    const { slug, progress } = await claimed();
    await refusalOf(call(failing(progress, error)));
    expect((await rowOf(slug))?.statusReason).toContain(reason);
  });
});
