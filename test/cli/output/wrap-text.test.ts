import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { wrapText } from '../../../src/cli/output/wrap-text.ts';

describe('wrapText', () => {
  test('wrapText breaks at spaces and indents the following lines', () => {
    expect(wrapText('one two three four five six', 20, '  ')).toEqual([
      'one two three four',
      '  five six',
    ]);
  });

  test('wrapText breaks a word that is wider than a line', () => {
    expect(wrapText('x'.repeat(45), 20, '  ')).toEqual([
      'x'.repeat(20),
      `  ${'x'.repeat(18)}`,
      '  xxxxxxx',
    ]);
  });

  test('wrapText keeps the spaces at the beginning', () => {
    expect(wrapText('   In a migration that is long', 20, '     ')).toEqual([
      '   In a migration',
      '     that is long',
    ]);
  });

  test('wrapText counts a wide character as two columns', () => {
    expect(wrapText('東京'.repeat(8), 20)).toEqual(['東京'.repeat(5), '東京'.repeat(3)]);
  });

  test('wrapText leaves a line unchanged without a terminal', () => {
    const long = 'word '.repeat(200).trim();
    expect(wrapText(long, Number.POSITIVE_INFINITY)).toEqual([long]);
  });

  test('wrapText makes no line too wide and loses no letter', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(fc.array(word), fc.integer({ min: 20, max: 100 }), (words, width) => {
        const text = words.map((part) => part.replace(/\s/gu, '_')).join(' ');
        const lines = wrapText(text, width, '  ');
        expect(lines.every((line) => stringWidth(line) <= width)).toBe(true);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });

  test('wrapText does not normalize characters, so a copied name is still the one in the database', () => {
    const name = 'Cafe\u0301 \u{2f800} '.repeat(6).trim();
    expect(wrapText(name, 20).join(' ')).toBe(name);
  });

  test('wrapText keeps a code span on one line, so that it can be copied', () => {
    const text = 'Encrypt it with `fanfold secrets:encrypt` and store it';
    expect(wrapText(text, 32)).toEqual([
      'Encrypt it with',
      '`fanfold secrets:encrypt` and',
      'store it',
    ]);
    expect(wrapText('an odd ` backtick is nothing special here', 24)).toEqual([
      'an odd ` backtick is',
      'nothing special here',
    ]);
  });
});
