import { describe, expect, it } from 'vitest';
import { SkippedEffects } from '../../../../src/adapters/mysql/journal/skipped-effects.ts';
import { statementOf } from './statement-of.ts';

/** A statement that an earlier attempt ran or that this one runs, and how it was handled. */
type Step = readonly ['skipped' | 'run again' | 'run', string];

/** Returns what the last statement lacks. */
function lackedAfter(
  steps: readonly Step[],
  last: string,
  lost?: ConstructorParameters<typeof SkippedEffects>[0],
) {
  const effects = new SkippedEffects(lost);
  for (const [deed, sql] of steps) {
    const statement = statementOf(sql);
    if (deed === 'skipped') effects.skip(statement);
    else {
      if (deed === 'run again') effects.rerun(statement);
      expect(effects.lackedBy(statement), sql).toBeUndefined();
    }
  }
  return effects.lackedBy(statementOf(last));
}

const INSERT = "INSERT INTO base (name) VALUES ('x')";
const UPDATE = 'UPDATE base SET n = n + 1';

describe('a statement after skipped statements', () => {
  it.each<{ steps: Step[]; last: string; lacks: string }>([
    {
      steps: [['skipped', INSERT]],
      last: 'SELECT LAST_INSERT_ID() AS id',
      lacks: 'LAST_INSERT_ID()',
    },
    { steps: [['skipped', INSERT]], last: 'SELECT @@identity AS id', lacks: 'LAST_INSERT_ID()' },
    {
      steps: [['skipped', INSERT]],
      last: 'SELECT @@last_insert_id AS id',
      lacks: 'LAST_INSERT_ID()',
    },
    {
      steps: [
        ['skipped', INSERT],
        ['run', UPDATE],
      ],
      last: 'INSERT INTO other VALUES (LAST_INSERT_ID())',
      lacks: 'LAST_INSERT_ID()',
    },
    {
      steps: [['skipped', 'UPDATE seq SET id = LAST_INSERT_ID(id + 1)']],
      last: 'SELECT LAST_INSERT_ID()',
      lacks: 'LAST_INSERT_ID()',
    },
    {
      steps: [['skipped', 'CALL p()']],
      last: 'SELECT LAST_INSERT_ID()',
      lacks: 'LAST_INSERT_ID()',
    },
    { steps: [['skipped', UPDATE]], last: 'SELECT ROW_COUNT()', lacks: 'ROW_COUNT()' },
    { steps: [['skipped', UPDATE]], last: 'SHOW WARNINGS', lacks: 'the warnings' },
    { steps: [['skipped', UPDATE]], last: 'SELECT @@warning_count', lacks: 'the warnings' },
    { steps: [['skipped', UPDATE]], last: 'GET DIAGNOSTICS @a = NUMBER', lacks: 'the warnings' },
    {
      steps: [['skipped', 'SELECT SQL_CALC_FOUND_ROWS id FROM base LIMIT 1']],
      last: 'SELECT FOUND_ROWS()',
      lacks: 'FOUND_ROWS()',
    },
    {
      steps: [
        ['skipped', 'SELECT 1 AS a'],
        ['run', UPDATE],
      ],
      last: 'SELECT FOUND_ROWS()',
      lacks: 'FOUND_ROWS()',
    },
    {
      steps: [['skipped', 'SELECT w() INTO @v']],
      last: 'UPDATE base SET n = @v',
      lacks: 'the variable @v',
    },
    {
      steps: [['skipped', 'UPDATE base SET n = (@v := n + 1)']],
      last: 'SELECT @V',
      lacks: 'the variable @v',
    },
    { steps: [['skipped', 'CALL p(@out)']], last: 'SELECT @out', lacks: 'the variable @out' },
    // A procedure may have set any variable.
    { steps: [['skipped', 'CALL p()']], last: 'SELECT @whatever', lacks: 'the variable @whatever' },
    {
      steps: [
        ['run again', 'SET @v = (SELECT MAX(n) FROM base)'],
        ['skipped', UPDATE],
      ],
      last: 'SELECT @v',
      lacks: 'the variable @v',
    },
    {
      steps: [
        ['run again', 'CREATE TEMPORARY TABLE tmp (n INT)'],
        ['skipped', 'INSERT INTO tmp VALUES (1)'],
      ],
      last: 'INSERT INTO base (n) SELECT n FROM tmp',
      lacks: 'rows of the temporary table tmp',
    },
    {
      steps: [
        ['run again', 'CREATE TEMPORARY TABLE tmp AS SELECT n FROM base'],
        ['skipped', UPDATE],
      ],
      last: 'INSERT INTO base (n) SELECT n FROM tmp',
      lacks: 'rows of the temporary table tmp',
    },
  ])('$last lacks $lacks after $steps', ({ steps, last, lacks }) => {
    expect(lackedAfter(steps, last)).toBe(lacks);
  });

  it.each<{ steps: Step[]; last: string }>([
    { steps: [], last: 'SELECT LAST_INSERT_ID(), ROW_COUNT(), FOUND_ROWS(), @@warning_count' },
    { steps: [['skipped', INSERT]], last: UPDATE },
    { steps: [['skipped', UPDATE]], last: 'SELECT LAST_INSERT_ID()' },
    {
      steps: [
        ['skipped', INSERT],
        ['run', INSERT],
      ],
      last: 'SELECT LAST_INSERT_ID(), ROW_COUNT()',
    },
    {
      steps: [
        ['skipped', UPDATE],
        ['run', UPDATE],
      ],
      last: 'SHOW WARNINGS',
    },
    {
      steps: [
        ['skipped', UPDATE],
        ['run', 'SELECT 1'],
      ],
      last: 'SELECT FOUND_ROWS()',
    },
    {
      steps: [
        ['skipped', 'CALL p()'],
        ['run', 'SET @v = 1'],
      ],
      last: 'SELECT @v',
    },
    {
      steps: [
        ['run again', "SET @v = 'constant'"],
        ['skipped', UPDATE],
      ],
      last: 'SELECT @v',
    },
    { steps: [['run again', 'SET @v = (SELECT MAX(n) FROM base)']], last: 'SELECT @v' },
    {
      steps: [
        ['run again', 'CREATE TEMPORARY TABLE tmp (n INT)'],
        ['skipped', 'INSERT INTO tmp VALUES (1)'],
      ],
      last: 'DROP TEMPORARY TABLE tmp',
    },
  ])('$last can run after $steps', ({ steps, last }) => {
    expect(lackedAfter(steps, last)).toBeUndefined();
  });
});

describe('a statement in a session that replaces that of earlier migrations', () => {
  const lost = { variables: ['v'], temporary: ['tmp'], prepared: ['stmt'] };

  it.each([
    ['UPDATE base SET n = @v', 'the variable @v'],
    ['INSERT INTO base (n) SELECT n FROM tmp', 'rows of the temporary table tmp'],
    ['EXECUTE stmt', 'the prepared statement stmt'],
    ['EXECUTE `STMT` USING @a', 'the prepared statement stmt'],
  ])('%s lacks a part of the ended session: %s', (sql, lacks) => {
    expect(lackedAfter([], sql, lost)?.toLowerCase()).toBe(lacks);
  });

  it.each([
    [[], 'SELECT @w'],
    [[['run', 'SET @v = 5']], 'UPDATE base SET n = @v'],
    [[['run', 'CREATE TEMPORARY TABLE tmp (n INT)']], 'INSERT INTO base (n) SELECT n FROM tmp'],
    [[], 'DROP TEMPORARY TABLE IF EXISTS tmp'],
  ] as const)(
    'a statement after %j can run %s, which needs nothing of the ended session',
    (steps, sql) => {
      expect(lackedAfter(steps, sql, lost)).toBeUndefined();
    },
  );

  it('a statement with the same name can be prepared again in the session that replaces an earlier one', () => {
    expect(
      lackedAfter([['run', "PREPARE stmt FROM 'SELECT 1'"]], 'EXECUTE stmt', lost),
    ).toBeUndefined();
  });
});
