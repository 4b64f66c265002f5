import { expect, it } from 'vitest';
import type { DigestFinding } from '../../../src/core/digests/compare-digests.ts';
import { findingText } from '../../../src/core/digests/finding-text.ts';

const TEXT = 'SELECT *\n  FROM `tasks`';
const means = (timeMs: number, rowsExamined: number, errorShare = 0) => ({
  ...{ count: 1_200, timeMs, rowsExamined, errorShare },
});

it.each<[string, DigestFinding, string]>([
  [
    'slower, with the rows that it reads',
    { kind: 'slower', text: TEXT, before: means(0.425, 12), since: means(1_250, 18_000) },
    'Since the wave, a statement in acme takes 1,250 ms instead of 0.43 ms (2,941 times as long), and reads 18,000 rows instead of 12: SELECT * FROM `tasks`',
  ],
  [
    'slower than something that took no time',
    { kind: 'slower', text: TEXT, before: means(0, 0), since: means(12, 5) },
    'Since the wave, a statement in acme takes 12 ms instead of 0 ms (12,000 times as long), and reads 5 rows instead of 0: SELECT * FROM `tasks`',
  ],
  [
    'failing where it did not',
    { kind: 'errors', text: TEXT, before: means(1, 1, 0.001), since: means(1, 1, 0.25) },
    'Since the wave, 25 % of 1,200 executions in acme have failed, and 0.1 % before: SELECT * FROM `tasks`',
  ],
  [
    'failing and new',
    { kind: 'errors', text: TEXT, before: undefined, since: means(1, 1, 1) },
    'Since the wave, 100 % of 1,200 executions in acme have failed: SELECT * FROM `tasks`',
  ],
])('a statement that is %s is described in a sentence', (_, finding, text) => {
  expect(findingText(finding, 'acme')).toBe(text);
});

it('a long statement is cut', () => {
  const text = `SELECT ${'é'.repeat(5_000)}`;
  const finding: DigestFinding = { kind: 'errors', text, before: undefined, since: means(1, 1, 1) };
  expect(Buffer.byteLength(findingText(finding, 'acme'))).toBeLessThan(320);
});
