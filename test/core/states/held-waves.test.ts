import { describe, expect, it, test } from 'vitest';
import type { WatchVerdict } from '../../../src/core/rollout/rollout.ts';
import { fleetOf } from '../../support/fleet.ts';
import { type StepMachineOptions, stepMachine } from '../../support/step-machine.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const CANARY = { waves: [{ tenants: ['tenant-000'] }] };
const ADA = { by: 'arn:aws:iam::123456789012:user/ada', why: 'the canary is fine' };
const AT = '2026-11-23T07:00:00.000Z';

/** Three tenants, the first of which is a canary; it is 06:00 UTC on a Monday. */
function given(options: StepMachineOptions = {}) {
  const machine = stepMachine({ tenants: fleetOf(3), ...options });
  const execution = machine.begin();
  const kept = () => machine.store.runs.get('run-1');
  const changes = () => [...new Set(machine.told.map(({ id }) => id.split('/').at(-1)))];
  return { machine, execution, kept, changes };
}

/** Alarms that are well until a look, by its number from 1. */
function alarmsThat(look: (number: number) => WatchVerdict) {
  let looks = 0;
  return {
    checkThere: async () => {},
    look: async () => {
      looks += 1;
      return look(looks);
    },
  };
}

const IN_ALARM: WatchVerdict = { isWell: false, message: 'The alarm api-5xx is in alarm.' };

// Every state may be invoked twice: what comes of it is the same.
describe.each([1, 2])(
  'a held wave of an execution whose states are invoked %i times',
  (invocations) => {
    it('a wave that nothing holds passes through no further state', async () => {
      const { machine, execution, kept } = given({ invocations });
      await machine.run(CANARY, execution);
      expect(execution.gates).toEqual([]);
      expect(kept()?.rollout).toBeUndefined();
    });

    it('a wave waits for the bake, the window and the approval in this order', async () => {
      const { machine, execution, kept, changes } = given({
        invocations,
        answer: () => ({ ...ADA, at: AT }),
      });
      const request = {
        ...CANARY,
        bakeMinutes: 30,
        windows: ['22:00-06:00', '06:00-06:10'],
        approval: 'canary',
      };
      const { summary } = await machine.run(request, execution);
      expect(summary.counts).toMatchObject({ migrated: 3 });
      // The first wave begins in the window of 06:00.
      expect(execution.gates).toEqual(['watch', 'bake', 'window', 'approval']);
      expect(kept()?.rollout).toEqual({
        decisions: [{ ...ADA, at: AT, wave: 2, verdict: 'approved' }],
      });
      expect(changes()).toEqual([
        'started',
        'wave-done',
        'baking',
        'waiting-for-window',
        'waiting-for-approval',
        'resumed',
        'done',
      ]);
    });

    it('an alarm ends the run during the bake, and a redrive asks it again', async () => {
      let isWell = false;
      const { machine, execution, kept } = given({
        invocations,
        alarms: alarmsThat(() => (isWell ? { isWell: true } : IN_ALARM)),
      });
      const request = { ...CANARY, bakeMinutes: 60, watch: { alarms: ['api-5xx'] } };
      const error = await rejectionOf(machine.run(request, execution));
      expect(error).toMatchObject({ code: 'TenantMigrationsFailed', retryable: false });
      expect(error).toHaveProperty(
        'message',
        expect.stringMatching(
          /^Run run-1: 1 of 3 .*The alarm api-5xx is in alarm\. The other waves/,
        ),
      );
      expect(kept()).toMatchObject({
        report: 'failed',
        summary: { counts: { migrated: 1, skipped: 2 } },
        state: { status: 'failed', wavesEntered: 1, stopped: { reason: 'halted' } },
        rollout: { held: { wave: 2, gate: 'watch' } },
      });
      expect(kept()?.left).toHaveLength(2);

      const still = await rejectionOf(machine.redrive(execution));
      expect(still).toHaveProperty('message', expect.stringContaining('api-5xx'));
      isWell = true;
      const { summary } = await machine.redrive(execution);
      expect(summary.counts).toMatchObject({ migrated: 3 });
      expect(execution.attempted).toEqual([['tenant-001', 'tenant-002']]);
      expect(kept()).toMatchObject({ state: { status: 'succeeded' }, rollout: { decisions: [] } });
    });

    test.each([
      ['rejected', { error: 'RolloutRejected', cause: JSON.stringify({ ...ADA, at: AT }) }, ADA],
      ['rejected', { error: 'RolloutRejected', cause: 'by hand' }, { why: 'by hand' }],
      ['expired', { error: 'States.Timeout' }, {}],
    ] as const)(
      'a wave that was %s ends the run, and a redrive asks again',
      async (verdict, refusal, said) => {
        const answers = [refusal, { ...ADA, at: AT }];
        const { machine, execution, kept } = given({
          invocations,
          answer: () => answers.shift() ?? refusal,
        });
        const error = await rejectionOf(machine.run({ ...CANARY, approval: 'canary' }, execution));
        expect(error).toMatchObject({ code: 'TenantMigrationsFailed' });
        expect(kept()).toMatchObject({
          state: { status: 'failed', stopped: { reason: verdict } },
          summary: { counts: { migrated: 1, skipped: 2 } },
          rollout: { decisions: [{ wave: 2, verdict, ...said }], held: { needsApproval: true } },
        });
        const { summary } = await machine.redrive(execution);
        expect(summary.counts).toMatchObject({ migrated: 3 });
        expect(execution.gates).toEqual(['approval']);
        expect(kept()?.rollout?.decisions.map((each) => each.verdict)).toEqual([
          verdict,
          'approved',
        ]);
      },
    );
  },
);

describe('a held wave', () => {
  it('a retry of a run that was rejected asks for the approval before its first wave', async () => {
    const refusals = [{ error: 'RolloutRejected', cause: 'slow' }];
    const { machine, execution } = given({ answer: () => refusals.shift() ?? ADA });
    await rejectionOf(machine.run({ ...CANARY, approval: 'canary' }, execution));
    const retry = machine.begin('run-2');
    const { summary } = await machine.run({ retryOf: 'run-1' }, retry);
    expect(retry.gates).toEqual(['watch', 'approval']);
    expect(summary.counts).toMatchObject({ migrated: 2 });
  });

  it('a run whose first wave is held has listed nobody, and its error says that nothing was touched', async () => {
    const alarms = alarmsThat(() => IN_ALARM);
    const { machine, execution } = given({ alarms, answer: () => ({ error: 'RolloutRejected' }) });
    await rejectionOf(
      machine.run({ ...CANARY, approval: 'canary', watch: { alarms: ['a'] } }, execution),
    );
    const retry = machine.begin('run-2');
    const error = await rejectionOf(machine.run({ retryOf: 'run-1' }, retry));
    expect(error).toHaveProperty(
      'message',
      expect.stringMatching(/^Run run-2: .*No tenant was touched\.$/),
    );
    expect(machine.store.runs.get('run-2')?.state).toBeUndefined();
  });

  it('a wave whose window opens after the end of the execution ends the run at once', async () => {
    const { machine, execution, kept } = given();
    // The first wave begins within the window; its bake ends after it.
    const windows = ['2026-11-23..2026-11-23', '2026-12-15..2026-12-15'];
    const request = { ...CANARY, windows, bakeMinutes: 1_440 };
    const error = await rejectionOf(machine.run(request, execution));
    expect(error).toHaveProperty('message', expect.stringContaining('No window opens for wave 2'));
    expect(kept()).toMatchObject({ state: { stopped: { reason: 'halted' } } });
  });

  it('an approval with anything as its output is an approval, and its words are bounded', async () => {
    const { machine, execution, kept } = given({ answer: () => ({ why: 'x'.repeat(9_000) }) });
    await machine.run({ ...CANARY, approval: 'waves' }, execution);
    const [decision] = kept()?.rollout?.decisions ?? [];
    expect(decision).toMatchObject({ verdict: 'approved', wave: 2 });
    expect(decision?.why).toHaveLength(1_000);
    expect(decision?.by).toBeUndefined();
  });

  it('a rollback and a plan are never held', async () => {
    const { machine, execution } = given();
    const request = {
      ...CANARY,
      command: 'plan',
      approval: 'waves',
      windows: ['2026-12-15..2026-12-15'],
    };
    await machine.run(request, execution);
    expect(execution.gates).toEqual([]);
  });

  test.each([
    ['an alarm that does not exist', { watch: { alarms: ['gone'] } }, 'AlarmUnknown'],
    [
      'a window after the end of the execution',
      { windows: ['2026-12-15..2026-12-15'] },
      'RequestInvalid',
    ],
    ['a command', { watch: { command: 'true' } }, 'RequestInvalid'],
  ])('a run is refused with %s before anything is kept', async (_, request, code) => {
    const { FanfoldError } = await import('../../../src/core/errors.ts');
    const checkThere = async ([name]: readonly string[]) => {
      if (name !== undefined)
        throw new FanfoldError('AlarmUnknown', name, { fault: 'usage', nextStep: '' });
    };
    const { machine, execution, kept } = given({
      alarms: { ...alarmsThat(() => ({ isWell: true })), checkThere },
    });
    const error = await rejectionOf(machine.run({ ...CANARY, ...request }, execution));
    expect(error).toMatchObject({ code, fault: 'usage' });
    expect(kept()).toBeUndefined();
  });
});

it('the report of an execution gets the decisions about its waves', async () => {
  const machine = stepMachine({
    tenants: fleetOf(3),
    answer: () => ADA,
    renderReport: (_, { rollout }) => JSON.stringify(rollout?.decisions ?? []),
  });
  await machine.run({ ...CANARY, approval: 'canary' });
  expect(JSON.parse(machine.store.runs.get('run-1')?.report ?? '')).toMatchObject([
    { wave: 2, verdict: 'approved', ...ADA },
  ]);
});
