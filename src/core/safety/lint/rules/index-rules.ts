import type { IndexDefinition, TableDefinition } from '../../table-definition.ts';
import type { LintedMigration, Rule } from '../rule.ts';
import { createdBy } from './table-rules.ts';

/** More columns than a useful index has. */
const MANY_COLUMNS = 5;

/** Rules about indexes and primary keys. */
export const INDEX_RULES: readonly Rule[] = [
  {
    name: 'unique-on-existing-rows',
    judges: 'statements',
    severity: 'off',
    finds: 'a unique index on a table that has rows',
    why: 'It fails at each tenant that has duplicates.',
    safeWay:
      'Look for duplicates at all tenants first, remove them in an earlier migration, and have the application add none.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        for (const { after, added, addedIndexes } of statement.existing) {
          for (const { name, isUnique, columns } of addedIndexes) {
            // A new column holds only NULL.
            const isOfNew = columns.some((column) => added.some((each) => each.name === column));
            if (!isUnique || name === 'PRIMARY' || isOfNew) continue;
            yield {
              statement,
              message: `${after.name}.${name} is unique over ${columns.join(', ')}.`,
            };
          }
        }
      }
    },
  },
  {
    name: 'changes-primary-key',
    judges: 'statements',
    severity: 'off',
    finds: 'a primary key that is added, dropped or changed',
    why: 'InnoDB stores rows in the order of the primary key, so that it writes the table and all indexes anew.',
    safeWay: 'Choose the key when the table is created. Later: a new table, filled bit by bit.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        for (const { before, after } of statement.existing) {
          const [old, now] = [primaryKey(before), primaryKey(after)];
          // A renamed column leaves the key as it is.
          const isRenamed = statement.renames.length > 0 && old?.length === now?.length;
          if (old?.join() === now?.join() || isRenamed) continue;
          const message = `It changes the primary key of ${after.name} from (${old?.join(', ') ?? 'none'}) to (${now?.join(', ') ?? 'none'}).`;
          yield { statement, message };
        }
      }
    },
  },
  {
    name: 'drops-used-index',
    judges: 'statements',
    severity: 'off',
    finds: 'an index that is dropped while queries can use it',
    why: 'Queries that need it become slow at once, and building it again takes long.',
    safeWay:
      'Make it invisible first (MySQL: `ALTER INDEX i INVISIBLE`, MariaDB: `IGNORED`), wait, and drop it in a later migration.',
    *check({ statements = [] }) {
      for (const statement of statements) {
        for (const { after, dropped, addedIndexes, droppedIndexes } of statement.existing) {
          for (const { name, isVisible, columns } of droppedIndexes) {
            const goesWithColumn = columns.some((column) =>
              dropped.some((each) => each.name === column),
            );
            const isReplaced = addedIndexes.some((added) => covers(added, columns));
            if (!isVisible || name === 'PRIMARY' || goesWithColumn || isReplaced) continue;
            yield {
              statement,
              message: `It drops the index ${after.name}.${name}, which queries can use.`,
            };
          }
        }
      }
    },
  },
  {
    name: 'wide-index',
    judges: 'statements',
    severity: 'warning',
    finds: `a new index over more than ${MANY_COLUMNS} columns`,
    why: 'Each write maintains all of it, and queries seldom use more than the first columns.',
    safeWay: 'Keep the columns that select rows.',
    *check(migration) {
      for (const { statement, table, index } of newIndexes(migration)) {
        if (index.columns.length <= MANY_COLUMNS || index.name === 'PRIMARY') continue;
        const message = `${table.name}.${index.name} has ${index.columns.length} columns.`;
        yield { statement, message };
      }
    },
  },
  {
    name: 'duplicate-index',
    judges: 'statements',
    severity: 'off',
    finds: 'a new index whose columns are the first of another one',
    why: 'Queries use the longer one as well, and each write maintains both.',
    safeWay: 'Leave the shorter one out, unless it is unique.',
    *check(migration) {
      for (const { statement, table, index, known } of newIndexes(migration)) {
        // Only indexes that remain when the migration has ended count.
        const last = migration.tables?.get(table.name);
        if (last?.indexes.some(({ name }) => name === index.name) !== true) continue;
        const other = last.indexes.find((each) => makesUseless(each, index, known));
        if (other === undefined) continue;
        const message = `${table.name}.${index.name} (${index.columns.join(', ')}) is contained in ${other.name} (${other.columns.join(', ')}).`;
        yield { statement, message };
      }
    },
  },
  {
    name: 'fulltext-index',
    judges: 'statements',
    severity: 'warning',
    finds: 'a FULLTEXT index',
    why: 'A table with one takes no instant changes, and the first one blocks writes while it is built.',
    safeWay: 'Put the text into a table of its own.',
    *check(migration) {
      for (const { statement, table, index } of newIndexes(migration)) {
        if (index.type !== 'FULLTEXT') continue;
        yield { statement, message: `${table.name}.${index.name} is a FULLTEXT index.` };
      }
    },
  },
];

function primaryKey({ indexes }: TableDefinition): readonly string[] | undefined {
  return indexes.find(({ name }) => name === 'PRIMARY')?.columns;
}

function* newIndexes(migration: LintedMigration) {
  for (const [statement, table] of createdBy(migration)) {
    for (const index of table.indexes) {
      yield { statement, table, index, known: new Set<string>() };
    }
  }
  for (const statement of migration.statements ?? []) {
    for (const { before, after } of statement.changes) {
      if (before === undefined || after === undefined) continue;
      const known = new Set(before.indexes.map(({ name }) => name));
      for (const index of after.indexes) {
        if (!known.has(index.name)) yield { statement, table: after, index, known };
      }
    }
  }
}

function covers({ columns }: IndexDefinition, first: readonly string[]): boolean {
  return first.every((column, at) => columns[at] === column);
}

/**
 * Whether queries that use an index could use the other one.
 *
 * @param known names of indexes that existed before: of two equal ones the new one is useless
 */
function makesUseless(
  other: IndexDefinition,
  index: IndexDefinition,
  known: ReadonlySet<string>,
): boolean {
  const isOlder = known.has(other.name) || other.name < index.name;
  return (
    other.name !== index.name &&
    other.type === index.type &&
    !index.isUnique &&
    covers(other, index.columns) &&
    (other.columns.length > index.columns.length || other.isUnique || isOlder)
  );
}
