import { expect, test } from 'vitest';
import {
  mayResumeSpirit,
  spiritReason,
  spiritWords,
} from '../../../../src/adapters/online-programs/spirit/spirit-failure.ts';

const AT = '2026/12/01 12:00:00';

test.each<[string, string[], string, boolean]>([
  [
    'rows that do not fit',
    [
      'spirit: error: failed to upsert rows: failed to execute upsert: unsafe warning: Data truncated',
    ],
    'failed to upsert rows: failed to execute upsert: unsafe warning: Data truncated',
    false,
  ],
  [
    'a cause before the last line',
    [
      `${AT} ERROR applier callback received error chunk="1=1" error="unsafe warning: Column \\"a\\""`,
      'spirit: error: copy failed due to earlier errors',
    ],
    'unsafe warning: Column "a"',
    false,
  ],
  [
    'a table that somebody altered meanwhile',
    [
      `${AT} ERROR table definition changed, cancelling operation schema=acme table=t`,
      'spirit: error: context canceled',
    ],
    'table definition changed',
    true,
  ],
  ['a Spirit that was killed', [`${AT} INFO checkpoint low-watermark={}`], '', true],
  ['a lost connection', ['spirit: error: invalid connection'], 'invalid connection', true],
  [
    'a statement that it cannot parse',
    ['spirit: error: could not parse SQL statement: ALTER TABLE `t` ADD p POINT'],
    'could not parse SQL statement: ALTER TABLE `t` ADD p POINT',
    false,
  ],
])('%s', (_, lines, said, mayResume) => {
  const collected = spiritWords();
  for (const line of lines) collected.add(line);
  expect(spiritReason(collected.words())).toBe(said);
  expect(mayResumeSpirit(collected.words())).toBe(mayResume);
});

test('a lock that others hold is told, unless it was got in the end', () => {
  const collected = spiritWords();
  collected.add(`${AT} WARN failed to acquire table lock(s), ensure --skip-force-kill is not set`);
  collected.add('spirit: error: cutover failed: Error 1205 (HY000): Lock wait timeout exceeded');
  expect(collected.words().lockedOut).toBe(true);
  expect(spiritReason(collected.words())).toMatch(
    /^Sessions with open transactions held the table/,
  );
  collected.add(`${AT} WARN table lock(s) acquired`);
  expect(collected.words().lockedOut).toBe(false);
});
