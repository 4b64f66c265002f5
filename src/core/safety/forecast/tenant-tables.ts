import { emptyTable, type TableSize } from './table-size.ts';
import type { TenantFacts } from './tenant-facts.ts';
import type { StatementWork, TableEffect } from './work-kind.ts';

/** A statement whose table the tenant lacks. */
export interface MissingTable {
  /** Position of the statement in its migration, from 1. */
  readonly statement: number;
  readonly table: string;
}

/** The tables of a statement. */
export interface FoundTables {
  readonly sizes: readonly TableSize[];
  /** Of these, the ones whose rows no earlier statement has gone through; none if this one does not either. */
  readonly unread: readonly TableSize[];
}

/** The tables of a tenant while its migrations run. */
export interface TenantTables {
  /** The sizes of a statement's tables, or the first of them that is not there. Takes over what it changes. */
  run(work: StatementWork): FoundTables | { readonly missing: MissingTable };
}

/** The tables that a tenant has before its pending migrations. */
export function createTenantTables({
  tables,
  isCaseSensitive,
}: Pick<TenantFacts, 'tables' | 'isCaseSensitive'>): TenantTables {
  const keyOf = (name: string) => (isCaseSensitive ? name : name.toLowerCase());
  const sizes = new Map(tables.map((table) => [keyOf(table.name), table]));

  /** Keys of tables whose rows a statement has gone through. */
  const read = new Set<string>();

  const apply = (effect: TableEffect) => {
    const table = sizes.get(keyOf(effect.table));
    if (effect.does === 'create') sizes.set(keyOf(effect.table), table ?? emptyTable(effect.table));
    else sizes.delete(keyOf(effect.table));
    if (effect.does === 'rename' && table !== undefined) {
      if (read.has(keyOf(effect.table))) read.add(keyOf(effect.to));
      sizes.set(keyOf(effect.to), { ...table, name: effect.to });
    }
  };

  return {
    run({ number, kind, tables: named, effects, text }) {
      const found: TableSize[] = [];
      for (const name of named) {
        const size = sizes.get(keyOf(name));
        // The scratch database had the table, so that nothing is known of what IF EXISTS does without it.
        if (size === undefined && !/\bIF\s+EXISTS\b/i.test(text)) {
          return { missing: { statement: number, table: name } };
        }
        if (size !== undefined) found.push(size);
      }
      const unread = kind === 'constant' ? [] : found.filter(({ name }) => !read.has(keyOf(name)));
      for (const { name } of unread) read.add(keyOf(name));
      effects.forEach(apply);
      return { sizes: found, unread };
    },
  };
}
