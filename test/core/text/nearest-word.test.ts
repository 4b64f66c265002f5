import { describe, expect, it } from 'vitest';
import { nearestWord } from '../../../src/core/text/nearest-word.ts';

describe('nearestWord', () => {
  it.each([
    ['ad', 'add'],
    ['crate', 'create'],
    ['craete', 'create'],
    ['renaem', 'rename'],
    ['backfil', 'backfill'],
    ['add', 'add'],
  ])('nearestWord finds %s near %s', (word, expected) => {
    expect(nearestWord(word, ['add', 'create', 'rename', 'backfill'])).toBe(expected);
  });

  it.each(['users', '', 'x', 'teleport'])('nearestWord finds nothing near %j', (word) => {
    expect(nearestWord(word, ['add', 'create', 'rename'])).toBeUndefined();
  });

  it('nearestWord prefers the nearer one, then the first', () => {
    expect(nearestWord('drup', ['crop', 'drop'])).toBe('drop');
    expect(nearestWord('dtop', ['drop', 'stop'])).toBe('drop');
  });
});
