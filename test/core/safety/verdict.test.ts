import { expect, it } from 'vitest';
import { type Verdict, verdictWords } from '../../../src/core/safety/verdict.ts';

it.each<[Verdict, string]>([
  [{ how: 'instant' }, 'instant'],
  [{ how: 'definition' }, 'definition only'],
  [{ how: 'unknown', why: 'a view' }, 'not judged: a view'],
  [{ how: 'in place', blocks: 'nothing' }, 'in place, without lock'],
  [{ how: 'copy', blocks: 'writes' }, 'copies the table, blocks writes'],
  [{ how: 'copy', blocks: 'everything' }, 'copies the table, blocks reads and writes'],
])('a verdict is put into words: %j', (verdict, words) => {
  expect(verdictWords(verdict)).toBe(words);
});
