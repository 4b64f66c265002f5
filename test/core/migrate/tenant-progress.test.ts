import { expect, it } from 'vitest';
import type { Attempt } from '../../../src/core/migrate/attempt.ts';
import { addAttempt, outcomeOf, startProgress } from '../../../src/core/migrate/tenant-progress.ts';
import type { FailedOutcome } from '../../../src/core/outcome.ts';
import {
  failedAttempt,
  failedOutcome,
  idOf,
  migratedAttempt,
  ONE_APPLIED,
  tenantOf,
  unchangedAttempt,
} from '../../support/fleet.ts';

const OTHER = { name: '20250301090000_create_invoices.js', durationMs: 7 };

function after(attempts: readonly Attempt[], before?: FailedOutcome) {
  const candidate = { id: idOf(1), wave: 2, position: 7, tenant: tenantOf(1), before };
  let progress = startProgress(candidate);
  for (const attempt of attempts) progress = addAttempt(progress, attempt, 10.4);
  return outcomeOf(progress, attempts.at(-1) ?? unchangedAttempt);
}

it("a tenant's progress contains what several attempts applied", () => {
  const cut = failedAttempt('ConnectionLost', true, [OTHER]);
  expect(after([cut, migratedAttempt])).toMatchObject({
    status: 'migrated',
    applied: [OTHER, ONE_APPLIED],
    wave: 2,
    position: 7,
    tries: 2,
    durationMs: 21,
    tenant: { slug: 'tenant-001', database: 'tenant-001_db' },
  });
});

it('a tenant is migrated if the last attempt found that an earlier one had applied everything', () => {
  const cut = failedAttempt('ConnectionLost', true, [OTHER]);
  expect(after([cut, unchangedAttempt])).toMatchObject({ status: 'migrated', applied: [OTHER] });
  expect(after([failedAttempt('Refused', true), unchangedAttempt])).toMatchObject({
    status: 'unchanged',
    tries: 2,
  });
});

it("a tenant's progress keeps what was applied before the last failure", () => {
  const cut = failedAttempt('ConnectionLost', true, [OTHER]);
  expect(after([cut, failedAttempt('TableExists')])).toMatchObject({
    status: 'failed',
    failure: { code: 'TableExists' },
    applied: [OTHER],
  });
});

it("a tenant's progress continues from the round before", () => {
  const before = failedOutcome(1, {
    tries: 4,
    durationMs: 100,
    applied: [OTHER],
    notes: [{ code: 'StaleLockCleared', message: 'Cleared.' }],
  });
  expect(after([migratedAttempt], before)).toMatchObject({
    tries: 5,
    durationMs: 110,
    applied: [OTHER, ONE_APPLIED],
    notes: before.notes,
  });
});

it("a tenant's progress names an earlier failure of another kind in the same migration", () => {
  const lost = failedAttempt('FenceLost', true);
  const step = { ...lost.failure, migration: '001_a', statement: { number: 2, text: 'create' } };
  const outcome = after([{ ...lost, failure: step }, failedAttempt('TableExists')]);
  expect(outcome.notes).toEqual([
    {
      code: 'EarlierTry',
      message: expect.stringMatching(
        /^An earlier attempt failed .* 001_a, statement 2 \(FenceLost\): /,
      ),
    },
  ]);
  expect(after([{ ...lost, failure: step }, migratedAttempt]).notes).toEqual([]);
  expect(after([lost, failedAttempt('TableExists')]).notes).toEqual([]);
});

it("a tenant's progress contains each note once", () => {
  const note = { code: 'ahead', message: 'Ahead.' };
  const failed = { ...failedAttempt('Refused', true), notes: [note] };
  const outcome = after([failed, { status: 'unchanged', notes: [note] }]);
  expect(outcome.notes).toEqual([note]);
});

it("a tenant's progress contains the result of a plan", () => {
  const planned: Attempt = { status: 'planned', pending: ['a.js'], notes: [] };
  expect(after([planned])).toMatchObject({ status: 'planned', pending: ['a.js'] });
});
