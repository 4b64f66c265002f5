import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createIdSet, type IdSet } from '../../../src/core/list/id-set.ts';
import { idOf } from '../../support/fleet.ts';

const NEARLY_A_UUID = [
  '0b6f0c9e-5a52-4b7e-9d6c-0f6a3c1d2e4f',
  '0B6F0C9E-5A52-4B7E-9D6C-0F6A3C1D2E4F',
  '0b6f0c9e-5a52-4b7e-9d6c-0f6a3c1d2e4e',
  '0b6f0c9e-5a52-4b7e-9d6c-0f6a3c1d2e4',
  '0b6f0c9e-5a52-4b7e-9d6c-0f6a3c1d2e4g',
  '0b6f0c9e5-a52-4b7e-9d6c-0f6a3c1d2e4f',
  '0b6f0c9e-5a52-4b7e-9d6c-0f6a3c1d2eé4',
];

const anyId = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  // Lone surrogates included, which UTF-8 does not distinguish.
  fc
    .array(fc.nat({ max: 0xffff }), { maxLength: 70 })
    .map((units) => String.fromCharCode(...units)),
  fc.uuid(),
  fc.constantFrom(...NEARLY_A_UUID),
  fc.nat({ max: 300 }).map(idOf),
  fc.constantFrom('', '\0', '\0\0', 'a', 'a\0', '\xff', '\u0100', '\ud800', '\udc00', '\ufffd'),
  // Around the length from which the length has bytes of its own.
  fc.integer({ min: 60, max: 70 }).map((length) => 'x'.repeat(length)),
);

const hashes: [string, ((bytes: Uint8Array, length: number) => number) | undefined][] = [
  ['with its own hash function', undefined],
  ['when every id has the same hash', () => 0],
  ['when all hashes point at the last place', () => 0xffffffff],
  ['when only the length is hashed', (_bytes, length) => length],
];

it.each(hashes)('an IdSet equals a Set of strings %s', (_, hash) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), anyId), { maxLength: 300 }), (steps) => {
      const set = createIdSet(hash);
      const model = new Set<string>();
      for (const [adds, id] of steps) {
        expect(set.has(id)).toBe(model.has(id));
        if (!adds) continue;
        expect(set.add(id)).toBe(!model.has(id));
        model.add(id);
      }
      for (const id of model) expect(set.has(id)).toBe(true);
    }),
    { numRuns: 200 },
  );
});

it('an IdSet keeps an id that is longer than a chunk of its memory', () => {
  const set = createIdSet();
  const long = 'ü'.repeat(200_000);
  expect(set.add(long)).toBe(true);
  for (const id of ['a', `${long}a`, long.slice(1), `${long.slice(1)}u`]) {
    expect(set.add(id)).toBe(true);
  }
  expect([set.has(long), set.add(long), set.has(`${long}b`)]).toEqual([true, false, false]);
});

it('an IdSet distinguishes 300,000 ids that differ in one digit, and stores none twice', () => {
  const set = createIdSet();
  for (let number = 0; number < 300_000; number += 1) {
    if (!set.add(idOf(number))) throw new Error(`${idOf(number)} passes for another one.`);
  }
  for (let number = 0; number < 300_000; number += 1) {
    if (set.add(idOf(number))) throw new Error(`${idOf(number)} is not found again.`);
  }
  expect(set.has(idOf(300_000))).toBe(false);
});

it('an IdSet holds 300,000 UUIDs in less than 14 MB, garbage included', () => {
  const before = process.memoryUsage().arrayBuffers;
  const kept: IdSet = createIdSet();
  for (let number = 0; number < 300_000; number += 1) kept.add(randomUUID());
  // The bytes and the table; buffers that the collector has yet to free count as well.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(14_000_000);
  expect(kept.has(randomUUID())).toBe(false);
});
