import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseResultLine } from '../../../src/core/wire/parse-result-line.ts';
import { failedOutcome, migratedOutcome, refOf } from '../../support/fleet.ts';
import { itemOf } from '../../support/step-run-store-contract.ts';

const before = {
  tries: 3,
  durationMs: 40,
  applied: [{ name: '1_a.js', durationMs: 7 }],
  notes: [{ code: 'ahead', message: 'So it is.' }],
};
const item = itemOf(4, { before });

function child(differing: Record<string, unknown>): string {
  return JSON.stringify({
    ExecutionArn: 'arn:aws:states:eu-west-1:123456789012:execution:m/MigrateTenants:1',
    Input: JSON.stringify({ run: { runId: 'run-1' }, item }),
    InputDetails: { Included: true },
    Name: '1',
    RedriveCount: 0,
    Status: 'FAILED',
    ...differing,
  });
}

function thrown(message: unknown, name = 'TenantFailed'): string {
  const errorMessage = typeof message === 'string' ? message : JSON.stringify(message);
  const cause = { errorType: name, errorMessage, trace: [] };
  return child({ Error: name, Cause: JSON.stringify(cause) });
}

describe('a row', () => {
  it('a row of a child that succeeded is its outcome', () => {
    const outcome = migratedOutcome(4);
    expect(parseResultLine(JSON.stringify(outcome))).toEqual(outcome);
    const whole = child({ Status: 'SUCCEEDED', Output: JSON.stringify(outcome) });
    expect(parseResultLine(whole)).toEqual(outcome);
  });

  it('a row of a failed tenant holds the outcome that was thrown', () => {
    const outcome = failedOutcome(4, { tries: 5 });
    expect(parseResultLine(thrown(outcome))).toEqual(outcome);
    expect(parseResultLine(thrown(outcome, 'TenantFailedRetryable'))).toEqual(outcome);
  });

  it.each([
    ['MigratorTimedOut', { Error: 'Sandbox.Timedout', Cause: 'Task timed out.' }],
    ['MigratorTimedOut', { Error: 'States.Timeout' }],
    ['MigratorTimedOut', { Status: 'TIMED_OUT' }],
    [
      'MigratorOutOfMemory',
      {
        Error: 'Runtime.ExitError',
        Cause: '{"errorMessage":"Runtime exited with error: signal: killed"}',
      },
    ],
    ['MigratorOutOfMemory', { Error: 'Runtime.OutOfMemory' }],
    ['MigratorCrashed', { Error: 'Runtime.ExitError', Cause: 'exit status 1' }],
    ['MigratorCrashed', { Error: 'Lambda.Unknown' }],
    ['MigratorThrottled', { Error: 'Lambda.TooManyRequestsException', Cause: 'Rate exceeded.' }],
    ['MigratorNotReady', { Error: 'Lambda.CodeArtifactUserPendingException' }],
    ['MigratorNotReady', { Error: 'Lambda.ResourceNotReadyException' }],
    ['MigratorNotReady', { Error: 'Lambda.ResourceConflictException' }],
    ['MigratorNotReady', { Error: 'Lambda.ENINotReadyException' }],
    ['MigratorNotReady', { Error: 'Lambda.EC2ThrottledException' }],
    ['MigratorNotReady', { Error: 'Lambda.EC2UnexpectedException' }],
    ['SubnetFull', { Error: 'Lambda.SubnetIPAddressLimitReachedException' }],
    ['NetworkInterfaceLimitReached', { Error: 'Lambda.ENILimitReachedException' }],
    ['LambdaUnavailable', { Error: 'Lambda.ServiceException' }],
    ['LambdaUnavailable', { Error: 'Lambda.SdkClientException' }],
    ['MigratorRefused', { Error: 'Lambda.KMSAccessDeniedException', Cause: 'KMS' }],
    ['MigratorRefused', { Error: 'Lambda.InvalidSubnetIDException' }],
    ['MigratorFailed', { Error: 'TypeError', Cause: '{"errorMessage":"x is not a function"}' }],
    ['MigratorFailed', {}],
  ])('a row of a migrator that could not report the failure is %s: %j', (code, end) => {
    const outcome = parseResultLine(child(end));
    expect(outcome).toMatchObject({
      status: 'failed',
      tenant: refOf(4),
      position: 4,
      tries: 4,
      applied: before.applied,
      notes: before.notes,
      failure: { code, retryable: true, fingerprint: `${code}|||` },
    });
    expect(JSON.stringify(outcome)).not.toContain('ciphertext');
  });

  it('a row of a migrator that could not report has the time at which its child ended', () => {
    const end = { Status: 'TIMED_OUT', StopDate: '2026-11-23T07:00:00.5+01:00' };
    expect(parseResultLine(child(end))).toMatchObject({ finishedAt: '2026-11-23T06:00:00.500Z' });
    expect(parseResultLine(child({ StopDate: 'soon' }))).not.toHaveProperty('finishedAt');
  });

  it('a row counts as a failure even if its statements contain more than is understood', () => {
    const statements = [{ number: 1, text: 'a', standing: 'of a later version' }];
    const outcome = failedOutcome(4);
    const line = JSON.stringify({ ...outcome, failure: { ...outcome.failure, statements } });
    expect(parseResultLine(line)).toEqual(outcome);
  });

  it('a row of a child that was stopped is unknown, and of one that never began skipped', () => {
    expect(parseResultLine(child({ Status: 'ABORTED' }))).toMatchObject({
      status: 'unknown',
      tenant: refOf(4),
      tries: 4,
    });
    for (const Status of ['PENDING', 'PENDING_REDRIVE']) {
      expect(parseResultLine(child({ Status }))).toMatchObject({
        status: 'skipped',
        cause: 'stopped',
        tries: 3,
      });
    }
  });

  it.each([
    ['no outcome', '{"status":"exploded"}'],
    ['nothing', 'null'],
    ['a list', '[]'],
    ['a position that is none', JSON.stringify({ ...migratedOutcome(1), position: -1 })],
    ['a row without its input', child({ Input: undefined })],
    ['an input that was cut', child({ Input: '{"item":{' })],
    ['an input of another machine', child({ Input: '{"tenant":"acme"}' })],
    ['a status of a later version', child({ Status: 'POSTPONED' })],
    ['a success without an output', child({ Status: 'SUCCEEDED' })],
    ['a thrown success', thrown(migratedOutcome(4)).replace('"Input"', '"Other"')],
  ])('a row without a tenant is not a result: %s', (_, line) => {
    expect(parseResultLine(line)).toBeUndefined();
  });

  it('a row that was cut anywhere is refused, or complete', () => {
    const line = thrown(failedOutcome(4));
    fc.assert(
      fc.property(fc.nat({ max: line.length - 1 }), (length) => {
        expect(() => parseResultLine(line.slice(0, length))).toThrow(SyntaxError);
      }),
    );
  });

  it('a row with any content is an outcome, none, or refused, and nothing else', () => {
    const values = fc.oneof(
      fc.json(),
      fc.jsonValue().map((value) => child({ Cause: value })),
    );
    const odd = fc.dictionary(
      fc.constantFrom('Status', 'Input', 'Cause', 'Error', 'Output', 'status', 'position'),
      fc.oneof(fc.json(), fc.jsonValue(), fc.constantFrom('FAILED', 'ABORTED', 'migrated')),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          values,
          odd.map((row) => JSON.stringify(row)),
        ),
        (line) => {
          const outcome = parseResultLine(line);
          if (outcome === undefined) return;
          expect(Number.isInteger(outcome.position)).toBe(true);
          expect(outcome.status).toMatch(/^(migrated|unchanged|failed|skipped|unknown|planned)$/);
        },
      ),
    );
  });
});
