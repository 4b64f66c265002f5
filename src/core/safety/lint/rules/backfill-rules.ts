import type { ExistingChange, LintedStatement } from '../linted-statement.ts';
import type { LintedMigration, Rule } from '../rule.ts';
import type { UnmetBackfill } from '../unmet-backfill.ts';
import { breaches } from './each-change.ts';

/** Rules about backfills of the same bundle. */
export const BACKFILL_RULES: readonly Rule[] = [
  {
    name: 'constrains-before-backfill',
    judges: 'statements',
    severity: 'error',
    finds:
      'a column that gets NOT NULL, or a unique index, a foreign key or a CHECK, and that a backfill sets which the migration does not require',
    why: 'Schema changes do not wait for backfills. It fails at tenants whose rows are not filled, or checks the values that they had before, and the backfill fails afterwards.',
    safeWay: "Name the backfill: `export const requires = ['<its id>']`.",
    check: beforeBackfill(function* ({ existing }, backfill) {
      for (const change of existing) {
        if (!isTable(change.before.name, backfill)) continue;
        const then = `before ${backfill.id} has filled it`;
        for (const { name, what } of constrained(change)) {
          if (backfill.sets(name)) yield `${change.after.name}.${name} ${what} ${then}.`;
        }
      }
    }),
  },
  {
    name: 'drops-before-backfill',
    judges: 'statements',
    severity: 'error',
    finds:
      'a column or table that is dropped or renamed, and that a backfill names which the migration does not require',
    why: 'Schema changes do not wait for backfills: what a backfill was to copy is gone, and it fails.',
    safeWay: "Name the backfill: `export const requires = ['<its id>']`.",
    check: beforeBackfill(function* (
      { existing, droppedTables, renamedTables, renames },
      backfill,
    ) {
      const then = `before ${backfill.id} has run, which names it`;
      for (const { name } of droppedTables) {
        if (backfill.names(name)) yield `The table ${name} is dropped ${then}.`;
      }
      for (const { from } of renamedTables) {
        if (backfill.names(from)) yield `The table ${from} is renamed ${then}.`;
      }
      for (const { before, dropped } of existing) {
        // Another table may have a column of the same name.
        if (!backfill.names(before.name)) continue;
        for (const { name } of dropped) {
          if (backfill.names(name)) yield `The column ${before.name}.${name} is dropped ${then}.`;
        }
        for (const { what, from } of renames) {
          if (what !== 'column' || !backfill.names(from)) continue;
          if (!before.columns.some((column) => isSame(column.name, from))) continue;
          yield `The column ${before.name}.${from} is renamed ${then}.`;
        }
      }
    }),
  },
];

type Check = (statement: LintedStatement, backfill: UnmetBackfill) => Iterable<string>;

/** Makes a check of each statement against each backfill that tenants may not have completed. */
function beforeBackfill(check: Check): Rule['check'] {
  return function* ({ statements = [], unmet = [] }: LintedMigration) {
    for (const statement of statements) {
      for (const backfill of unmet) yield* breaches(statement, check(statement, backfill));
    }
  };
}

/** The columns of a table that get a constraint. */
function* constrained({
  before,
  after,
  changed,
  addedIndexes,
}: ExistingChange): Generator<{ readonly name: string; readonly what: string }, void, undefined> {
  for (const column of changed) {
    if (column.before.isNullable && !column.after.isNullable) {
      yield { name: column.after.name, what: 'no longer allows NULL' };
    }
  }
  for (const index of addedIndexes) {
    if (!index.isUnique) continue;
    for (const name of index.columns) yield { name, what: `gets the unique index ${index.name}` };
  }
  const keys = new Set(before.foreignKeys.map(({ name }) => name));
  for (const key of after.foreignKeys) {
    if (keys.has(key.name)) continue;
    for (const name of key.columns) yield { name, what: `gets the foreign key ${key.name}` };
  }
  for (const { name: check, clause } of after.checkDefinitions ?? []) {
    if (before.checks.includes(check)) continue;
    for (const { name } of after.columns) {
      if (clause.includes(`\`${name}\``)) yield { name, what: `gets the check ${check}` };
    }
  }
}

function isTable(name: string, { table }: UnmetBackfill): boolean {
  return isSame(name, table);
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
