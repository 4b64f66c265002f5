import { describe, expect, it, test } from 'vitest';
import type { RunRequest } from '../../../src/core/request.ts';
import { checkRollout, type RolloutPlace } from '../../../src/core/rollout/check-rollout.ts';
import { requestOf } from '../../support/fleet.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const NOW = Date.parse('2026-11-30T12:00:00Z');
const HERE: RolloutPlace = { runsOn: 'process', now: NOW };
const ON_AWS: RolloutPlace = { runsOn: 'aws', now: NOW, limitMs: 168 * 3_600_000 };

function refused(request: Partial<RunRequest>, place = HERE): string {
  const error = thrownBy(() => checkRollout(requestOf(request), place));
  expect(error).toMatchObject({ code: 'RequestInvalid', fault: 'usage' });
  return (error as Error).message;
}

describe('a rollout at the door', () => {
  it('a rollout that can complete is accepted', () => {
    const request = requestOf({
      bakeMinutes: 30,
      windows: ['mon-fri 22:00-06:00'],
      freezes: ['2026-12-20..2027-01-05'],
      timeZone: 'Europe/Berlin',
      approval: 'canary',
    });
    expect(() => checkRollout(request, HERE)).not.toThrow();
    expect(() => checkRollout(request, ON_AWS)).not.toThrow();
  });

  test.each([
    [
      'windows that never open',
      { windows: ['0 0 31 2 * for 8h'] },
      HERE,
      /leave no time to begin within 400 days/,
    ],
    [
      'a freeze over every window',
      { windows: ['mon 10:00-11:00'], freezes: ['mon 00:00-24:00'] },
      HERE,
      /leave no time/,
    ],
    [
      'a cron expression that does not exist',
      { windows: ['0 25 * * * for 1h'] },
      HERE,
      /"windows" has "0 25 \* \* \* for 1h": .*hour/,
    ],
    [
      'a freeze longer than the run',
      { freezes: ['2026-11-20..2026-12-20'] },
      ON_AWS,
      /it may take 168 hours/,
    ],
    [
      'a bake longer than the run',
      { bakeMinutes: 10_080 },
      ON_AWS,
      /"bakeMinutes" is 10080, and the run may take 168 hours/,
    ],
    [
      'an approval later than the run',
      { approval: 'waves', approvalHours: 200 },
      ON_AWS,
      /"approvalHours" is 200/,
    ],
    [
      'alarms in one process',
      { watch: { alarms: ['api-5xx'] } },
      HERE,
      /only a run on AWS asks CloudWatch/,
    ],
    ['a command on AWS', { watch: { command: 'true' } }, ON_AWS, /a run on AWS has no shell/],
  ] as const)('a rollout is refused with %s', (_, request, place, expected) => {
    expect(refused(request, place)).toMatch(expected);
  });

  it('a configuration with a command and alarms is accepted in both places', () => {
    const request = requestOf({ watch: { command: './healthy.sh', alarms: ['api-5xx'] } });
    expect(() => checkRollout(request, HERE)).not.toThrow();
    expect(() => checkRollout(request, ON_AWS)).not.toThrow();
  });

  it.each(['plan', 'rollback'] as const)(
    'a %s is accepted with windows that never open, because it is never held',
    (command) => {
      const request = requestOf({ command, windows: ['0 0 31 2 * for 8h'] });
      expect(() => checkRollout(request, HERE)).not.toThrow();
    },
  );
});
