import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareDigests } from '../../../src/core/digests/compare-digests.ts';
import { findingText } from '../../../src/core/digests/finding-text.ts';
import type {
  DigestSnapshot,
  StatementDigest,
} from '../../../src/core/digests/statement-digest.ts';

const TEXT = 'SELECT * FROM `tasks` WHERE `user_id` = ?';

type Counters = Pick<StatementDigest, 'count' | 'timeMs' | 'rowsExamined' | 'errors'>;

/** So many executions with these means. */
function counted(count: number, timeMs: number, rows = 10, errors = 0): Counters {
  return { count, timeMs: count * timeMs, rowsExamined: count * rows, errors };
}

function plus(a: Counters, b: Counters): Counters {
  return {
    count: a.count + b.count,
    timeMs: a.timeMs + b.timeMs,
    rowsExamined: a.rowsExamined + b.rowsExamined,
    errors: a.errors + b.errors,
  };
}

function snapshot(counters: Counters | undefined, isCut = false): DigestSnapshot {
  const statements = counters === undefined ? [] : [{ digest: 'd', text: TEXT, ...counters }];
  return { statements: new Map(statements.map((one) => [one.digest, one])), isCut };
}

/** Compares what was counted before a wave with what was counted since; the wave itself counts for nothing. */
function compare(before: Counters | undefined, since: Counters, times?: number) {
  const own = counted(1, 5_000, 1_000_000, 1);
  const start = before === undefined ? undefined : plus(before, own);
  const readings = {
    before: snapshot(before),
    start: snapshot(start),
    now: snapshot(start === undefined ? since : plus(start, since)),
  };
  return compareDigests(readings, times === undefined ? undefined : { times });
}

const kinds = (...given: Parameters<typeof compare>) =>
  compare(...given).findings.map(({ kind }) => kind);

it.each<[name: string, kind: string, before: Counters | undefined, since: Counters]>([
  ['a lost index', 'slower', counted(1_000, 0.4, 12), counted(20, 11, 18_000)],
  ['a lock that everybody waits for', 'slower', counted(1_000, 5), counted(20, 900)],
  ['a column that is gone', 'errors', counted(1_000, 1), counted(20, 0.5, 0, 20)],
  ['one value in ten that is refused', 'errors', counted(1_000, 1), counted(100, 1, 1, 10)],
  ['a new statement that fails', 'errors', undefined, counted(10, 1, 0, 9)],
])('%s is found', (_, kind, before, since) => {
  expect(kinds(before, since)).toEqual([kind]);
});

it.each<[name: string, before: Counters | undefined, since: Counters]>([
  ['a cache that is cold', counted(1_000, 0.4, 12), counted(20, 8, 12)],
  ['a table that has grown', counted(1_000, 4, 1_000), counted(20, 9, 2_500)],
  ['a slowness that nobody notices', counted(1_000, 0.01, 1), counted(20, 0.9, 900)],
  ['too few executions', counted(1_000, 0.4, 12), counted(9, 11, 18_000)],
  ['too short a history', counted(9, 0.4, 12), counted(20, 11, 18_000)],
  ['two errors', counted(1_000, 1), counted(20, 1, 10, 2)],
  ['errors as before', counted(1_000, 1, 10, 100), counted(100, 1, 10, 15)],
  ['a new statement', undefined, counted(100, 500, 50_000)],
])('%s is not a finding', (_, before, since) => {
  expect(kinds(before, since)).toEqual([]);
});

it('the limit decides how many times as long a statement may take', () => {
  const [before, since] = [counted(100, 1, 10), counted(20, 8, 1_000)];
  expect(kinds(before, since, 5)).toEqual(['slower']);
  expect(kinds(before, since, 10)).toEqual([]);
});

const counters = fc
  .record({
    count: fc.integer({ min: 1, max: 100_000 }),
    timeMs: fc.double({ min: 0.001, max: 10_000, noNaN: true }),
    rows: fc.integer({ min: 0, max: 100_000 }),
    errors: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ count, timeMs, rows, errors }) =>
    counted(count, timeMs, rows, Math.floor(count * errors)),
  );

it('statements that go on as before are never a finding, however many they are', () => {
  fc.assert(
    fc.property(counters, fc.integer({ min: 1, max: 1_000 }), (before, factor) => {
      const since: Counters = {
        count: before.count * factor,
        timeMs: before.timeMs * factor,
        rowsExamined: before.rowsExamined * factor,
        errors: before.errors * factor,
      };
      expect(kinds(before, since)).toEqual([]);
    }),
  );
});

it('a statement that takes longer than the limit and reads far more is always found', () => {
  const worse = fc.record({
    count: fc.integer({ min: 10, max: 10_000 }),
    since: fc.integer({ min: 10, max: 10_000 }),
    timeMs: fc.double({ min: 0.2, max: 100, noNaN: true }),
    rows: fc.integer({ min: 0, max: 1_000 }),
    factor: fc.double({ min: 5.01, max: 1_000, noNaN: true }),
  });
  fc.assert(
    fc.property(worse, ({ count, since, timeMs, rows, factor }) => {
      const after = counted(since, timeMs * factor, rows * 3 + 51);
      expect(kinds(counted(count, timeMs, rows), after)).toEqual(['slower']);
    }),
  );
});

it('counters that went back, as after a restart of the server, are never a finding', () => {
  fc.assert(
    fc.property(counters, counters, (start, more) => {
      const readings = {
        before: snapshot(counted(1_000, 0.01, 1)),
        start: snapshot(plus(start, more)),
        now: snapshot(start),
      };
      expect(compareDigests(readings)).toEqual({ findings: [], compared: 0 });
    }),
  );
});

it('a statement that was counted and not read before is not compared', () => {
  const now = snapshot(counted(1_000, 50, 50_000, 900));
  const [empty, cut] = [snapshot(undefined), snapshot(undefined, true)];
  expect(compareDigests({ before: empty, start: cut, now }).findings).toEqual([]);
  expect(compareDigests({ before: cut, start: empty, now }).findings).toEqual([]);
});

it('a finding is one sentence that names the statement without its literals', () => {
  const [slower] = compare(counted(1_000, 0.4, 12), counted(20, 11, 18_000)).findings;
  expect(slower && findingText(slower, 'acme-corp')).toBe(
    'Since the wave, a statement in acme-corp takes 11 ms instead of 0.4 ms (28 times as long), and reads 18,000 rows instead of 12: SELECT * FROM `tasks` WHERE `user_id` = ?',
  );
  const [errors] = compare(counted(1_000, 1, 1, 1), counted(1_200, 1, 0, 300)).findings;
  expect(errors && findingText(errors, 'acme-corp')).toBe(
    'Since the wave, 25 % of 1,200 executions in acme-corp have failed, and 0.1 % before: SELECT * FROM `tasks` WHERE `user_id` = ?',
  );
});
