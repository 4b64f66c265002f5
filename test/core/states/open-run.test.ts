import { describe, expect, it } from 'vitest';
import type { OtherExecution } from '../../../src/core/states/step-ports.ts';
import { openRunResultSchema } from '../../../src/core/wire/step-schemas.ts';
import { stepMachine } from '../../support/step-machine.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const other = (differing: Partial<OtherExecution> = {}): OtherExecution => ({
  arn: 'arn:aws:states:eu-west-1:123456789012:execution:acme:deploy-1',
  name: 'deploy-1',
  startedAt: '2026-11-23T04:00:00.000Z',
  ...differing,
});

describe('an execution', () => {
  it('an execution keeps its request with the defaults of the stack and of the schema', async () => {
    const machine = stepMachine();
    const defaults = { maxConcurrency: 20, strict: true, toleratedFailurePercentage: 5 };
    const opened = await machine.open({ maxPerHost: 3 }, undefined, defaults);
    expect(openRunResultSchema.parse(opened)).toEqual({
      decision: 'RUN',
      message: 'Run run-1 is kept in memory:run-1.',
      round: {
        wave: 1,
        round: 1,
        members: 'wave',
        automatic: 0,
        retriesFrom: 1,
        failedElsewhere: 0,
      },
    });
    expect(machine.store.runs.get('run-1')?.record).toMatchObject({
      id: 'run-1',
      startedAt: '2026-11-23T05:57:12.000Z',
      execution: { startedAt: '2026-11-23T05:57:12.000Z' },
      request: { maxPerHost: 3, ...defaults, automaticRetries: 0 },
    });
  });

  it('a default of the stack does not contradict an execution', async () => {
    const machine = stepMachine();
    await machine.open({ toleratedFailureCount: 3 }, undefined, { toleratedFailurePercentage: 5 });
    const { request } = machine.store.runs.get('run-1')?.record ?? {};
    expect(request).toMatchObject({ toleratedFailureCount: 3 });
    expect(request).not.toHaveProperty('toleratedFailurePercentage');
  });

  it('an execution that retries a run takes over its request, and not the defaults of the stack', async () => {
    const machine = stepMachine();
    await machine.open({ maxConcurrency: 7, ifRunning: 'skip', tenants: ['tenant-001'] });
    const retry = machine.begin('run-2');
    const asked = { retryOf: 'run-1', strict: true };
    await machine.open(asked, retry, { maxConcurrency: 20, automaticRetries: 4 });
    const { request } = machine.store.runs.get('run-2')?.record ?? {};
    expect(request).toMatchObject({ ...asked, maxConcurrency: 7, automaticRetries: 0 });
    expect(request).not.toHaveProperty('tenants');
    expect(request?.ifRunning).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ['an unknown key', { maxConcurency: 3 }, 'Did you mean "maxConcurrency"?'],
    ['a negative number', { toleratedFailureCount: -1 }, '"toleratedFailureCount" is -1'],
    ['no concurrency', { maxConcurrency: 0 }, 'a whole number from 1 to 10,000'],
    ['tenants and a run', { tenants: ['a'], retryOf: 'run-1' }, 'exclude each other'],
    ['a list', [], 'A request is a JSON object'],
    ['nothing', null, 'A request is a JSON object'],
  ])('an execution with %s fails before there is a run', async (_, request, message) => {
    const machine = stepMachine();
    expect(await rejectionOf(machine.open(request))).toMatchObject({
      code: 'RequestInvalid',
      message: expect.stringContaining(message),
    });
    expect(machine.store.runs.size).toBe(0);
  });

  it('an execution with the name of another one fails', async () => {
    const machine = stepMachine();
    await machine.open({});
    const again = machine.begin();
    const execution = { ...again.execution, startedAt: '2027-03-01T00:00:00.000Z' };
    expect(await rejectionOf(machine.open({}, { ...again, execution }))).toMatchObject({
      code: 'RunExists',
    });
  });

  it('an execution that is invoked again keeps its first reading of the surroundings', async () => {
    const others: OtherExecution[] = [];
    const machine = stepMachine({ others });
    await machine.open({ maxConcurrency: 7 });
    others.push(other());
    const opened = await machine.open({ maxConcurrency: 7 });
    expect(opened.message).not.toContain('deploy-1');
    expect(machine.store.runs.get('run-1')?.record).not.toHaveProperty('notes');
  });
});

describe('beside another execution', () => {
  it.each<[string, Partial<OtherExecution>, string]>([
    ['leaves the work to one that began before it', {}, 'DONE'],
    ['does not give way to one that gives way to it', { startedAt: '2026-11-23T06:00:00Z' }, 'RUN'],
    ['goes on as the first by name of two', { startedAt: '2026-11-23T05:57:12Z' }, 'DONE'],
    ['gives way as the second by name', { startedAt: '2026-11-23T05:57:12Z', arn: 'z' }, 'RUN'],
  ])(
    'a run beside another execution is skipped on request if %s',
    async (_, differing, decision) => {
      const machine = stepMachine({ others: [other(differing)] });
      const opened = await machine.open({ ifRunning: 'skip' });
      expect(opened.decision).toBe(decision);
      expect(machine.store.runs.size).toBe(decision === 'RUN' ? 1 : 0);
      if (decision === 'DONE') {
        expect(opened.message).toBe(
          `Nothing was done: execution deploy-1 has been running since ${other(differing).startedAt}, and "ifRunning" is "skip".`,
        );
      }
    },
  );

  it('a run beside another execution starts by default with a warning that names some of many', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const machine = stepMachine({ others: names.map((name) => other({ name })) });
    const { decision, message } = await machine.open({});
    expect(decision).toBe('RUN');
    expect(message).toContain('Another run was under way at the same time: a, b, c, ….');
  });

  it('a run warns about a quota that is too low, and not about one that is sufficient or unknown', async () => {
    const low = await stepMachine({ quota: 10 }).open({ maxConcurrency: 50 });
    expect(low.message).toContain('may run 10 functions at a time, and "maxConcurrency" is 50');
    for (const quota of [50, Number.POSITIVE_INFINITY]) {
      const { message } = await stepMachine({ quota }).open({ maxConcurrency: 50 });
      expect(message).not.toContain('quota');
    }
  });
});
