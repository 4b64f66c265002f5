import { describe, expect, it } from 'vitest';
import type { DigestSnapshot } from '../../../src/core/digests/statement-digest.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import { fleetOf } from '../../support/fleet.ts';
import { type StepMachineOptions, stepMachine } from '../../support/step-machine.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const REQUEST = {
  waves: [{ tenants: ['tenant-000'] }],
  bakeMinutes: 2,
  watch: { digest: true },
};
const TEXT = 'SELECT * FROM `tasks` WHERE `user_id` = ?';

/** A server whose statement took `count` executions so far, of these means. */
function counters() {
  const sums = { count: 0, timeMs: 0, rowsExamined: 0, errors: 0 };
  return {
    ran(times: number, timeMs: number, rows: number) {
      sums.count += times;
      sums.timeMs += times * timeMs;
      sums.rowsExamined += times * rows;
    },
    snapshot: (): DigestSnapshot => ({
      statements: new Map([['d', { digest: 'd', text: TEXT, ...sums }]]),
      isCut: false,
    }),
  };
}

/**
 * Three tenants of which the first is a canary. `load` happens before each reading after the first one, as the
 * application works on meanwhile.
 */
function given(
  load: (reading: number) => readonly [number, number, number],
  options: StepMachineOptions = {},
) {
  const server = counters();
  server.ran(1_000, 0.4, 12);
  let readings = 0;
  const machine = stepMachine({
    tenants: fleetOf(3),
    readDigests: async () => {
      if (readings > 0) server.ran(...load(readings));
      readings += 1;
      return server.snapshot();
    },
    ...options,
  });
  const execution = machine.begin();
  return { machine, execution, server, kept: () => machine.store.runs.get('run-1') };
}

const FAST = [100, 0.4, 12] as const;
const SLOW = [100, 60, 9_000] as const;

describe('statements of a canary on AWS', () => {
  it.each([1, 2])(
    'a run whose statements stay as they are passes its gate with every state invoked %i times',
    async (invocations) => {
      const { machine, execution, kept } = given(() => FAST, { invocations });
      const { summary } = await machine.run(REQUEST, execution);
      expect(summary.counts).toMatchObject({ migrated: 3 });
      expect(execution.gates.filter((gate) => gate === 'bake').length).toBeGreaterThanOrEqual(3);
      expect(kept()?.summary?.runNotes).toBeUndefined();
      // The bake takes as long as it was requested to.
      expect(machine.clock.at - Date.parse('2026-11-23T06:00:00.000Z')).toBe(120_000);
    },
  );

  it('a statement that is slower since the canary holds the rollout within a minute and is named', async () => {
    const { machine, execution, kept } = given(() => SLOW);
    const error = await rejectionOf(machine.run(REQUEST, execution));
    expect(error).toMatchObject({ code: 'TenantMigrationsFailed' });
    expect(kept()?.state?.stopped?.message).toMatch(
      /^Since the wave, a statement in tenant-000 takes 60 ms instead of 0\.4 ms \(150 times as long\).*SELECT \* FROM `tasks`/,
    );
    expect(kept()).toMatchObject({
      state: { status: 'failed', stopped: { reason: 'halted' } },
      summary: { counts: { migrated: 1, skipped: 2 } },
      rollout: { held: { wave: 2, gate: 'watch' } },
    });
    expect(machine.clock.at - Date.parse('2026-11-23T06:00:00.000Z')).toBeLessThanOrEqual(60_000);
    expect(machine.told.at(-1)).toMatchObject({ change: 'held' });
  });

  it('a redrive begins the interval and the bake anew, so that a repaired canary passes', async () => {
    let isRepaired = false;
    const { machine, execution } = given(() => (isRepaired ? FAST : SLOW));
    await rejectionOf(machine.run(REQUEST, execution));
    isRepaired = true;
    const from = machine.clock.at;
    const { summary } = await machine.redrive(execution);
    expect(summary.counts).toMatchObject({ migrated: 3 });
    expect(machine.clock.at - from).toBe(120_000);
  });

  it('a redrive of a canary that is still slow holds the rollout again', async () => {
    const { machine, execution } = given(() => SLOW);
    await rejectionOf(machine.run(REQUEST, execution));
    expect(await rejectionOf(machine.redrive(execution))).toHaveProperty(
      'message',
      expect.stringContaining('times as long'),
    );
    expect(execution.attempted).toEqual([]);
  });

  it('a redrive after a refused approval compares once more before the wave begins', async () => {
    const refusals = [{ error: 'RolloutRejected', cause: 'no' }];
    let isSlow = false;
    const { machine, execution } = given(() => (isSlow ? SLOW : FAST), {
      answer: () => refusals.shift() ?? { by: 'ada', why: 'fine' },
    });
    await rejectionOf(machine.run({ ...REQUEST, approval: 'canary' }, execution));
    isSlow = true;
    expect(await rejectionOf(machine.redrive(execution))).toHaveProperty(
      'message',
      expect.stringContaining('times as long'),
    );
  });

  it('a run whose statements nobody runs passes with a warning in its summary', async () => {
    const { machine, execution, kept } = given(() => [0, 0, 0]);
    await machine.run(REQUEST, execution);
    expect(kept()?.summary?.runNotes).toEqual([
      { code: 'DigestsQuiet', message: expect.stringContaining('ran ten times') },
    ]);
  });

  it('a run whose server does not count statements fails before anything is changed, and a redrive reads again', async () => {
    const unavailable = new FanfoldError('DigestsUnavailable', 'The server does not count.', {
      fault: 'configuration',
      nextStep: 'Switch it on.',
    });
    const machine = stepMachine({ readDigests: () => Promise.reject(unavailable) });
    const execution = machine.begin();
    expect(await rejectionOf(machine.run(REQUEST, execution))).toMatchObject({
      code: 'DigestsUnavailable',
    });
    expect(execution.attempted).toEqual([]);
    expect(machine.readings.kept.size).toBe(0);
  });

  it('a run whose tenants cannot be reached after the wave is held, since nobody knows how they are', async () => {
    const unreachable = new FanfoldError('ConnectionTimedOut', 'The server does not answer.', {
      fault: 'tenant',
      retryable: true,
      nextStep: '',
    });
    let readings = 0;
    const { machine, execution } = given(() => FAST, {
      readDigests: async () => {
        readings += 1;
        if (readings > 1) throw unreachable;
        return counters().snapshot();
      },
    });
    expect(await rejectionOf(machine.run(REQUEST, execution))).toHaveProperty(
      'message',
      expect.stringContaining('can be read any more: The server does not answer.'),
    );
  });

  it('a retry of a run that was held has nothing to compare before its first wave', async () => {
    const { machine, execution } = given(() => SLOW);
    await rejectionOf(machine.run(REQUEST, execution));
    const retry = machine.begin('run-2');
    const { summary } = await machine.run({ retryOf: 'run-1' }, retry);
    expect(summary.counts).toMatchObject({ migrated: 2 });
  });

  it('an execution of an earlier deployment, which has no states that compare, refuses the request', async () => {
    const machine = stepMachine();
    const { openRun } = await import('../../../src/core/states/open-run.ts');
    const event = { execution: machine.begin().execution, request: REQUEST, limitSeconds: 604_800 };
    const nobody = {
      store: machine.store,
      alarms: { checkThere: async () => {} },
      executions: { otherRunning: async () => [], concurrencyQuota: async () => 1_000 },
      requestDefaults: {},
      notify: async () => {},
      now: () => 0,
    };
    expect(await rejectionOf(openRun(event, nobody))).toMatchObject({
      code: 'RequestInvalid',
      message: expect.stringContaining('earlier deployment'),
    });
  });
});
