import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../../src/core/failure.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { MOST_KINDS, MOST_SHAPES, MOST_TENANTS } from '../../../src/core/reduce/add-failure.ts';
import {
  addNote,
  addOutcome,
  countUnreported,
  emptySummary,
} from '../../../src/core/reduce/add-outcome.ts';
import { groupFinder } from '../../../src/core/reduce/cause-of-failure.ts';
import type { Summary } from '../../../src/core/reduce/summary.ts';
import {
  failedOutcome,
  failureNamed,
  migratedOutcome,
  ONE_APPLIED,
  refOf,
} from '../../support/fleet.ts';

const notes = fc.array(
  fc.constantFrom('ahead', 'MigrationModified', 'StaleLockCleared', '__proto__', 'constructor'),
  { maxLength: 3 },
);

/** An outcome of the tenant with this number; many failures share few causes, some have their own. */
function anyOutcome(number: number): fc.Arbitrary<Outcome> {
  return fc
    .record({
      status: fc.constantFrom('migrated', 'unchanged', 'failed', 'skipped', 'unknown', 'planned'),
      cause: fc.oneof(fc.nat({ max: 5 }), fc.nat({ max: 300 })),
      retryable: fc.boolean(),
      tries: fc.nat({ max: 4 }),
      applied: fc.nat({ max: 3 }),
      codes: notes,
    })
    .map(({ status, cause, retryable, tries, applied, codes }) => {
      const facts = {
        tenant: refOf(number),
        wave: 1,
        position: number,
        tries,
        durationMs: 5,
        notes: codes.map((code) => ({ code, message: code })),
      };
      const migrations = Array.from({ length: applied }, () => ONE_APPLIED);
      const failure = {
        ...failureNamed(`Cause${cause}`, retryable),
        message: `Cause ${cause} at tenant ${number}.`,
      };
      switch (status) {
        case 'migrated':
          return { ...facts, status, applied: migrations };
        case 'failed':
          return { ...facts, status, failure, applied: migrations };
        case 'planned':
          return { ...facts, status, pending: [] };
        case 'unchanged':
          return { ...facts, status };
        case 'skipped':
          return { ...facts, status, cause: 'stopped', reason: 'Because.' };
        default:
          return { ...facts, status, reason: 'Because.' };
      }
    });
}

const outcomes = fc
  .nat({ max: 400 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, number) => anyOutcome(number))));

function fold(items: readonly Outcome[], total = items.length): Summary {
  return items.reduce(addOutcome, emptySummary(total));
}

/** The expected summary, counted the slow way. */
function byHand(items: readonly Outcome[]) {
  const failed = items.filter((outcome) => outcome.status === 'failed');
  const causes = [...new Set(failed.map(({ failure }) => failure.fingerprint))].sort();
  const kept = causes.slice(0, MOST_KINDS).map((fingerprint) => {
    const members = failed
      .filter(({ failure }) => failure.fingerprint === fingerprint)
      .sort((a, b) => (a.tenant.slug < b.tenant.slug ? -1 : 1));
    return {
      fingerprint,
      count: members.length,
      message: members[0]?.failure.message,
      varies: new Set(members.map(({ failure }) => failure.message)).size > 1,
      retryable: members[0]?.failure.retryable,
      tenants: members.slice(0, MOST_TENANTS).map(({ tenant }) => tenant.slug),
    };
  });
  return { kept, others: failed.length - kept.reduce((sum, { count }) => sum + count, 0) };
}

describe('addOutcome', () => {
  it('addOutcome gives the same summary for every order', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(
        outcomes.chain((items) =>
          fc.tuple(
            fc.constant(items),
            fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length }),
          ),
        ),
        ([items, shuffled]) => {
          expect(JSON.stringify(fold(shuffled))).toBe(JSON.stringify(fold(items)));
        },
      ),
    );
  });

  it('addOutcome agrees with counting by hand', { timeout: 30_000 }, () => {
    fc.assert(
      fc.property(outcomes, (items) => {
        const summary = fold(items);
        const { kept, others } = byHand(items);
        expect(Object.values(summary.counts).reduce((sum, count) => sum + count)).toBe(
          items.length,
        );
        for (const [status, count] of Object.entries(summary.counts)) {
          expect(count).toBe(items.filter((outcome) => outcome.status === status).length);
        }
        expect(
          summary.failures.map(({ fingerprint, count, message, varies, retryable, tenants }) => ({
            fingerprint,
            count,
            message,
            varies: varies === true,
            retryable,
            tenants: tenants.map(({ slug }) => slug),
          })),
        ).toEqual(kept);
        expect(summary.otherFailures).toBe(others);
        expect(summary.retried).toBe(items.filter(({ tries }) => tries > 1).length);
        expect(summary.applied).toBe(
          items.flatMap((outcome) => ('applied' in outcome ? outcome.applied : [])).length,
        );
      }),
    );
  });

  it('addOutcome gives the same summary for every order, with causes that differ only in their words', () => {
    const failure = fc
      .record({
        code: fc.constantFrom(
          ...Array.from({ length: 130 }, (_, n) => `Code${n % 7 === 0 ? n : 7}`),
        ),
        shape: fc.option(fc.nat({ max: 60 }).map((n) => `words ${n}|x`)),
      })
      .map(({ code, shape }) => ({
        ...failureNamed(code),
        message: String(shape),
        fingerprint: fingerprint({ code, shape: shape ?? undefined }),
      }));
    const failures = fc.array(failure, { maxLength: 300 });
    fc.assert(
      fc.property(
        failures.chain((all) => {
          const items = all.map((each, number) => failedOutcome(number, { failure: each }));
          const size = { minLength: items.length, maxLength: items.length };
          return fc.tuple(fc.constant(items), fc.shuffledSubarray(items, size));
        }),
        ([items, shuffled]) => {
          const summary = fold(items);
          expect(JSON.stringify(fold(shuffled))).toBe(JSON.stringify(summary));
          const counted = summary.failures.reduce((sum, { count }) => sum + count, 0);
          expect(counted + summary.otherFailures).toBe(items.length);
          const groupOf = groupFinder(summary.failures);
          for (const group of summary.failures) {
            const members = items.filter((item) => groupOf(item.failure) === group);
            expect(members).toHaveLength(group.count);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('addOutcome gathers causes of one kind that are too many to be distinguished', () => {
    const said = (count: number) =>
      fold(
        Array.from({ length: count }, (_, number) =>
          failedOutcome(number, {
            failure: {
              ...failureNamed('MigrationThrew'),
              message: `words ${number}`,
              fingerprint: fingerprint({ code: 'MigrationThrew', shape: `words ${number}` }),
            },
          }),
        ),
      );
    expect(said(MOST_SHAPES).failures).toHaveLength(MOST_SHAPES);
    expect(said(MOST_SHAPES + 200).failures).toMatchObject([
      { code: 'MigrationThrew', count: MOST_SHAPES + 200, varies: true, message: 'words 0' },
    ]);
  });

  it('addOutcome counts a tenant once for a note that it has twice, with any code', () => {
    const note = { code: '__proto__', message: 'one' };
    const summary = fold([
      migratedOutcome(1, { notes: [note, { ...note, message: 'two' }] }),
      migratedOutcome(2, { notes: [{ code: 'constructor', message: '' }] }),
      migratedOutcome(3, { notes: [{ code: 'constructor', message: '' }] }),
    ]);
    expect(Object.entries(summary.notes)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });

  it('addOutcome does not change the given summary', () => {
    const before = fold([failedOutcome(3), failedOutcome(5)]);
    const copy = structuredClone(before);
    addOutcome(before, failedOutcome(4));
    expect(before).toEqual(copy);
  });

  it('addOutcome does not grow with the fleet', () => {
    const size = (count: number) =>
      JSON.stringify(
        fold(
          Array.from({ length: count }, (_, number) =>
            failedOutcome(number, { failure: failureNamed(`Cause${number % 250}`) }),
          ),
        ),
      ).length;
    expect(size(20_000)).toBeLessThan(1.1 * size(5_000));
  });

  it('addOutcome adds a million successes in a few seconds', { timeout: 30_000 }, async () => {
    const one = migratedOutcome(1);
    const startedAt = performance.now();
    let summary = emptySummary(1_000_000);
    for (let count = 0; count < 1_000_000; count += 1) summary = addOutcome(summary, one);
    expect(summary.counts.migrated).toBe(1_000_000);
    // A tenth of a second here; the limit only tells a copy of something large.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe('countUnreported', () => {
  it('countUnreported counts tenants that were listed and not heard of', () => {
    const { counts } = countUnreported(fold([migratedOutcome(1)], 5), 'unknown');
    expect(counts).toMatchObject({ migrated: 1, unknown: 4, skipped: 0 });
  });
});

describe('addNote', () => {
  it('addNote counts a note of the run itself', () => {
    expect(addNote(addNote(emptySummary(3), 'b', 2), 'a', 1).notes).toEqual({ a: 1, b: 2 });
  });
});
