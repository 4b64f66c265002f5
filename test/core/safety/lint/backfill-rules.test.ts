import { describe, expect, it } from 'vitest';
import type { Backfill } from '../../../../src/core/backfill/backfill.ts';
import type { RecordedMigration, SentStatement } from '../../../../src/core/safety/recording.ts';
import { alter, column, drop, index, lintStatements, statement, table } from './lint-statements.ts';

const ID = column('id', { type: 'bigint' });
const NULLABLE = column('a');
const FILLED = column('a', { isNullable: false });
const SETS_A: Backfill = { table: 't', where: 'a IS NULL', update: 'a = 1' };

type Step = Partial<Pick<RecordedMigration, 'backfill' | 'requires'>> & {
  readonly statements?: readonly SentStatement[];
};

/** The messages of both rules, by the number of the migration; ids are its number. */
function messages(...steps: readonly Step[]): string[] {
  const statements = steps.map((step) => step.statements ?? []);
  const migrations = steps.map(({ backfill, requires }, at) => ({
    id: `${at + 1}`,
    statements: (statements[at] ?? []).map((each, before) => ({ ...each, number: before + 1 })),
    backfill,
    requires,
  }));
  const rules = {
    '*': 'off',
    'constrains-before-backfill': 'error',
    'drops-before-backfill': 'error',
  } as const;
  return lintStatements(statements, { rules }, { migrations }).findings.map(
    ({ migration, message }) => `${migration}: ${message}`,
  );
}

const fill: Step = { backfill: SETS_A };
const notNull: Step = { statements: [alter(table([ID, NULLABLE]), table([ID, FILLED]))] };
const unlikeNull = (sql: string) => messages({ backfill: { table: 't', update: sql } }, notNull);

describe('a migration after a backfill that it does not require', () => {
  it.each<[string, Step, string]>([
    ['sets NOT NULL', notNull, 't.a no longer allows NULL before 1 has filled it.'],
    [
      'adds a unique index',
      {
        statements: [
          alter(
            table([ID, NULLABLE]),
            table([ID, NULLABLE], { indexes: [index('u', ['id', 'a'], { isUnique: true })] }),
          ),
        ],
      },
      't.a gets the unique index u before 1 has filled it.',
    ],
    [
      'adds a foreign key',
      {
        statements: [
          alter(
            table([ID, NULLABLE]),
            table([ID, NULLABLE], {
              foreignKeys: [{ name: 'f', columns: ['a'], parent: 'p', parentColumns: ['id'] }],
            }),
          ),
        ],
      },
      't.a gets the foreign key f before 1 has filled it.',
    ],
    [
      'adds a check',
      {
        statements: [
          alter(
            table([ID, NULLABLE]),
            table([ID, NULLABLE], {
              checks: ['c'],
              checkDefinitions: [{ name: 'c', clause: '(`a` > 0)', isEnforced: true }],
            }),
          ),
        ],
      },
      't.a gets the check c before 1 has filled it.',
    ],
    [
      'drops the column',
      { statements: [alter(table([ID, NULLABLE]), table([ID]))] },
      'The column t.a is dropped before 1 has run, which names it.',
    ],
    [
      'renames the column',
      {
        statements: [
          alter(table([ID, NULLABLE]), table([ID, column('b')]), {
            renames: [{ what: 'column', from: 'a', to: 'b' }],
          }),
        ],
      },
      'The column t.a is renamed before 1 has run, which names it.',
    ],
    [
      'drops the table',
      { statements: [drop(table([ID, NULLABLE]))] },
      'The table t is dropped before 1 has run, which names it.',
    ],
    [
      'renames the table',
      {
        statements: [
          statement('RENAME TABLE t TO s', {
            changes: [
              { before: table([ID, NULLABLE]), after: table([ID, NULLABLE], { name: 's' }) },
            ],
            renames: [{ what: 'table', from: 't', to: 's' }],
          }),
        ],
      },
      'The table t is renamed before 1 has run, which names it.',
    ],
  ])('is found if it %s', (_, step, message) => {
    expect(messages(fill, step)).toEqual([`2: ${message}`]);
    expect(messages(fill, { ...step, requires: ['1'] })).toEqual([]);
    // Nothing after a migration that waits runs before it, and backfills run in order.
    expect(messages(fill, { requires: ['1'] }, step)).toEqual([]);
    expect(messages(fill, { backfill: SETS_A }, { ...step, requires: ['2'] })).toEqual([]);
    expect(messages(step)).toEqual([]);
  });

  it('is found if it requires another backfill than the later one', () => {
    const [first, ...others] = messages(fill, fill, { ...notNull, requires: ['1'] });
    expect(first).toBe('3: t.a no longer allows NULL before 2 has filled it.');
    expect(others).toEqual([]);
  });

  it('is found if the code of `rows` names the column', () => {
    const rows = (knex: (name: string) => { update: (to: object) => void }) =>
      knex('t').update({ a: 1 });
    expect(messages({ backfill: { table: 't', rows } }, notNull)).toHaveLength(1);
    const others = (knex: (name: string) => { update: (to: object) => void }) =>
      knex('t').update({ b: 1 });
    expect(messages({ backfill: { table: 't', rows: others } }, notNull)).toEqual([]);
  });

  it.each([
    ['a = 1', 1],
    ['`A` = 1', 1],
    ['t.a = 1', 1],
    ['b = 2, a = COALESCE(c, 1)', 1],
    ["b = 'x, a = 1'", 0],
    ['b = IF(a = 1, 2, 3)', 0],
    ['b = a', 0],
    ['aa = 1, ba = 2', 0],
  ])('is judged by the columns that are set: %s', (sql, found) => {
    expect(unlikeNull(sql)).toHaveLength(found);
  });

  it('is not found if it changes another table or column, or is a backfill of a new table', () => {
    const other = alter(table([ID, NULLABLE], { name: 's' }), table([ID, FILLED], { name: 's' }));
    expect(messages(fill, { statements: [other] })).toEqual([]);
    const dropsOther = alter(table([ID, NULLABLE], { name: 's' }), table([ID], { name: 's' }));
    expect(messages(fill, { statements: [dropsOther] })).toEqual([]);
    const widens = alter(table([ID, NULLABLE]), table([ID, column('a', { type: 'bigint' })]));
    expect(messages(fill, { statements: [widens] })).toEqual([]);
  });
});
