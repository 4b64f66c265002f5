import { expect, test } from 'vitest';
import {
  type OnlineFacts,
  whyNotOnline,
} from '../../../../src/core/safety/online/why-not-online.ts';

const FIT: OnlineFacts = {
  isMariaDb: false,
  names: ['acme', 'tasks', 'points', 'PRIMARY'],
  missingRights: [],
  hasBinaryLog: true,
  binlogFormat: 'ROW',
  binlogRowImage: 'FULL',
  binlogRowValueOptions: '',
  isReadOnly: false,
  hasMetadataLocks: true,
  engine: 'InnoDB',
  foreignKeys: [],
  triggers: [],
  othersWork: [],
  key: [{ name: 'id', type: 'int', characterSet: undefined }],
  types: new Map([
    ['seen', 'timestamp'],
    ['points', 'int'],
  ]),
};
const CLAUSES = { text: 'MODIFY points BIGINT', unfit: undefined, redefined: ['points'] };

test('a table that a program can change has no reason against it', () => {
  expect(whyNotOnline(FIT, CLAUSES)).toBeUndefined();
});

test.each<[Partial<OnlineFacts>, RegExp]>([
  [{ isMariaDb: true }, /MariaDB/],
  [{ missingRights: ['REPLICATION SLAVE ON *.*'] }, /lacks REPLICATION SLAVE ON \*\.\*\./],
  ...["it's", 'a`b', '"a"', 'a\\b'].map((name): [Partial<OnlineFacts>, RegExp] => [
    { names: ['acme', name] },
    /a quote or a backslash/,
  ]),
  [{ hasBinaryLog: false }, /no binary log/],
  [{ binlogFormat: 'STATEMENT' }, /binlog_format is STATEMENT/],
  [{ binlogRowImage: 'MINIMAL' }, /binlog_row_image is MINIMAL/],
  [{ binlogRowValueOptions: 'PARTIAL_JSON' }, /PARTIAL_JSON/],
  [{ isReadOnly: true }, /read-only/],
  [{ hasMetadataLocks: false }, /metadata locks/],
  [{ engine: undefined }, /not there/],
  [{ engine: 'MyISAM' }, /MyISAM/],
  [{ foreignKeys: ['orders.fk'] }, /foreign keys.*orders\.fk/],
  [{ triggers: ['log_it'] }, /triggers: log_it/],
  [{ othersWork: ['_tasks_gho'] }, /Another program.*_tasks_gho/],
  [{ types: new Map([['doc', 'json']]) }, /column doc is JSON/],
  [{ key: [] }, /no primary key/],
  [{ key: [{ name: 'id', type: 'bit', characterSet: undefined }] }, /id of the primary key is BIT/],
  [{ key: [{ name: 'id', type: 'float', characterSet: undefined }] }, /is FLOAT/],
  [{ key: [{ name: 'id', type: 'varchar', characterSet: 'latin1' }] }, /character set latin1/],
  [{ key: [{ name: 'id', type: 'set', characterSet: 'utf8mb4' }] }, /is SET/],
])('%j is a reason', (fact, reason) => {
  expect(whyNotOnline({ ...FIT, ...fact }, CLAUSES)).toMatch(reason);
});

test('conversions from and to TIMESTAMP depend on the time zone of the session', () => {
  const to = { text: 'MODIFY points TIMESTAMP', unfit: undefined, redefined: ['points'] };
  const from = { text: 'MODIFY Seen DATETIME', unfit: undefined, redefined: ['Seen'] };
  expect(whyNotOnline(FIT, to)).toMatch(/TIMESTAMP/);
  expect(whyNotOnline(FIT, from)).toMatch(/column Seen/);
  const added = { text: 'ADD COLUMN made TIMESTAMP NULL', unfit: undefined, redefined: [] };
  expect(whyNotOnline(FIT, added)).toBeUndefined();
});

test('clauses that a copy by names would not carry out are a reason', () => {
  expect(whyNotOnline(FIT, { ...CLAUSES, unfit: 'It renames a.' })).toBe('It renames a.');
});

test.each([
  ['CONVERT TO CHARACTER SET latin1', /latin1, or would be/],
  ['MODIFY id VARCHAR(9) COLLATE latin1_bin', /latin1, or would be/],
  ['CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin', undefined],
  ['MODIFY points BIGINT', undefined],
])('a text key that would get another character set is a reason: %s', (text, reason) => {
  const key = [{ name: 'id', type: 'varchar', characterSet: 'utf8mb4' }];
  const why = whyNotOnline({ ...FIT, key }, { ...CLAUSES, text });
  if (reason === undefined) expect(why).toBeUndefined();
  else expect(why).toMatch(reason);
});
