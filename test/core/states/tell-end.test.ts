import { describe, expect, it } from 'vitest';
import { closeRun } from '../../../src/core/states/close-run.ts';
import type { EndedExecution } from '../../../src/core/states/step-ports.ts';
import { tellEnd } from '../../../src/core/states/tell-end.ts';
import { notificationSchema } from '../../../src/core/wire/notification-schema.ts';
import { failedAttempt, fleetOf } from '../../support/fleet.ts';
import { stepMachine } from '../../support/step-machine.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const ENDED: EndedExecution = {
  status: 'ABORTED',
  redriveCount: 0,
  error: '',
  cause: '',
  input: '{}',
};

/** A machine, and what EventBridge says of how its execution ended. */
function given(end: EndedExecution | undefined, tenants = 2) {
  const machine = stepMachine({
    tenants: fleetOf(tenants),
    attempt: () => failedAttempt('TableExists'),
  });
  const { execution } = machine.begin();
  const notify = async (one: (typeof machine.told)[number]) => void machine.told.push(one);
  const parts = { store: machine.store, notify, now: () => machine.clock.at };
  const told = () =>
    tellEnd({ execution }, { ...parts, executions: { describeEnd: async () => end } });
  const heard = () =>
    machine.told
      .map((one) => notificationSchema.strict().parse(JSON.parse(JSON.stringify(one))))
      .filter(({ change }) => change !== 'started');
  return { machine, execution, parts, told, heard };
}

describe('the end of an execution that no state has told', () => {
  it.each([
    [{ status: 'ABORTED', cause: 'wrong day' } as const, 'stopped', 'The reason given: wrong day'],
    [{ status: 'TIMED_OUT' } as const, 'failed', 'took longer than it may (runTimeout)'],
    [
      { status: 'FAILED', error: 'CentralDatabaseUnreachable', cause: 'No answer.' } as const,
      'failed',
      'CentralDatabaseUnreachable: No answer.',
    ],
  ])('an execution with %j is told as %s, with what to do', async (end, change, words) => {
    const { machine, told, heard } = given({ ...ENDED, ...end });
    await machine.open({});
    expect(await told()).toEqual({ told: true });
    const [one] = heard();
    expect(one).toMatchObject({ change, id: `run-1/0-0-0-0/${change}` });
    expect(one?.text).toContain(words);
    expect(one?.text).toMatch(/Redrive|migrate:retry run-1/);
  });

  it('an event that comes twice is told under one id', async () => {
    const { machine, told, heard } = given(ENDED);
    await machine.open({});
    await told();
    await told();
    expect(new Set(heard().map(({ id }) => id)).size).toBe(1);
  });

  it('an execution whose states have told its end is not told again', async () => {
    const { machine, told, heard } = given({ ...ENDED, status: 'FAILED' });
    await rejectionOf(machine.run({}));
    expect(heard().map(({ change }) => change)).toEqual(['failed']);
    expect(await told()).toEqual({ told: false });
    expect(heard()).toHaveLength(1);
  });

  it('an execution that fails once more after a redrive is told again', async () => {
    const { machine, told, heard } = given({ ...ENDED, redriveCount: 1 });
    await rejectionOf(machine.run({}));
    expect(await told()).toEqual({ told: true });
    expect(heard().map(({ change }) => change)).toEqual(['failed', 'stopped']);
  });

  it.each(['closing', 'event'])(
    'an execution that is stopped and closed is told once, whichever of both is first: the %s',
    async (first) => {
      const { machine, execution, parts, told, heard } = given(ENDED);
      await rejectionOf(machine.run({ waves: [{ tenants: ['tenant-000'] }] }));
      machine.store.runs.get('run-1')?.ends.clear();
      machine.told.length = 0;
      const close = () => closeRun({ execution }, { ...parts, renderReport: () => '' });
      if (first === 'event') await told();
      await close();
      if (first === 'closing') await told();
      expect(heard().map(({ change }) => change)).toEqual(['stopped']);
    },
  );

  it('a run that was refused before it was opened is told, and a plan never is', async () => {
    const refused = given({ ...ENDED, status: 'FAILED', error: 'RequestInvalid', cause: 'No.' });
    await refused.told();
    expect(refused.heard()).toMatchObject([{ change: 'failed', runId: 'run-1' }]);
    const plan = given({ ...ENDED, status: 'FAILED', input: '{"command":"plan"}' });
    expect(await plan.told()).toEqual({ told: false });
    expect(plan.heard()).toEqual([]);
  });

  it('an execution that was redriven since is not told', async () => {
    const { machine, told, heard } = given(undefined);
    await machine.open({});
    expect(await told()).toEqual({ told: false });
    expect(heard()).toEqual([]);
  });
});
