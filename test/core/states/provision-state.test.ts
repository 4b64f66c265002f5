import { describe, expect, it } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import {
  type ProvisionStateResult,
  provisionState,
} from '../../../src/core/states/provision-state.ts';
import {
  PROVISION_STATE_STEPS,
  type ProvisionProgress,
  provisionEventSchema,
} from '../../../src/core/wire/provision-schemas.ts';
import { memoryProvisioning } from '../support/memory-provisioning.ts';

function started() {
  const world = memoryProvisioning();
  const enteredAt = new Date(world.clock.now() - 250).toISOString();
  const state = async (event: object): Promise<ProvisionStateResult> =>
    // Through the schema and through JSON, as the state machine passes it.
    JSON.parse(
      JSON.stringify(
        await provisionState(
          provisionEventSchema.parse({ enteredAt, ...event }),
          world.provisioning,
        ),
      ),
    );
  const claim = async () => {
    const request = { slug: 'acme', host: 'db0.example.com' };
    return (await state({ step: 'claim', request })) as ProvisionProgress;
  };
  const through = async (steps: readonly string[]) => {
    let progress = await claim();
    for (const step of steps) progress = (await state({ step, progress })) as ProvisionProgress;
    return progress;
  };
  const fail = (progress: ProvisionProgress, error: object, redrives = [0, 0]) =>
    state({
      ...{ step: 'fail', progress, failedStep: 'rights', error },
      ...{ failedAt: redrives[0], redriveCount: redrives[1] },
    });
  return { ...world, state, claim, through, fail };
}

describe('provisionState', () => {
  it('provisionState brings a tenant from its request to ACTIVE, state by state', async () => {
    const { through } = started();
    expect(await through(PROVISION_STATE_STEPS)).toMatchObject({
      slug: 'acme',
      status: 'ACTIVE',
      applied: 1,
      paused: false,
      steps: ['claim', ...PROVISION_STATE_STEPS].map((step) => ({ step, durationMs: 250 })),
    });
  });

  it('provisionState counts the time of a state that ran twice, and what its first attempt did', async () => {
    const { through, state } = started();
    const progress = await through(['account']);
    expect(await state({ step: 'account', progress })).toMatchObject({
      steps: [{ step: 'claim' }, { step: 'account', durationMs: 500, done: true }],
    });
  });

  it('provisionState claims a tenant by its id', async () => {
    const { state, claim } = started();
    const { tenantId } = await claim();
    expect(await state({ step: 'claim', request: { tenantId } })).toMatchObject({ tenantId });
  });

  it('provisionState refuses a request that is not one', async () => {
    const { state } = started();
    await expect(state({ step: 'claim', request: { slug: 7 } })).rejects.toBeInstanceOf(
      FanfoldError,
    );
  });

  it('provisionState fails the tenant with what its state threw, and rolls back what was made', async () => {
    const { through, fail, servers, registry } = started();
    const progress = await through(['account', 'database']);
    const Cause = JSON.stringify({ errorMessage: 'The server refuses GRANT.' });
    await expect(fail(progress, { Error: 'AccessDenied', Cause })).rejects.toMatchObject({
      code: 'TenantProvisioningFailed',
      message: expect.stringMatching(/rights.*AccessDenied.*refuses GRANT/),
      retryable: false,
    });
    expect(registry.reasons.get(progress.tenantId)).toBe('AccessDenied: The server refuses GRANT.');
    expect(servers.accounts.size + servers.databases.size).toBe(0);
  });

  it('provisionState names the cause of a step that was retried until its end', async () => {
    const { through, fail } = started();
    const progress = await through(['account']);
    const Cause = JSON.stringify({ errorMessage: 'ConnectionRefused: Nobody answers.' });
    await expect(fail(progress, { Error: 'StepUnavailable', Cause })).rejects.toMatchObject({
      message: expect.stringContaining('ConnectionRefused: Nobody answers.'),
    });
  });

  it('provisionState explains an end that Lambda itself reports', async () => {
    const { through, fail } = started();
    const progress = await through(['account']);
    for (const error of [{ Error: 'Lambda.Unknown', Cause: '{}' }, { Error: 'States.Timeout' }]) {
      await expect(fail(progress, error)).rejects.toMatchObject({
        code: 'TenantProvisioningFailed',
      });
    }
  });

  it('provisionState may be retried if the server cannot be reached to roll back', async () => {
    const { through, fail, servers } = started();
    const progress = await through(['account']);
    servers.using = async () => {
      throw new FanfoldError('ConnectionRefused', 'Nobody answers.', {
        fault: 'tenant',
        retryable: true,
        nextStep: 'Retry.',
      });
    };
    await expect(fail(progress, { Error: 'AccessDenied' })).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining('ConnectionRefused'),
    });
  });

  it('provisionState lets an execution that was redriven try again', async () => {
    const { through, fail, registry } = started();
    const progress = await through(['account']);
    expect(await fail(progress, { Error: 'AccessDenied' }, [0, 1])).toEqual({ again: true });
    expect(registry.rows.get(progress.tenantId)?.tenant.status).toBe('PROVISIONING');
  });
});
