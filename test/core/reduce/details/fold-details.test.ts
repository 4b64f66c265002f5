import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../../../src/core/failure.ts';
import type { Outcome } from '../../../../src/core/outcome.ts';
import { addOutcome, emptySummary } from '../../../../src/core/reduce/add-outcome.ts';
import { MOST_LISTED, MOST_OF_CAUSE } from '../../../../src/core/reduce/details/failed-tenants.ts';
import { foldDetails } from '../../../../src/core/reduce/details/fold-details.ts';
import { MOST_HOSTS } from '../../../../src/core/reduce/details/host-counts.ts';
import { MOST_MIGRATIONS } from '../../../../src/core/reduce/details/migration-counts.ts';
import { totalOf } from '../../../../src/core/reduce/details/outcome-kind.ts';
import type { RunDetails } from '../../../../src/core/reduce/details/run-details.ts';
import { MOST_BUCKETS } from '../../../../src/core/reduce/details/time-buckets.ts';
import { failedOutcome, failureNamed, migratedOutcome, refOf } from '../../../support/fleet.ts';

const START = Date.parse('2026-11-23T05:57:12.345Z');

function detailsOf(outcomes: readonly Outcome[]): RunDetails {
  const fold = foldDetails();
  for (const outcome of outcomes) fold.add(outcome);
  return fold.result();
}

/** An outcome of the tenant with this number, at one of a few hosts, at any time of a day. */
function anyOutcome(number: number): fc.Arbitrary<Outcome> {
  return fc
    .record({
      status: fc.constantFrom('migrated', 'unchanged', 'failed', 'skipped', 'planned', 'reverted'),
      host: fc.option(fc.nat({ max: 80 }), { nil: undefined }),
      cause: fc.nat({ max: 150 }),
      at: fc.option(fc.nat({ max: 86_400_000 }), { nil: undefined }),
      durationMs: fc.nat({ max: 400_000 }),
      migrations: fc.uniqueArray(fc.nat({ max: 300 }), { maxLength: 4 }),
    })
    .map(({ status, host, cause, at, durationMs, migrations }) => {
      const facts = {
        tenant: { ...refOf(number), host: host === undefined ? undefined : `db${host}:3306` },
        wave: 1 + (number % 3),
        position: number,
        tries: status === 'skipped' ? 0 : 1,
        durationMs,
        ...(at !== undefined && { finishedAt: new Date(START + at).toISOString() }),
        notes: [],
      };
      const done = migrations.map((migration) => ({ name: `${migration}_a.js`, durationMs }));
      const statements = [{ number: 1, text: `s${cause % 3}`, standing: 'applied' as const }];
      const failure = {
        ...failureNamed(`Cause${cause}`),
        message: `At ${number % 2}.`,
        statements,
      };
      switch (status) {
        case 'migrated':
          return { ...facts, status, applied: done };
        case 'reverted':
          return { ...facts, status, reverted: done };
        case 'failed':
          return { ...facts, status, failure, applied: done };
        case 'planned':
          return { ...facts, status, pending: done.map(({ name }) => name) };
        case 'skipped':
          return { ...facts, status, cause: 'stopped', reason: 'Because.' };
        default:
          return { ...facts, status: 'unchanged' };
      }
    });
}

const outcomes = fc
  .nat({ max: 400 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, number) => anyOutcome(number))));

describe('the details of a run', () => {
  it('the details of a run are the same for every order of the outcomes', () => {
    fc.assert(
      fc.property(
        outcomes.chain((items) =>
          fc.tuple(
            fc.constant(items),
            fc.shuffledSubarray(items, { minLength: items.length, maxLength: items.length }),
          ),
        ),
        ([items, shuffled]) => {
          expect(JSON.stringify(detailsOf(shuffled))).toBe(JSON.stringify(detailsOf(items)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('the details of a run contain the same counts as counting by hand', () => {
    fc.assert(
      fc.property(outcomes, (items) => {
        const details = detailsOf(items);
        const timed = items.filter(({ finishedAt }) => finishedAt !== undefined);
        const inBuckets = (buckets: readonly Parameters<typeof totalOf>[0][]) =>
          buckets.reduce((sum, counts) => sum + totalOf(counts), 0);
        expect(inBuckets(details.timeline?.buckets ?? [])).toBe(timed.length);
        expect(inBuckets(details.durations.map(({ counts }) => counts))).toBe(
          items.filter(({ tries }) => tries > 0).length,
        );
        expect(inBuckets(details.waves.map(({ counts }) => counts))).toBe(items.length);
        const hosts = [...details.hosts, ...(details.otherHosts ? [details.otherHosts] : [])];
        expect(inBuckets(hosts.map(({ counts }) => counts))).toBe(
          items.filter(({ tenant }) => tenant.host !== undefined).length,
        );
        const slowest = items
          .filter(({ tries }) => tries > 0)
          .map(({ durationMs }) => durationMs)
          .sort((a, b) => b - a);
        expect(details.slowest.map(({ durationMs }) => durationMs)).toEqual(slowest.slice(0, 10));
      }),
      { numRuns: 60 },
    );
  });

  it('the details of a run stay small for any fleet: a million times the same bound', () => {
    const fold = foldDetails();
    for (let number = 0; number < 20_000; number += 1) {
      const tenant = { ...refOf(number), host: `db${number % 5_000}:3306` };
      const finishedAt = new Date(START + number * 977).toISOString();
      const applied = [{ name: `${number % 3_000}_a.js`, durationMs: 1 }];
      fold.add(
        failedOutcome(number, {
          tenant,
          finishedAt,
          applied,
          failure: { ...failureNamed(`Cause${number % 120}`), message: `At ${number}.` },
        }),
      );
      fold.add({
        ...migratedOutcome(number, { tenant, finishedAt }),
        status: 'planned',
        pending: [`${number % 500}_b.js`],
      });
    }
    const { timeline, hosts, otherHosts, migrations, failed, slowest } = fold.result();
    expect(timeline?.buckets.length).toBeLessThanOrEqual(MOST_BUCKETS);
    expect(hosts).toHaveLength(MOST_HOSTS);
    expect(otherHosts && totalOf(otherHosts.counts)).toBe(40_000 - MOST_HOSTS * 8);
    expect(migrations).toHaveLength(MOST_MIGRATIONS);
    expect(slowest).toHaveLength(10);
    expect(failed).toHaveLength(100);
    const listed = failed.reduce((sum, { tenants }) => sum + tenants.length, 0);
    expect(listed).toBeLessThanOrEqual(MOST_LISTED);
    expect(listed).toBeGreaterThan(MOST_LISTED * 0.9);
    expect(JSON.stringify(fold.result()).length).toBeLessThan(2_000_000);
  });

  it('the details of a run list failed tenants by the causes of the summary, even if those are gathered', () => {
    const said = (kind: string, number: number) =>
      failedOutcome(number, {
        failure: {
          ...failureNamed(kind),
          fingerprint: fingerprint({ code: kind, shape: `words ${number}` }),
        },
      });
    const outcomes = Array.from({ length: 60 }, (_, number) =>
      said(number < 45 ? 'Many' : 'Few', number),
    );
    const summary = outcomes.reduce(addOutcome, emptySummary(60));
    const { failed } = detailsOf(outcomes);
    expect(failed.map(({ fingerprint: of, tenants }) => [of, tenants.length])).toEqual(
      summary.failures.map(({ fingerprint: of, count }) => [of, count]),
    );
    expect(summary.failures).toHaveLength(16);
  });

  it('the details of a run list all failed tenants of a cause, up to a thousand, by slug', () => {
    const many = Array.from({ length: 1_200 }, (_, number) => failedOutcome(1_199 - number));
    const few = Array.from({ length: 30 }, (_, number) =>
      failedOutcome(2_000 + number, { failure: failureNamed('Rare') }),
    );
    const { failed } = detailsOf([...many, ...few]);
    expect(failed.map(({ fingerprint, tenants }) => [fingerprint, tenants.length])).toEqual([
      ['Rare|||', 30],
      ['TableExists|||', MOST_OF_CAUSE],
    ]);
    const slugs = many.map(({ tenant }) => tenant.slug).sort();
    expect(failed[1]?.tenants.map(({ tenant }) => tenant.slug)).toEqual(
      slugs.slice(0, MOST_OF_CAUSE),
    );
  });

  it('the details of a run keep the statements of the first half-applied tenants, and name the others in the same state', () => {
    const half = Array.from({ length: 40 }, (_, number) =>
      failedOutcome(39 - number, {
        failure: {
          ...failureNamed('HalfApplied'),
          statements: [{ number: 1, text: 'a', standing: number % 2 ? 'applied' : 'not applied' }],
        },
      }),
    );
    const tenants = detailsOf(half).failed[0]?.tenants ?? [];
    expect(tenants.filter(({ statements }) => statements !== undefined)).toHaveLength(20);
    expect(tenants.slice(0, 20).every(({ statements }) => statements !== undefined)).toBe(true);
    expect(new Set(tenants.map(({ standing }) => standing)).size).toBe(2);
  });

  it('the details of a run contain the begin and end of each wave, by the times of its tenants', () => {
    const at = (ms: number) => new Date(START + ms).toISOString();
    const { waves } = detailsOf([
      migratedOutcome(1, { finishedAt: at(2_000), durationMs: 500 }),
      migratedOutcome(2, { finishedAt: at(1_000), durationMs: 900 }),
      migratedOutcome(3, { wave: 2 }),
    ]);
    expect(waves).toMatchObject([
      { wave: 1, counts: { changed: 2 }, from: at(100), to: at(2_000) },
      { wave: 2, counts: { changed: 1 } },
    ]);
    expect(waves[1]?.from).toBeUndefined();
  });

  it('the details of a run name a migration once under all extensions with which tenants have recorded it', () => {
    const { migrations } = detailsOf([
      migratedOutcome(1, { applied: [{ name: '1_a.js', durationMs: 10 }] }),
      migratedOutcome(2, { applied: [{ name: '1_a.ts', durationMs: 30 }] }),
      failedOutcome(3, { failure: { ...failureNamed('SyntaxError'), migration: '1_a' } }),
    ]);
    expect(migrations).toEqual([
      { name: '1_a', applied: 2, reverted: 0, failed: 1, durationMs: 40, longestMs: 30 },
    ]);
  });
});
