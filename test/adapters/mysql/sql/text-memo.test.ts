import { expect, it } from 'vitest';
import { TextMemo } from '../../../../src/adapters/mysql/sql/text-memo.ts';

function counting(): { read: (text: string, key?: string) => string; reads: string[] } {
  const memo = new TextMemo<string>();
  const reads: string[] = [];
  const read = (text: string, key = '') =>
    memo.of(text, key, () => {
      reads.push(text);
      return text.toUpperCase();
    });
  return { read, reads };
}

it('a text is read once for each key', () => {
  const { read, reads } = counting();
  expect([read('a', 'x'), read('a', 'x'), read('a', 'y'), read('b', 'x')]).toEqual([
    'A',
    'A',
    'A',
    'B',
  ]);
  expect(reads).toEqual(['a', 'a', 'b']);
});

it('long texts are not kept', () => {
  const { read, reads } = counting();
  const long = 'x'.repeat(10_000);
  expect(read(long)).toBe(read(long));
  expect(reads).toHaveLength(2);
});

it('many texts do not pile up', () => {
  const { read, reads } = counting();
  for (let at = 0; at < 2_500; at++) read(`text ${at}`);
  read('text 0');
  expect(reads).toHaveLength(2_501);
});
