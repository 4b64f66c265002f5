import { expect, test } from 'vitest';
import { whyNotGhost } from '../../../../src/core/safety/online/why-not-ghost.ts';
import type { OnlineFacts } from '../../../../src/core/safety/online/why-not-online.ts';
import { CLAUSES, FIT } from './fit-facts.ts';

test('gh-ost has no reason against a table that fits', () => {
  expect(whyNotGhost(FIT, CLAUSES)).toBeUndefined();
});

test.each<[Partial<OnlineFacts>, RegExp]>([
  [
    { missingRights: { Spirit: [], 'gh-ost': ['REPLICATION SLAVE ON *.*'] } },
    /lacks REPLICATION SLAVE ON \*\.\*\./,
  ],
  [{ hasMetadataLocks: false }, /metadata locks/],
  [{ types: new Map([['doc', 'json']]) }, /column doc is JSON/],
  [{ key: [{ name: 'id', type: 'bit', characterSet: undefined }] }, /id of the primary key is BIT/],
  [{ key: [{ name: 'id', type: 'float', characterSet: undefined }] }, /is FLOAT/],
  [{ key: [{ name: 'id', type: 'varchar', characterSet: 'latin1' }] }, /character set latin1/],
  [{ key: [{ name: 'id', type: 'set', characterSet: 'utf8mb4' }] }, /is SET/],
])('%j is a reason against gh-ost', (fact, reason) => {
  expect(whyNotGhost({ ...FIT, ...fact }, CLAUSES)).toMatch(reason);
});

test.each([
  ['CONVERT TO CHARACTER SET latin1', /latin1, or would be/],
  ['MODIFY id VARCHAR(9) COLLATE latin1_bin', /latin1, or would be/],
  ['CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', undefined],
  ['MODIFY points BIGINT', undefined],
])('a text key that would get another character set is a reason: %s', (text, reason) => {
  const key = [{ name: 'id', type: 'varchar', characterSet: 'utf8mb4' }];
  const why = whyNotGhost({ ...FIT, key }, { ...CLAUSES, text });
  if (reason === undefined) expect(why).toBeUndefined();
  else expect(why).toMatch(reason);
});
