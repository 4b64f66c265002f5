import type { RecordedMigration, SentStatement, TableChange } from '../recording.ts';
import type { ColumnDefinition, IndexDefinition, TableDefinition } from '../table-definition.ts';

/** A change of a table that tenants have already. */
export interface ExistingChange {
  readonly before: TableDefinition;
  readonly after: TableDefinition;
  readonly added: readonly ColumnDefinition[];
  readonly dropped: readonly ColumnDefinition[];
  /** Columns that existed before and have changed in more than their position. */
  readonly changed: readonly {
    readonly before: ColumnDefinition;
    readonly after: ColumnDefinition;
  }[];
  readonly addedIndexes: readonly IndexDefinition[];
  readonly droppedIndexes: readonly IndexDefinition[];
}

/** A statement with its changes sorted by what they mean to a tenant. */
export interface LintedStatement extends SentStatement {
  /** Tables that it creates, without those that have only another name. */
  readonly created: readonly TableDefinition[];
  /** Tables of tenants that it drops. */
  readonly droppedTables: readonly TableDefinition[];
  /** Tables of tenants that have another name afterwards. */
  readonly renamedTables: readonly { readonly from: string; readonly to: string }[];
  /** Changes of tables that existed before the migration: those that it created are empty. */
  readonly existing: readonly ExistingChange[];
}

/** Sorts the changes of a migration's statements. */
export function lintedStatements({ statements }: RecordedMigration): LintedStatement[] {
  const own = new Set<string>();
  return statements.map((statement) => {
    const { created, dropped, renamed, kept } = sorted(statement);
    for (const { name } of created) own.add(name);
    for (const { from, to } of renamed) if (own.has(from.name)) own.add(to.name);
    const isTenants = (table: TableDefinition) => !own.has(table.name);
    return {
      ...statement,
      created,
      droppedTables: dropped.filter(isTenants),
      renamedTables: renamed
        .filter(({ from }) => isTenants(from))
        .map(({ from, to }) => ({ from: from.name, to: to.name })),
      existing: kept
        .filter(({ before }) => isTenants(before) && !before.isView)
        .map((change) => existingChange(change, statement)),
    };
  });
}

function sorted({ changes, renames, tokens }: SentStatement) {
  const kept: { before: TableDefinition; after: TableDefinition }[] = [];
  const created: TableDefinition[] = [];
  const dropped: TableDefinition[] = [];
  for (const { before, after } of changes) {
    if (before !== undefined && after !== undefined) kept.push({ before, after });
    else if (after !== undefined) created.push(after);
    else if (before !== undefined) dropped.push(before);
  }
  const mayRename = renames.some(({ what }) => what === 'table') || tokens.includes('RENAME');
  const renamed: { from: TableDefinition; to: TableDefinition }[] = [];
  if (mayRename) {
    for (const from of [...dropped]) {
      const to =
        created.find((table) => isAlike(table, from)) ??
        (dropped.length === 1 ? created[0] : undefined);
      if (to === undefined) continue;
      renamed.push({ from, to });
      dropped.splice(dropped.indexOf(from), 1);
      created.splice(created.indexOf(to), 1);
    }
  }
  return { kept, created, dropped, renamed };
}

function isAlike(one: TableDefinition, other: TableDefinition): boolean {
  return JSON.stringify(one.columns) === JSON.stringify(other.columns);
}

function existingChange(
  { before, after }: Required<TableChange> & { before: TableDefinition; after: TableDefinition },
  { renames }: SentStatement,
): ExistingChange {
  const newName = (name: string) =>
    renames.find(({ what, from }) => what === 'column' && isSame(from, name))?.to ?? name;
  const pairs = before.columns.map((column) => ({
    before: column,
    after: after.columns.find(({ name }) => isSame(name, newName(column.name))),
  }));
  return {
    before,
    after,
    dropped: pairs.flatMap((pair) => (pair.after === undefined ? [pair.before] : [])),
    added: after.columns.filter((column) => !pairs.some((pair) => pair.after === column)),
    changed: pairs.flatMap((pair) =>
      pair.after !== undefined && isChanged(pair.before, pair.after)
        ? [{ before: pair.before, after: pair.after }]
        : [],
    ),
    addedIndexes: indexesIn(after, before),
    droppedIndexes: indexesIn(before, after),
  };
}

function isChanged(before: ColumnDefinition, after: ColumnDefinition): boolean {
  const without = ({ position: _, name: __, ...rest }: ColumnDefinition) => JSON.stringify(rest);
  return without(before) !== without(after);
}

/** The indexes of a table that another state of it lacks; a renamed one counts as the same. */
function indexesIn(of: TableDefinition, other: TableDefinition): IndexDefinition[] {
  const key = ({ columns, isUnique, type }: IndexDefinition) =>
    JSON.stringify([columns, isUnique, type]);
  const known = new Set(other.indexes.flatMap((index) => [key(index), `name ${index.name}`]));
  const isKept = (index: IndexDefinition) =>
    known.has(key(index)) ||
    (known.has(`name ${index.name}`) &&
      other.indexes.some(
        ({ name, isUnique, columns }) =>
          name === index.name &&
          isUnique === index.isUnique &&
          isSame(columns.join(), index.columns.join()),
      ));
  return of.indexes.filter((index) => !isKept(index));
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
