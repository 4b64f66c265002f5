import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonLine } from '../../../src/cli/output/json-line.ts';

test('a JSON line has the same value, and no character that a terminal acts on', () => {
  const hostile = { name: 'a\u001b[31m\u009b2J\u007f\n\u2028\u202e' };
  expect(jsonLine(hostile).text).toBe('{"name":"a\\u001b[31m\\u009b2J\\u007f\\n\\u2028\\u202e"}');
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const line = jsonLine(value).text;
      expect(JSON.parse(line)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(line).not.toMatch(/[\p{Cc}\u2028\u2029]|\p{Bidi_Control}/u);
    }),
  );
});
