import { describe, expect, test } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import { parseRunRequest } from '../../../src/core/wire/parse-run-request.ts';
import { thrownBy } from '../../support/thrown-by.ts';

describe('parseRunRequest', () => {
  test('parseRunRequest fills in the defaults', () => {
    expect(parseRunRequest({})).toEqual({
      command: 'migrate',
      waves: [],
      maxConcurrency: 50,
      automaticRetries: 0,
      strict: false,
      allowMissing: false,
      lockWaitTimeoutSeconds: 10,
    });
  });

  test('parseRunRequest keeps what is given, and survives its own JSON', () => {
    const request = parseRunRequest({
      command: 'plan',
      waves: [{ tenants: ['acme-corp'], canary: true }, { percentage: 0.5 }],
      hosts: ['db1:3306'],
      maxConcurrency: 10_000,
      maxPerHost: 1,
      toleratedFailurePercentage: 0,
      to: '20250127120000_add_priority_to_tasks',
      strict: true,
      automaticRetries: 10,
      lockWaitTimeoutSeconds: 1,
    });
    expect(parseRunRequest(JSON.parse(JSON.stringify(request)))).toEqual(request);
  });

  test.each([
    ['nothing', undefined, 'A request is a JSON object, not undefined.'],
    ['a list', [], 'A request is a JSON object, not [].'],
    [
      'a misspelt key',
      { maxConcurency: 3 },
      '"maxConcurency" is not a key of a request. Did you mean "maxConcurrency"?',
    ],
    ['a strange key', { '\u001b[31m': 1 }, '"\\u001b[31m" is not a key of a request.'],
    [
      'another command',
      { command: 'drop' },
      '"command" is "drop"; it must be "migrate", "plan" or "rollback".',
    ],
    [
      'no concurrency',
      { maxConcurrency: 0 },
      '"maxConcurrency" is 0; it must be a whole number from 1 to 10,000, or "auto".',
    ],
    [
      'a number as text',
      { maxPerHost: '2' },
      '"maxPerHost" is "2"; it must be a whole number from 1 to 1,000.',
    ],
    [
      'more than all failures',
      { toleratedFailurePercentage: 101 },
      '"toleratedFailurePercentage" is 101; it must be a number from 0 to 100.',
    ],
    [
      'no tenants, which must not mean all',
      { tenants: [] },
      '"tenants" is []; it must be a list of 1 to 1,000 slugs or ids.',
    ],
    [
      'both tolerances',
      { toleratedFailureCount: 1, toleratedFailurePercentage: 1 },
      '"toleratedFailureCount" and "toleratedFailurePercentage" exclude each other: give one.',
    ],
    [
      'tenants and an earlier run',
      { tenants: ['acme-corp'], retryOf: 'run-1' },
      '"tenants" and "retryOf" exclude each other: give one.',
    ],
    ['another start', { ifRunning: 'wait' }, '"ifRunning" is "wait"; it must be "run" or "skip".'],
    ['a null', { to: null }, /^"to" is null; it must be the id of a migration/],
    ['a wave of nothing', { waves: [{}] }, /^"waves" is \[\{\}\]; it must be a list of waves/],
    [
      'a wave of everything',
      { waves: [{ tenants: ['a'], percentage: 5 }] },
      /^"waves" is .*; it must be a list of waves/,
    ],
    ['an empty wave', { waves: [{ percentage: 0 }] }, /^"waves" is .*above 0 and at most 100/],
    ['an unknown key of a wave', { waves: [{ percent: 5 }] }, /^"waves" is \[\{"percent":5\}\]/],
    ['a rollback of nothing', { command: 'rollback' }, /^A rollback needs "run", "steps" or "to"/],
    [
      'a rollback of two extents',
      { command: 'rollback', run: 'r', steps: 1 },
      /^"run" and "steps"/,
    ],
    ['no step', { command: 'rollback', steps: 0 }, /^"steps" is 0; it must be a whole number from/],
    ['steps of a migration', { steps: 1 }, /^"steps" goes with "command": "rollback" only/],
    [
      'a run of a plan',
      { command: 'plan', run: 'r' },
      /^"run" goes with "command": "rollback" only/,
    ],
    [
      'a migration that rolls back',
      { rollback: true, to: 'x' },
      /^"rollback" goes with "command": "plan" only/,
    ],
    [
      'more looks between waves than an execution has room for',
      {
        waves: Array.from({ length: 90 }, () => ({ percentage: 1 })),
        automaticRetries: 1,
        bakeMinutes: 60,
        watch: { alarms: ['api-5xx'] },
      },
      '"waves" has 90 and "automaticRetries" is 1: that may be 184 rounds, which count as 548 with what holds the waves between them, and a run may have 500.',
    ],
    [
      'more rounds than an execution has room for',
      { waves: Array.from({ length: 44 }, () => ({ percentage: 1 })), automaticRetries: 10 },
      '"waves" has 44 and "automaticRetries" is 10: that may be 506 rounds, and a run may have 500.',
    ],
  ])('parseRunRequest refuses %s', (_, input, message) => {
    const error = thrownBy(() => parseRunRequest(input));
    expect(error).toBeInstanceOf(FanfoldError);
    expect(error).toMatchObject({ code: 'RequestInvalid', fault: 'usage' });
    expect((error as FanfoldError).message).toMatch(message);
  });

  test.each([
    { command: 'rollback', run: 'run-1' },
    { command: 'rollback', to: '20250127120000_x', tenants: ['acme'] },
    { command: 'plan', rollback: true, steps: 2 },
    { waves: Array.from({ length: 100 }, () => ({ percentage: 0.5 })) },
    { waves: [{ percentage: 5 }], automaticRetries: 10 },
  ])('parseRunRequest accepts %j', (input) => {
    expect(parseRunRequest(input)).toMatchObject(input);
  });

  test('parseRunRequest refuses 1,001 tenants, and does not print them all', () => {
    const tenants = Array.from({ length: 1_001 }, (_, index) => `tenant-${index}`);
    const error = thrownBy(() => parseRunRequest({ tenants })) as FanfoldError;
    expect(error.message).toMatch(
      /^"tenants" is \["tenant-0",.*…; it must be a list of 1 to 1,000/,
    );
    expect(error.message.length).toBeLessThan(250);
  });

  test('parseRunRequest names every problem at once, and lists the keys', () => {
    const error = thrownBy(() =>
      parseRunRequest({ strict: 'yes', retries: 1, tenants: ['', 3] }),
    ) as FanfoldError;
    expect(error.message.split('\n').map((line) => line.split(' ')[0])).toEqual([
      '"tenants"',
      '"strict"',
      '"retries"',
    ]);
    expect(error.nextStep).toContain('automaticRetries');
    // Every key of this one is known.
    const wrongValue = thrownBy(() => parseRunRequest({ timeZone: 'Europe/Atlantis' }));
    expect(wrongValue).toHaveProperty('nextStep', 'Correct the request; nothing was changed.');
  });
});
