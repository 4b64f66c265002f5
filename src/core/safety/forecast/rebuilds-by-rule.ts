import type { IndexDefinition, TableDefinition } from '../table-definition.ts';

/**
 * Whether InnoDB writes the whole table anew for a change that it makes in place, by the lists in MySQL's manual
 * ("Online DDL Operations"). Used if the server did not show it: a login without the PROCESS privilege cannot see the
 * number of a table, which changes with every rebuild.
 */
export function rebuildsByRule(before: TableDefinition, after: TableDefinition): boolean {
  if (before.engine !== after.engine || before.charset !== after.charset) return true;
  if (before.isPartitioned !== after.isPartitioned) return true;
  if (keyOf(before) !== keyOf(after)) return true;
  const stored = (table: TableDefinition) =>
    table.columns
      .filter(({ generated }) => generated !== 'virtual')
      .map(({ type, isNullable, charset, maxBytes }) =>
        // A longer VARCHAR changes the definition alone.
        JSON.stringify([
          /^varchar/.test(type) ? `varchar ${isLong(maxBytes)}` : baseOf(type),
          isNullable,
          charset,
        ]),
      )
      .join();
  return stored(before) !== stored(after);
}

/** An ENUM or SET that got another member keeps its size. */
function baseOf(type: string): string {
  return /^(?:enum|set)\(/.test(type) ? type.slice(0, type.indexOf('(')) : type;
}

/** From 256 bytes on a VARCHAR has two bytes for its length. */
function isLong(maxBytes = 0): boolean {
  return maxBytes > 255;
}

function keyOf({ indexes }: TableDefinition): string {
  return indexes.find(({ name }) => name === 'PRIMARY')?.columns.join() ?? '';
}

/** Secondary indexes that a change builds; one that got another name is not built. */
export function builtIndexes(
  before: TableDefinition,
  after: TableDefinition,
): readonly IndexDefinition[] {
  const shape = ({ columns, type, isUnique }: IndexDefinition) =>
    JSON.stringify([columns, type, isUnique]);
  const names = new Set(after.indexes.map(({ name }) => name));
  const gone = before.indexes.filter(({ name }) => !names.has(name)).map(shape);
  const kept = new Map(before.indexes.map((index) => [index.name, shape(index)]));
  const columns = new Map(after.columns.map((column) => [column.name, column]));
  return after.indexes.filter((index) => {
    if (index.name === 'PRIMARY' || kept.get(index.name) === shape(index)) return false;
    if (kept.has(index.name)) return index.columns.every((column) => columns.has(column));
    const renamed = gone.indexOf(shape(index));
    if (renamed !== -1) gone.splice(renamed, 1);
    return renamed === -1;
  });
}
