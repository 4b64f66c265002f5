import { describe, expect, it } from 'vitest';
import type { ControlWatch } from '../../../src/core/backfill/run-control.ts';
import { type Bundle, bundleUpTo, createBundle } from '../../../src/core/bundle/bundle.ts';
import type { Attempt, AttemptTenant } from '../../../src/core/migrate/attempt.ts';
import { failedOutcomeText } from '../../../src/core/states/failed-outcome-text.ts';
import { type ItemResult, migrateItem } from '../../../src/core/states/migrate-item.ts';
import { parseResultLine } from '../../../src/core/wire/parse-result-line.ts';
import {
  migrateTenantContinueSchema,
  migrateTenantEventSchema,
} from '../../../src/core/wire/step-schemas.ts';
import { bytesOf } from '../../../src/core/wording/cut-to-bytes.ts';
import {
  failedAttempt,
  failedOutcome,
  failureNamed,
  migratedAttempt,
  ONE_APPLIED,
  unchangedAttempt,
} from '../../support/fleet.ts';
import { FIRST, migrationOf, SECOND } from '../../support/step-machine.ts';
import { itemOf } from '../../support/step-run-store-contract.ts';

const bundle = createBundle([FIRST, SECOND]);
const SINCE = '2026-11-23T06:00:00.000Z';

interface Given {
  readonly attempt?: Attempt | AttemptTenant;
  readonly event?: Record<string, unknown>;
  readonly request?: Record<string, unknown>;
  readonly deployed?: Bundle;
  readonly bundleHash?: string;
  readonly hours?: number;
  readonly maxHours?: number;
  readonly stack?: string;
  readonly control?: Partial<ControlWatch>;
}

function invoke({ attempt = migratedAttempt, hours = 0, ...given }: Given = {}) {
  let at = Date.parse(SINCE) + hours * 3_600_000;
  const event = migrateTenantEventSchema.parse({
    run: {
      runId: 'run-1',
      bundleHash: given.bundleHash ?? bundle.hash,
      request: given.request ?? {},
    },
    item: itemOf(3),
    retryCount: 0,
    ...given.event,
  });
  const attemptTenant: AttemptTenant = async (tenant, context) => {
    at += 25;
    return typeof attempt === 'function' ? attempt(tenant, context) : attempt;
  };
  return migrateItem(event, {
    attemptTenant,
    bundle: given.deployed ?? bundle,
    now: () => at,
    random: () => 0.999,
    pause: () => false,
    maxHoursPerTenant: given.maxHours ?? 24,
    stack: given.stack,
    ...(given.control !== undefined && { watchControl: () => watchOf(given.control) }),
  });
}

function watchOf(control: Partial<ControlWatch> = {}): ControlWatch {
  const now = { isPaused: false };
  const first = Promise.resolve();
  const idle = { resumed: async () => {}, onChange: () => () => {}, end: () => {} };
  return { now, first, problem: undefined, ...idle, ...control };
}

/** The input that the state machine would pass to the next invocation. */
function continued(result: ItemResult) {
  const value = result.kind === 'returned' ? result.value : undefined;
  return migrateTenantContinueSchema.parse(JSON.parse(JSON.stringify(value)));
}

describe('an attempt', () => {
  it('an attempt that succeeds is returned as the outcome', async () => {
    expect(await invoke()).toEqual({
      kind: 'returned',
      value: {
        status: 'migrated',
        tenant: {
          id: itemOf(3).tenant.id,
          slug: 'tenant-003',
          name: 'Tenant 3',
          database: 'tenant-003_db',
          host: 'db0.example.com:3306',
        },
        wave: 1,
        position: 3,
        tries: 1,
        durationMs: 25,
        finishedAt: '2026-11-23T06:00:00.025Z',
        notes: [],
        applied: [ONE_APPLIED],
      },
    });
  });

  it.each([
    ['TenantFailed', failedAttempt('TableExists')],
    ['TenantFailedRetryable', failedAttempt('ConnectionRefused', true)],
  ])('an attempt that fails is thrown as %s', async (name, attempt) => {
    const result = await invoke({ attempt, event: { retryCount: 2 } });
    expect(result).toMatchObject({ kind: 'thrown', name, outcome: { status: 'failed', tries: 3 } });
    const { message = '' } = result.kind === 'thrown' ? result : {};
    const cause = JSON.stringify({ errorType: name, errorMessage: message, trace: [] });
    expect(
      parseResultLine(JSON.stringify({ Status: 'FAILED', Error: name, Cause: cause })),
    ).toEqual(JSON.parse(message));
    expect(message).not.toContain('ciphertext');
  });

  it('an attempt that fails names the stack in the command that follows', async () => {
    const failed = failedAttempt('ConnectionRefused');
    if (failed.status !== 'failed') throw new Error('It has not failed.');
    const nextStep = 'Look at it: `fanfold migrate:doctor <tenant>`';
    const attempt = { ...failed, failure: { ...failed.failure, nextStep } };
    const result = await invoke({ attempt, stack: 'Prod' });
    const named = { nextStep: 'Look at it: `fanfold migrate:doctor <tenant> --aws Prod`' };
    expect(JSON.parse(result.kind === 'thrown' ? result.message : '')).toMatchObject({
      failure: named,
    });
  });

  it('an attempt that throws is also a failure', async () => {
    const result = await invoke({
      attempt: async () => {
        throw new TypeError('x is not a function');
      },
    });
    expect(result).toMatchObject({
      name: 'TenantFailed',
      outcome: { failure: { code: 'Unexpected' } },
    });
  });

  it('an attempt adds to the results of the rounds before', async () => {
    const before = { tries: 4, durationMs: 100, applied: [ONE_APPLIED], notes: [] };
    const result = await invoke({
      attempt: unchangedAttempt,
      event: { item: itemOf(3, { before }) },
    });
    expect(result).toMatchObject({
      value: { status: 'migrated', tries: 5, durationMs: 125, applied: [ONE_APPLIED] },
    });
  });
});

describe('a tenant that is not done yet', () => {
  // The last column: whether such an attempt is a try of its own.
  it.each<[string, Attempt, number, 0 | 1]>([
    ['was paused', { status: 'continue', applied: [ONE_APPLIED], notes: [] }, 1, 0],
    ['is busy', failedAttempt('TenantBusy', true), 60, 1],
    ['is on a busy host', failedAttempt('TenantHostBusy', true), 60, 0],
    ['came further before it failed', failedAttempt('ConnectionLost', true, [ONE_APPLIED]), 5, 1],
  ])(
    'a tenant that is not done yet is attempted again if it %s',
    async (_, attempt, waitSeconds, tries) => {
      const first = continued(await invoke({ attempt }));
      expect(first).toMatchObject({ waitSeconds, continuation: { since: SINCE, tries } });
      const { continuation } = first;
      const second = continued(await invoke({ attempt, hours: 1, event: { continuation } }));
      expect(second.continuation).toMatchObject({
        ...{ since: SINCE, tries: 2 * tries, durationMs: 50 },
      });
      const last = await invoke({ attempt: unchangedAttempt, event: { continuation } });
      const { applied } = continuation;
      expect(last).toMatchObject({
        value: applied.length > 0 ? { status: 'migrated', applied } : { status: 'unchanged' },
      });
    },
  );

  it('a tenant that is not done yet waits longer the longer it has waited, so that a week fits into one execution', async () => {
    const attempt = failedAttempt('TenantHostBusy', true);
    let hours = 0;
    let rounds = 0;
    let event = {};
    while (hours < 168) {
      const result = await invoke({ attempt, event, hours, maxHours: 168 });
      const { waitSeconds, continuation } = continued(result);
      expect(waitSeconds).toBeLessThanOrEqual(600);
      // As short as it may be.
      hours += (waitSeconds === 60 ? 30 : waitSeconds) / 3_600;
      rounds += 1;
      event = { continuation };
    }
    // Of 25,000, with five for MigrateTenant and two each for Continue? and Wait.
    expect(rounds * 9).toBeLessThan(15_000);
  });

  it('a tenant that is not done yet fails in the end, with the reason for the wait', async () => {
    const { continuation } = continued(
      await invoke({ attempt: failedAttempt('TenantBusy', true) }),
    );
    const result = await invoke({
      attempt: failedAttempt('TenantBusy', true),
      event: { continuation },
      hours: 24,
    });
    expect(result).toMatchObject({
      name: 'TenantFailed',
      outcome: {
        failure: {
          code: 'TenantTookTooLong',
          message: 'It was not done after 24 hours. The last reason: TenantBusy happened.',
          retryable: false,
        },
      },
    });
  });
});

describe('the bundle', () => {
  it('the bundle is handed over with the migrations that the request allows', async () => {
    const cut = bundleUpTo(bundle, FIRST.id);
    let handed: readonly string[] = [];
    await invoke({
      bundleHash: cut?.hash ?? '',
      request: { to: `${FIRST.id}.js` },
      attempt: async (_, context) => {
        handed = context.bundle.migrations.map(({ id }) => id);
        return migratedAttempt;
      },
    });
    expect(handed).toEqual([FIRST.id]);
  });

  it.each([
    ['another checksum', createBundle([FIRST, migrationOf(SECOND.id, 'other')]), {}],
    ['one migration less', createBundle([FIRST]), {}],
    ['not the last one that was asked for', createBundle([FIRST]), { to: SECOND.id }],
  ])(
    'a bundle that was deployed meanwhile with %s fails the tenant untouched',
    async (_, deployed, request) => {
      let attempts = 0;
      const result = await invoke({
        deployed,
        request,
        attempt: async () => {
          attempts += 1;
          return migratedAttempt;
        },
      });
      // Not for the state to try again, but an automatic round would take the new bundle.
      expect(result).toMatchObject({
        name: 'TenantFailed',
        outcome: { tries: 0, failure: { code: 'BundleChanged', retryable: true } },
      });
      expect(attempts).toBe(0);
    },
  );
});

describe('the text of a failed outcome', () => {
  it('the text of a short failed outcome is complete', () => {
    const outcome = failedOutcome(1);
    expect(JSON.parse(failedOutcomeText(outcome))).toEqual(outcome);
    // The console shows it as it is, cut off where it is long.
    const { code, message } = outcome.failure;
    expect(failedOutcomeText(outcome)).toMatch(
      `{"status":"failed","failure":{"code":"${code}","message":"${message}","nextStep":`,
    );
  });

  it('the text of a long failed outcome keeps the facts within 8 KiB', () => {
    const long = '"ä€😀\u0001'.repeat(2_000);
    const outcome = failedOutcome(1, {
      applied: Array.from({ length: 500 }, (_, number) => ({
        name: `${number}_${'m'.repeat(90)}`,
        durationMs: 3,
      })),
      notes: Array.from({ length: 60 }, () => ({ code: 'ahead', message: long })),
      failure: {
        ...failureNamed('TableExists'),
        message: long,
        nextStep: long,
        fingerprint: long,
        statement: { number: 7, text: long },
      },
    });
    const text = failedOutcomeText(outcome);
    expect(bytesOf(text)).toBeLessThanOrEqual(8 * 1024);
    const short = parseResultLine(text);
    expect(short).toMatchObject({
      status: 'failed',
      position: 1,
      failure: { code: 'TableExists', statement: { number: 7 } },
    });
  });

  it('the text of a failed outcome keeps the states of the statements of a half-applied migration rather than their texts', () => {
    const statements = Array.from({ length: 20 }, (_, index) => ({
      number: index + 1,
      text: '`'.repeat(120),
      now: '"'.repeat(120),
      standing: 'not known' as const,
    }));
    const message = 'word '.repeat(500);
    const failure = { ...failureNamed('HalfApplied'), message, nextStep: message, statements };
    const text = failedOutcomeText(failedOutcome(1, { failure }));
    expect(bytesOf(text)).toBeLessThanOrEqual(8 * 1024);
    const outcome = parseResultLine(text);
    const kept = outcome?.status === 'failed' ? outcome.failure.statements : undefined;
    expect(kept?.map(({ number, standing }) => [number, standing])).toEqual(
      statements.map(({ number, standing }) => [number, standing]),
    );
    const huge = { ...failure, migration: 'm'.repeat(9_000), fingerprint: '\u0001'.repeat(9_000) };
    expect(bytesOf(failedOutcomeText(failedOutcome(1, { failure: huge })))).toBeLessThanOrEqual(
      8 * 1024,
    );
  });
});

describe('a rollback', () => {
  it('a rollback gets the whole deployed bundle, and its own limit', async () => {
    const asked: unknown[] = [];
    const attempt: AttemptTenant = async (_, context) => {
      asked.push(context.bundle.migrations.length, context.request);
      return { status: 'reverted', reverted: [ONE_APPLIED], notes: [] };
    };
    const request = { command: 'rollback', to: FIRST.id, allowEmpty: true };
    expect(await invoke({ attempt, request })).toMatchObject({
      kind: 'returned',
      value: { status: 'reverted', reverted: [ONE_APPLIED] },
    });
    expect(asked).toEqual([2, expect.objectContaining(request)]);
  });

  it('a rollback resumes a rollback that was cut short', async () => {
    const lost = { ...failedAttempt('FenceLost', true), reverted: [ONE_APPLIED] };
    const request = { command: 'rollback', steps: 2 };
    const { continuation } = continued(await invoke({ attempt: lost, request }));
    expect(continuation.reverted).toEqual([ONE_APPLIED]);
    const attempt: Attempt = { status: 'unchanged', notes: [] };
    expect(await invoke({ attempt, request, event: { continuation } })).toMatchObject({
      value: { status: 'reverted', reverted: [ONE_APPLIED], tries: 2 },
    });
  });
});

describe('backfills of a run', () => {
  const backfills = { phase: 'backfills', maxPerHost: 1 };
  const paused = { now: { isPaused: true } };
  const untouched: AttemptTenant = async () => {
    throw new Error('A paused run touches no tenant.');
  };

  it('wait without touching the tenant while somebody holds them, and less and less often', async () => {
    const first = continued(
      await invoke({ attempt: untouched, request: backfills, control: paused }),
    );
    expect(first).toMatchObject({
      waitSeconds: 15,
      continuation: { pausedSince: SINCE, tries: 0 },
    });
    const { continuation } = first;
    const later = await invoke({
      ...{ attempt: untouched, request: backfills, control: paused },
      ...{ hours: 5, event: { continuation } },
    });
    expect(continued(later)).toMatchObject({
      waitSeconds: 360,
      continuation: { since: SINCE, pausedSince: SINCE },
    });
  });

  it('resume after a pause that does not count as time of the tenant', async () => {
    const continuation = {
      ...{ since: SINCE, pausedSince: '2026-11-23T07:00:00.000Z' },
      ...{ tries: 1, durationMs: 0, applied: [], notes: [] },
    };
    const attempt = { status: 'continue', applied: [], notes: [] } as const;
    const resumed = await invoke({
      ...{ attempt, request: backfills, control: {}, event: { continuation } },
      ...{ hours: 30, maxHours: 2 },
    });
    const { continuation: after } = continued(resumed);
    expect(after.pausedSince).toBeUndefined();
    expect(after.since).toBe('2026-11-24T11:00:00.000Z');
  });

  it('follow the pace, and note wishes that could not be read', async () => {
    let pace: number | undefined;
    const result = await invoke({
      request: backfills,
      control: { now: { isPaused: false, pace: 0.1 }, problem: new Error('no route') },
      attempt: async (_, context) => {
        pace = context.backfills?.pace?.();
        return unchangedAttempt;
      },
    });
    expect(pace).toBe(0.1);
    expect(result).toMatchObject({ value: { notes: [{ code: 'RunControlUnread' }] } });
  });

  it('are not held in a pass that leaves them', async () => {
    const result = await invoke({ request: { phase: 'schema' }, control: paused });
    expect(result).toMatchObject({ value: { status: 'migrated' } });
  });
});
