import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { cutToWidth, fitToWidth } from '../../../src/cli/output/cut-to-width.ts';

describe('cutToWidth', () => {
  test.each([
    ['acme', 4, 'acme'],
    ['acme-corp', 6, 'acme-…'],
    ['東京都', 5, '東京…'],
    ['東京都', 4, '東…'],
    ['👩‍👩‍👧👩‍👩‍👧', 3, '👩‍👩‍👧…'],
    ['acme', 1, '…'],
    ['acme', 0, ''],
  ])('%s cut to %i columns is %s', (text, width, cut) => {
    expect(cutToWidth(text, width)).toBe(cut);
  });
});

test('fitToWidth always fills its columns', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 40 }), (text, width) => {
      expect(stringWidth(fitToWidth(text, width))).toBe(width);
    }),
  );
});
