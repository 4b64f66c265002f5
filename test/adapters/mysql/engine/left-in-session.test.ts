import { describe, expect, it } from 'vitest';
import type { SessionLeft } from '../../../../src/adapters/mysql/bookkeeping/session-left.ts';
import { LeftInSession } from '../../../../src/adapters/mysql/journal/left-in-session.ts';
import { statementOf } from './statement-of.ts';

function leftBy(statements: readonly (string | readonly [string, readonly unknown[]])[]) {
  const left = new LeftInSession();
  for (const each of statements) {
    left.add(typeof each === 'string' ? statementOf(each) : statementOf(...each));
  }
  return left.left;
}

const NOTHING: SessionLeft = { settings: [], variables: [], temporary: [], prepared: [] };

describe('the settings and objects that a migration leaves in its session', () => {
  it.each<{
    statements: (string | readonly [string, readonly unknown[]])[];
    left: Partial<SessionLeft>;
  }>([
    {
      statements: ['SET foreign_key_checks = 0'],
      left: { settings: ['SET foreign_key_checks = 0'] },
    },
    {
      statements: ["SET SESSION sql_mode = ''"],
      left: { settings: ["SET SESSION sql_mode = ''"] },
    },
    { statements: ['SET NAMES latin1'], left: { settings: ['SET NAMES latin1'] } },
    {
      statements: ['SET foreign_key_checks = 0', 'SET foreign_key_checks = 1'],
      left: { settings: ['SET foreign_key_checks = 0', 'SET foreign_key_checks = 1'] },
    },
    { statements: ['SET @a = 1, @B := 2'], left: { variables: ['a', 'b'] } },
    { statements: ['SELECT 1 INTO @c'], left: { variables: ['c'] } },
    {
      statements: ['CREATE TEMPORARY TABLE `Tmp` (id INT)'],
      left: { temporary: ['tmp'] },
    },
    { statements: ["PREPARE stmt FROM 'SELECT 1'"], left: { prepared: ['stmt'] } },
    {
      statements: [
        "PREPARE one FROM 'SELECT 1'",
        "PREPARE Two FROM 'SELECT 2'",
        'DEALLOCATE PREPARE one',
      ],
      left: { prepared: ['two'] },
    },
    // Values of the migration's data are never stored.
    { statements: ["SET @secret = 'hidden'"], left: { variables: ['secret'] } },
    { statements: ["SET @secret = 'hidden', sql_mode = ''"], left: { variables: ['secret'] } },
  ])('$statements leaves $left', ({ statements, left }) => {
    expect(leftBy(statements)).toEqual({ ...NOTHING, ...left });
  });

  it.each([
    [[]],
    [['SELECT 1']],
    [["INSERT INTO t VALUES ('x')"]],
    [['CREATE TABLE t (id INT)']],
    [['CREATE TEMPORARY TABLE tmp (id INT)', 'DROP TEMPORARY TABLE tmp']],
    [["PREPARE a FROM 'SELECT 1'", 'DROP PREPARE a']],
  ])('%j leaves nothing', (statements) => {
    expect(leftBy(statements)).toBeUndefined();
  });

  it.each([
    ["SET @a = 'hidden'"],
    ['SET sql_mode = (SELECT v FROM hidden)'],
    [['SET sql_mode = ?', ['hidden']] as const],
    [`SET sql_mode = '${'hidden'.repeat(300)}'`],
    ['SET @@session.sql_mode = @hidden'],
  ])(
    "the report of a session's remaining settings and objects never includes values of the data: %j",
    (statement) => {
      expect(JSON.stringify(leftBy([statement])?.settings ?? [])).not.toContain('hidden');
    },
  );
});
