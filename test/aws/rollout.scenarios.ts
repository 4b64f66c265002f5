import {
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, inject, it } from 'vitest';
import { runCliProcess, startCli } from '../cli/support/spawn-cli.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { deployedStack } from './support/scenario.ts';
import { until } from './support/until.ts';

const { clients, executions, fleet, summary, object } = deployedStack();
const { environment, stack } = inject('aws');

/** Three tenants of which the first is a canary. */
async function canaryFleet() {
  const { tenants, migrated } = await fleet(3);
  const slugs = tenants.map(({ slug }) => slug);
  return { slugs, migrated, waves: [{ tenants: [slugs[0]] }] };
}

async function fanfold(...argv: readonly string[]) {
  return runCliProcess([...argv, '--aws', stack.stackName], {
    cwd: await fixtureFolder(),
    env: environment,
  });
}

async function entered(arn: string): Promise<string[]> {
  const events = await executions.history(arn);
  return events.flatMap(({ stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? []);
}

const waitsForApproval = (arn: string, times = 1) =>
  until(async () => {
    const events = await executions.history(arn);
    return events.filter(({ type }) => type === 'TaskSubmitted').length >= times;
  });

/** A span of whole days, so many days from today. */
function daysFromNow(from: number, to: number): string {
  const day = (days: number) =>
    new Date(Date.now() + days * 86_400_000).toISOString().slice(0, '2026-12-01'.length);
  return `${day(from)}..${day(to)}`;
}

const rolloutOf = async (runId: string) => JSON.parse(await object(`runs/${runId}/rollout.json`));

describe('an approval', () => {
  it('a run that waits is followed, approved from another terminal, and ends with all tenants', async () => {
    const { slugs, migrated } = await canaryFleet();
    const following = startCli(
      [
        'migrate:all-tenants',
        '--canary',
        String(slugs[0]),
        '--approval',
        'canary',
        '--bake',
        '2s',
        '--aws',
        stack.stackName,
      ],
      { cwd: await fixtureFolder(), env: environment },
    );
    await until(async () => following.stdout.includes('Wave 2 waits for an approval.'));
    expect(following.stdout).toContain('Wave 2 waits for the bake of 2.0 s.');
    const [, runId = ''] = /fanfold approve (\S+) --why/.exec(following.stdout) ?? [];
    expect(await migrated()).toEqual([slugs[0]]);

    const approved = await fanfold('approve', 'last', '--why', 'the canary is fine');
    expect(approved.stdout).toBe(`✅ Wave 2 of run ${runId} is approved and begins.\n`);
    const twice = await fanfold('approve', runId, '--why', 'once more');
    expect(twice.exitCode).toBe(2);
    expect(twice.stderr).toMatch(/does not wait for an\s+approval/);
    const { stdout, exitCode } = await following.ended;
    expect(stdout.replace(/\s+/g, ' ')).toMatch(
      /👍 Wave 2 was approved by arn:aws:\S+: the canary is fine/,
    );
    expect(stdout).toContain('✅ Successful: 3\n');
    expect(exitCode).toBe(0);
    expect(await rolloutOf(runId)).toEqual({
      decisions: [
        expect.objectContaining({ wave: 2, verdict: 'approved', why: 'the canary is fine' }),
      ],
    });
    const late = await fanfold('reject', runId, '--why', 'too late');
    expect(late.stderr).toMatch(/it has ended/);
    expect(late.exitCode).toBe(2);
  });

  it('a run that is rejected leaves the others, a redrive asks again, and one input rolls it back', async () => {
    const { slugs, migrated, waves } = await canaryFleet();
    const arn = await executions.start({ waves, approval: 'canary' });
    await waitsForApproval(arn);
    const rejected = await fanfold('reject', 'last', '--why', 'checkout is slow');
    expect(rejected.exitCode).toBe(0);
    const run = await executions.ended(arn);
    expect(run).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(run.cause).toMatch(/rejected by arn:aws:.*: checkout is slow/);
    expect(run.cause).toContain(`{\\"command\\": \\"rollback\\", \\"run\\": \\"${run.name}\\"}`);
    expect(await migrated()).toEqual([slugs[0]]);
    expect(await summary(run.name)).toMatchObject({ counts: { migrated: 1, skipped: 2 } });

    const redriven = executions.redrive(arn);
    await waitsForApproval(arn, 2);
    await fanfold('reject', run.name, '--why', 'still slow');
    expect(await redriven).toMatchObject({ status: 'FAILED', redriveCount: 1 });
    expect((await rolloutOf(run.name)).decisions.map(({ why }: { why: string }) => why)).toEqual([
      'checkout is slow',
      'still slow',
    ]);
    const rollback = await executions.run({ command: 'rollback', run: run.name, allowEmpty: true });
    expect(rollback).toMatchObject({ status: 'SUCCEEDED', output: { counts: { reverted: 1 } } });
  });

  it('a run that nobody approves ends, and its retry asks before its first wave', async () => {
    const { migrated, waves } = await canaryFleet();
    const run = await executions.run({ waves, approval: 'canary', approvalHours: 0.0005 });
    expect(run).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(run.cause).toContain('Nobody approved wave 2 in time');
    const late = await fanfold('approve', run.name, '--why', 'too late');
    expect(late.exitCode).toBe(2);

    const retry = await executions.start({ retryOf: run.name, approvalHours: 1 });
    await waitsForApproval(retry);
    expect(await entered(retry)).not.toContain('ListTenants');
    await fanfold('approve', 'last', '--why', 'now it is fine');
    expect(await executions.ended(retry)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await migrated()).toHaveLength(3);
  });

  it('a run that is stopped while it waits is closed, and a redrive waits with a new token', async () => {
    const { waves } = await canaryFleet();
    const arn = await executions.start({ waves, approval: 'canary' });
    await waitsForApproval(arn);
    const stopped = await fanfold('stop', 'last');
    expect(stopped.stdout).toContain('⏩ Skipped: 2');
    const redriven = executions.redrive(arn);
    await waitsForApproval(arn, 2);
    await fanfold('approve', 'last', '--why', 'fine');
    expect(await redriven).toMatchObject({
      status: 'SUCCEEDED',
      output: { counts: { migrated: 3 } },
    });
  });
});

describe('alarms and windows', () => {
  it('an alarm that goes off during the bake ends the run, and a redrive looks again', async () => {
    const { slugs, migrated, waves } = await canaryFleet();
    await clients.cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: 'api-5xx',
        ...{ Namespace: 'Api', MetricName: '5xx', Statistic: 'Sum', Period: 60 },
        ...{ EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' },
      }),
    );
    const set = (StateValue: 'OK' | 'ALARM') =>
      clients.cloudWatch.send(
        new SetAlarmStateCommand({ AlarmName: 'api-5xx', StateValue, StateReason: 'test' }),
      );
    const request = { waves, bakeMinutes: 0.02, watch: { alarms: ['api-5xx'] } };
    // A new alarm has no data, and nobody knows whether all is well.
    const blind = await executions.run(request);
    expect(blind).toMatchObject({ status: 'FAILED' });
    expect(blind.cause).toContain('api-5xx has no data');
    expect(await migrated()).toEqual([slugs[0]]);

    await set('ALARM');
    expect((await executions.redrive(blind.arn)).cause).toContain('api-5xx is in alarm');
    expect(await migrated()).toEqual([slugs[0]]);
    await set('OK');
    const redriven = await executions.redrive(blind.arn);
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 3 } } });
    expect(await entered(blind.arn)).toEqual(expect.arrayContaining(['Hold', 'Bake', 'Watch']));
  });

  it('a wave begins when its window opens, and nothing else is touched until then', async () => {
    const { migrated, waves } = await canaryFleet();
    // A freeze until the next full minute but one.
    const end = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 60_000);
    const minute = (at: Date) => at.toISOString().slice(0, 16);
    const freeze = `${minute(new Date(end.getTime() - 86_400_000))}..${minute(end)}`;
    const arn = await executions.start({ waves, freezes: [freeze] });
    await until(async () => (await entered(arn)).includes('AwaitWindow'));
    expect(await migrated()).toEqual([]);
    const run = await executions.ended(arn);
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 3 } } });
    expect(Date.now()).toBeGreaterThanOrEqual(end.getTime());
  });

  it('a wave that bakes cannot be approved yet, and an alarm that is deleted meanwhile ends the run', async () => {
    const { slugs, migrated, waves } = await canaryFleet();
    const AlarmName = 'checkout-latency';
    await clients.cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName,
        ...{ Namespace: 'Shop', MetricName: 'latency', Statistic: 'Average', Period: 60 },
        ...{ EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' },
      }),
    );
    await clients.cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName, StateValue: 'OK', StateReason: 'test' }),
    );
    const request = { waves, bakeMinutes: 0.4, watch: { alarms: [AlarmName] }, approval: 'canary' };
    const arn = await executions.start(request);
    await until(async () => (await entered(arn)).includes('Bake'));
    const early = await fanfold('approve', arn, '--why', 'looks fine');
    expect(early.exitCode).toBe(2);
    expect(early.stderr.replace(/\s+/g, ' ')).toMatch(
      /does not wait for an approval: Wave 2 waits for the bake/,
    );
    await clients.cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [AlarmName] }));
    const run = await executions.ended(arn);
    expect(run).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(run.cause).toContain('The alarm checkout-latency does not exist any more.');
    expect(await migrated()).toEqual([slugs[0]]);
  });

  it.each([
    [{ watch: { alarms: ['no-such-alarm'] } }, 'AlarmUnknown', 'no-such-alarm does not exist'],
    [{ windows: ['0 0 31 2 * for 8h'] }, 'RequestInvalid', 'leave no time to begin'],
    [{ freezes: ['2020-01-01..2099-01-01'] }, 'RequestInvalid', 'leave no time to begin'],
    // A run may take a week.
    [{ freezes: [daysFromNow(-1, 10)] }, 'RequestInvalid', 'it would end before'],
    [{ timeZone: 'Europe/Atlantis' }, 'RequestInvalid', 'IANA time zone'],
    [{ watch: { command: 'true' } }, 'RequestInvalid', 'a run on AWS has no shell'],
  ])('a run is refused at its first state with %j', async (request, error, cause) => {
    const { migrated } = await fleet(1);
    const run = await executions.run(request);
    expect(run).toMatchObject({ status: 'FAILED', error });
    expect(run.cause).toContain(cause);
    expect(await migrated()).toEqual([]);
  });
});

describe('a run that nothing holds', () => {
  it('a run that nothing holds enters none of the states that hold a wave', async () => {
    const { waves } = await canaryFleet();
    const run = await executions.run({ waves });
    const states = await entered(run.arn);
    for (const state of ['Hold', 'Bake', 'AwaitWindow', 'AwaitApproval', 'Watch']) {
      expect(states).not.toContain(state);
    }
  });
});
