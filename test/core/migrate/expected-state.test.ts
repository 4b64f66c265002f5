import { expect, it } from 'vitest';
import { type ExpectedState, expectedState } from '../../../src/core/migrate/expected-state.ts';

const MIGRATIONS = ['1_a', '2_b'].map((id) => ({
  ...{ id, extension: '.js', checksum: id },
  load: async () => ({ up: () => {} }),
}));
const BUNDLE = { hash: 'now', migrations: MIGRATIONS };
const BEHIND: ExpectedState = { kind: 'behind', lacks: '2_b' };
const AT = new Date(0);

it.each([
  ['no record', null, null, { kind: 'fresh' }],
  ['a record of this bundle', 'now', AT, undefined],
  ['a record of another bundle', 'before', AT, BEHIND],
  ['a record that is not trusted any more', null, AT, BEHIND],
] as const)('a tenant with %s', (_, schemaVersion, lastMigratedAt, expected) => {
  expect(expectedState({ schemaVersion, lastMigratedAt }, BUNDLE)).toEqual(expected);
});

it('a bundle without migrations has nothing pending', () => {
  const tenant = { schemaVersion: null, lastMigratedAt: null };
  expect(expectedState(tenant, { hash: 'now', migrations: [] })).toBeUndefined();
});
