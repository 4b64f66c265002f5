import { countOf } from '../../../wording/count-of.ts';
import type { Rule } from '../rule.ts';

/** Rules about foreign keys and checks. */
export const CONSTRAINT_RULES: readonly Rule[] = [
  {
    name: 'checked-foreign-key',
    judges: 'statements',
    severity: 'off',
    finds: 'a foreign key that is added to a table with rows while keys are checked',
    why: 'The server copies the table to check each row, and fails at tenants that have orphans.',
    safeWay:
      'Look for orphans first. Then add it with `SET foreign_key_checks = 0` and set it back: it is added in place, and orphans pass.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        if (!statement.checksForeignKeys) continue;
        for (const { before, after } of statement.existing) {
          const known = new Set(before.foreignKeys.map(({ name }) => name));
          for (const { name, parent, columns } of after.foreignKeys) {
            if (known.has(name)) continue;
            const message = `It adds the foreign key ${name} from ${after.name} (${columns.join(', ')}) to ${parent} and checks each row.`;
            yield { statement, message };
          }
        }
      }
    },
  },
  {
    name: 'foreign-key-without-unique-parent',
    judges: 'statements',
    severity: 'error',
    finds: 'a foreign key to columns that are not unique, or to a table that does not exist',
    why: 'MySQL 8.4 and later refuse such a key by default (6125), and a row would have several parents.',
    safeWay: 'Refer to the primary key or to a unique index.',
    *check(migration) {
      for (const statement of migration.statements ?? []) {
        for (const { before, after } of statement.changes) {
          const known = new Set(before?.foreignKeys.map(({ name }) => name));
          for (const { name, parent, parentColumns } of after?.foreignKeys ?? []) {
            if (known.has(name)) continue;
            // A parent that a later migration drops or renames is judged as it is when this one has ended.
            const table = migration.tables?.get(parent);
            const isUnique = table?.indexes.some(
              (index) => index.isUnique && index.columns.join() === parentColumns.join(),
            );
            if (isUnique === true) continue;
            const what = table === undefined ? 'does not exist' : 'is not unique';
            const message = `The foreign key ${name} refers to ${parent} (${parentColumns.join(', ')}), which ${what}.`;
            yield { statement, message };
          }
        }
      }
    },
  },
  {
    name: 'ignored-reference',
    judges: 'statements',
    severity: 'error',
    finds: 'REFERENCES in the definition of a column, which the server ignores',
    why: 'MySQL before 9.0 reads `parent_id INT REFERENCES parent (id)` and adds no foreign key.',
    safeWay: 'Write a constraint of the table: `FOREIGN KEY (parent_id) REFERENCES parent (id)`.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        if (statement.kind !== 'ddl' || statement.isRefused || statement.tokens[0] === 'GRANT')
          continue;
        const wanted = statement.tokens.filter((token) => token === 'REFERENCES').length;
        const made = statement.changes.reduce((sum, { before, after }) => {
          const known = new Set(before?.foreignKeys.map(({ name }) => name));
          return sum + (after?.foreignKeys.filter(({ name }) => !known.has(name)).length ?? 0);
        }, 0);
        if (wanted === 0 || statement.changes.length === 0 || made >= wanted) continue;
        const message = `It names ${countOf(wanted, 'reference')}, and the server has added ${countOf(made, 'foreign key')}.`;
        yield { statement, message };
      }
    },
  },
  {
    name: 'adds-check',
    judges: 'statements',
    severity: 'warning',
    finds: 'a CHECK constraint that is added to a table with rows',
    why: 'The server checks each row, copies the table for that, and fails at tenants that have other rows.',
    safeWay: 'Look for such rows at all tenants first, and have the application check new ones.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        for (const { before, after } of statement.existing) {
          for (const name of after.checks) {
            if (before.checks.includes(name)) continue;
            yield { statement, message: `It adds the check ${name} to ${after.name}.` };
          }
        }
      }
    },
  },
];
