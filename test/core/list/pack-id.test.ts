import fc from 'fast-check';
import { expect, it } from 'vitest';
import { packedLength, packedLimit, packId } from '../../../src/core/list/pack-id.ts';

const UUID = '0b6f0c9e-5a52-4b7e-9d6c-0f6a3c1d2e4f';

/** The bytes of an id, in an array that has just the room that it may need. */
function packed(id: string): Uint8Array {
  const into = new Uint8Array(packedLimit(id));
  return into.subarray(0, packId(id, into));
}

const anyId = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc
    .array(fc.nat({ max: 0xffff }), { maxLength: 70 })
    .map((units) => String.fromCharCode(...units)),
  fc.uuid(),
  fc.constantFrom('', '\0', 'a', 'a\0', '\xff', '\u0100', '\ud800', '\udc00', '\ufffd'),
);

it.each<[string, string, number]>([
  ['a UUID takes 17 bytes', UUID, 17],
  ['a UUID in capitals is packed like any text', UUID.toUpperCase(), 37],
  ['a UUID with a hyphen in another place is packed like any text', `${UUID.slice(1)}0`, 37],
  ['a UUID with a letter beyond f is packed like any text', UUID.replace(/f$/, 'g'), 37],
  ['a UUID with a character beyond ASCII is packed like any text', UUID.replace(/f$/, 'é'), 37],
  ['a short text takes one byte more than it has characters', 'acme-é', 7],
  ['a text beyond Latin-1 takes two bytes for each code unit', 'acme-ł', 13],
  ['a text of 62 characters has its length in one byte', 'x'.repeat(62), 63],
  ['a text of 63 characters has its length in four bytes more', 'x'.repeat(63), 68],
  ['a text of 70,000 characters keeps its length', 'x'.repeat(70_000), 70_005],
  ['no text takes one byte', '', 1],
])('%s', (_, id, length) => {
  expect(packed(id)).toHaveLength(length);
});

it('packed ids show by their first bytes where they end', () => {
  fc.assert(
    fc.property(anyId, fc.uint8Array({ maxLength: 3 }), (id, next) => {
      const bytes = [...packed(id), ...next];
      expect(packedLength((index) => bytes[index] ?? 0)).toBe(bytes.length - next.length);
    }),
  );
});

it('packed ids are equal only if the ids are', () => {
  const pair = fc.oneof(
    fc.tuple(anyId, anyId),
    // Ids that differ by one character at most.
    fc
      .tuple(anyId, fc.nat({ max: 80 }), fc.constantFrom('', '0', 'A', 'é', '\u0100', '\ud800'))
      .map(([id, at, put]): [string, string] => [id, id.slice(0, at) + put + id.slice(at + 1)]),
  );
  fc.assert(
    fc.property(pair, ([one, other]) => {
      expect(Buffer.from(packed(one)).equals(packed(other))).toBe(one === other);
    }),
    { numRuns: 500 },
  );
});
