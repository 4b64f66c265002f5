import { expect, test } from 'vitest';
import { printable } from '../../../src/cli/output/printable.ts';

test.each([
  ['plain text stays', 'Acme Corp', 'Acme Corp'],
  ['letters, emoji and joined emoji stay', 'Café 東京 🚀 👩‍👩‍👧', 'Café 東京 🚀 👩‍👩‍👧'],
  ['a color sequence shows', '\u001b[31mred\u001b[0m', '\\x1b[31mred\\x1b[0m'],
  ['a window title shows', '\u001b]0;owned\u0007', '\\x1b]0;owned\\x07'],
  ['an 8-bit sequence shows', '\u009b2J', '\\x9b2J'],
  ['backspaces and NUL show', 'a\b\u0000', 'a\\x08\\x00'],
  ['line breaks and tabs become one space', 'a\r\n\tb\u2028c', 'a b c'],
  ['reversed text shows', 'a\u202efdp.exe', 'a\\u{202e}fdp.exe'],
  ['an invisible space shows', 'ac\u200bme', 'ac\\u{200b}me'],
  ['half a surrogate pair shows', 'a\ud800b', 'a\\u{d800}b'],
])('printable escapes %s', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});
