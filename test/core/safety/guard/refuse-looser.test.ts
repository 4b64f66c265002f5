import { expect, test } from 'vitest';
import type { Migration, MigrationModule } from '../../../../src/core/bundle/bundle.ts';
import { refuseLooser } from '../../../../src/core/safety/guard/refuse-looser.ts';
import { guardWords } from '../../../../src/core/wording/guard-words.ts';

const loaded: string[] = [];
const migration = (id: string, safety?: MigrationModule['safety']) =>
  ({
    id,
    extension: '.ts',
    checksum: '',
    load: async () => {
      loaded.push(id);
      return { up: () => {}, safety };
    },
  }) as Migration;

const run = { lock: 'none', copyBytes: '1GiB', queueMs: 250 } as const;

test.for<[string, NonNullable<MigrationModule['safety']>, string]>([
  ['a stronger lock', { lock: 'shared' }, '("lock")'],
  ['copies of any size', { copyBytes: 'any' }, '("copyBytes")'],
  ['a longer queue', { queueMs: 251 }, '("queueMs")'],
  ['no limit of the queue', { queueMs: 0 }, '("queueMs")'],
  ['more than one', { lock: 'any', copyBytes: 2 ** 31 }, '("lock", "copyBytes")'],
])(
  'a migration that allows %s than its run is refused unless it has a reason',
  async ([, safety, keys]) => {
    await expect(refuseLooser([migration('1_a', safety)], run)).rejects.toMatchObject({
      code: 'MigrationInvalid',
      message: expect.stringContaining(`1_a.ts exports a \`safety\` that is looser`),
    });
    await expect(refuseLooser([migration('1_a', safety)], run)).rejects.toThrow(keys);
    await refuseLooser([migration('1_a', { ...safety, why: 'small' })], run);
  },
);

test('a migration with stricter limits than its run, the same or none is not refused', async () => {
  const strict = { lock: 'none', copyBytes: 0, queueMs: 100 } as const;
  await refuseLooser([migration('1_a'), migration('2_b', run), migration('3_c', strict)], run);
  await expect(
    refuseLooser([migration('1_a'), migration('2_b', { lock: 'any' })], run),
  ).rejects.toThrow('2_b.ts');
});

test('without limits of the run no migration is loaded to compare them', async () => {
  loaded.length = 0;
  await refuseLooser([migration('1_a', { lock: 'any' })], undefined);
  expect(loaded).toEqual([]);
  await refuseLooser([migration('1_a')], {});
  expect(loaded).toEqual(['1_a']);
});

test.for([
  [{ lock: 'shared', why: 'it has 200 rows' }, 'lock "shared": it has 200 rows'],
  [{ copyBytes: 5, lock: undefined, queueMs: 0 }, 'copyBytes 5, queueMs 0'],
  [{ why: 'it is small' }, 'no limits: it is small'],
] as const)('the limits %j are put into words: %s', ([limits, words]) => {
  expect(guardWords(limits)).toBe(words);
});
