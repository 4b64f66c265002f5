import { expect, it } from 'vitest';
import {
  headOf,
  isStatement,
  isWaitingState,
} from '../../../../../src/adapters/mysql/locks/waits/waiting-state.ts';

it.each([
  'Waiting for table metadata lock',
  'Waiting for schema metadata lock',
  'Waiting for stored procedure metadata lock',
  'Waiting for trigger metadata lock',
  'Waiting for foreign key metadata lock',
  'Waiting for tablespace metadata lock',
  'Waiting for global read lock',
  'Waiting for backup lock',
  'Waiting for commit lock',
  'Waiting for table level lock',
  'Waiting for table flush',
])('a session waits for a lock in the state "%s"', (state) => {
  expect(isWaitingState(state)).toBe(true);
});

it.each([
  null,
  '',
  'altering table',
  'copy to tmp table',
  'User lock',
  'Waiting for handler commit',
  'Waiting for GTID to be committed',
  'waiting for handler insert',
  'Sending data',
  'Opening tables',
  'Reading from net',
])('a session does not wait for a lock in the state "%s"', (state) => {
  expect(isWaitingState(state)).toBe(false);
});

it('a statement is recognized by its beginning, as far as the list shows it as it was sent', () => {
  const sql = `  ALTER TABLE t COMMENT = '${'ä'.repeat(200)}'`;
  expect(headOf(sql)).toBe("ALTER TABLE t COMMENT = '");
  expect(isStatement("ALTER TABLE t COMMENT = '??", headOf(sql))).toBe(true);
  expect(isStatement('REPLACE INTO `d`.`fanfold_journal` VALUES', headOf(sql))).toBe(false);
  expect(isStatement(null, headOf(sql))).toBe(false);
  expect(isStatement('anything', headOf('ä'))).toBe(false);
});
