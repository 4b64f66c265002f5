import { expect, test } from 'vitest';
import {
  type OnlineFacts,
  whyNotOnline,
} from '../../../../src/core/safety/online/why-not-online.ts';
import { CLAUSES, FIT } from './fit-facts.ts';

test('a table that a program can change has no reason against it', () => {
  expect(whyNotOnline(FIT, CLAUSES)).toBeUndefined();
});

test.each<[Partial<OnlineFacts>, RegExp]>([
  [{ isMariaDb: true }, /MariaDB/],
  ...["it's", 'a`b', '"a"', 'a\\b'].map((name): [Partial<OnlineFacts>, RegExp] => [
    { names: ['acme', name] },
    /a quote or a backslash/,
  ]),
  [{ hasBinaryLog: false }, /no binary log/],
  [{ binlogFormat: 'STATEMENT' }, /binlog_format is STATEMENT/],
  [{ binlogRowImage: 'MINIMAL' }, /binlog_row_image is MINIMAL/],
  [{ binlogRowValueOptions: 'PARTIAL_JSON' }, /PARTIAL_JSON/],
  [{ isReadOnly: true }, /read-only/],
  [{ engine: undefined }, /not there/],
  [{ engine: 'MyISAM' }, /MyISAM/],
  [{ foreignKeys: ['orders.fk'] }, /foreign keys.*orders\.fk/],
  [{ triggers: ['log_it'] }, /triggers: log_it/],
  [{ othersWork: ['_tasks_gho'] }, /Another program.*_tasks_gho/],
  [{ key: [] }, /no primary key/],
  [{ compressesBinaryLog: true }, /binlog_transaction_compression is ON/],
  [{ namedChecks: ['positive'] }, /names a copy would lose: positive/],
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
