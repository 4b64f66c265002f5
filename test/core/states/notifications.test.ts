import { expect, it } from 'vitest';
import { notificationSchema } from '../../../src/core/wire/notification-schema.ts';
import { failedAttempt, fleetOf, migratedAttempt } from '../../support/fleet.ts';
import { stepMachine } from '../../support/step-machine.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const waves = [{ tenants: ['tenant-000'] }, { percentage: 50 }];

/** Each once, as a receiver has them that drops an id which it has seen. */
function heard({ told }: ReturnType<typeof stepMachine>) {
  return [...new Map(told.map((one) => [one.id, notificationSchema.strict().parse(one)])).values()];
}

function changes(machine: ReturnType<typeof stepMachine>): string[] {
  return heard(machine).map(({ change, wave }) => (wave ? `${change} ${wave}` : change));
}

it.each([1, 2])(
  'an execution whose states are invoked %i times tells each change under one id',
  async (invocations) => {
    const machine = stepMachine({ tenants: fleetOf(4), invocations });
    await machine.run({ waves });
    expect(changes(machine)).toEqual([
      'started',
      'wave-done 1',
      'wave-done 2',
      'wave-done 3',
      'done',
    ]);
    expect(heard(machine)[1]).toMatchObject({
      id: 'run-1/0-1-1-0/wave-done',
      fleet: 'acme',
      executionArn: 'arn:aws:states:eu-west-1:123456789012:execution:acme:run-1',
      waves: 3,
      canary: true,
      counts: { migrated: 1 },
      text: expect.stringMatching(/^🌊 acme: run run-1 has finished the canary, wave 1 of 3\.\n/),
    });
  },
);

it.each([1, 2])(
  'an execution that fails, is redriven and fails again tells each of these once, invoked %i times',
  async (invocations) => {
    let isBroken = true;
    const machine = stepMachine({
      tenants: fleetOf(4),
      attempt: (slug) =>
        isBroken && slug === 'tenant-002' ? failedAttempt('TableExists') : migratedAttempt,
      invocations,
    });
    const execution = machine.begin();
    await rejectionOf(machine.run({}, execution));
    await rejectionOf(machine.redrive(execution));
    isBroken = false;
    await machine.redrive(execution);
    expect(changes(machine)).toEqual([
      'started',
      'failed',
      'resumed 1',
      'failed',
      'resumed 1',
      'done',
    ]);
    const [, failed] = heard(machine);
    expect(failed).toMatchObject({
      counts: { migrated: 3, failed: 1 },
      causes: [{ code: 'TableExists', examples: ['tenant-002'] }],
      nextStep: expect.stringContaining('press Redrive'),
    });
    expect(failed).not.toHaveProperty('reason');
  },
);

it('an execution whose canary fails says why the others were not started', async () => {
  const attempt = () => failedAttempt('TableExists');
  const machine = stepMachine({ tenants: fleetOf(4), attempt });
  await rejectionOf(machine.run({ waves }));
  expect(changes(machine)).toEqual(['started', 'failed']);
  expect(heard(machine)[1]?.reason).toBe(
    'The canary tenant failed, so the other waves were not started.',
  );
});

it('an execution that gives way to another one, or only plans, tells nothing', async () => {
  const others = [{ arn: 'a', name: 'deploy-1', startedAt: '2026-11-23T04:00:00.000Z' }];
  const inTheWay = stepMachine({ others });
  await inTheWay.open({ ifRunning: 'skip' });
  const planning = stepMachine();
  await planning.run({ command: 'plan' });
  expect([inTheWay.told, planning.told]).toEqual([[], []]);
});

it('an execution that retries a run names it', async () => {
  const machine = stepMachine();
  await machine.open({});
  await machine.open({ retryOf: 'run-1' }, machine.begin('run-2'));
  expect(heard(machine)[1]).toMatchObject({ runId: 'run-2', change: 'started', retryOf: 'run-1' });
});
