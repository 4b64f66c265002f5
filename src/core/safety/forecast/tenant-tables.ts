import { emptyTable, type TableSize } from './table-size.ts';
import type { TenantFacts } from './tenant-facts.ts';
import type { StatementWork, TableEffect } from './work-kind.ts';

/** A statement whose table the tenant lacks. */
export interface MissingTable {
  /** Position of the statement in its migration, from 1. */
  readonly statement: number;
  readonly table: string;
}

/** The tables of a tenant while its migrations run. */
export interface TenantTables {
  /** The sizes of a statement's tables, or the first of them that is not there. Takes over what it changes. */
  run(
    work: StatementWork,
  ): { readonly sizes: readonly TableSize[] } | { readonly missing: MissingTable };
}

/** The tables that a tenant has before its pending migrations. */
export function createTenantTables({
  tables,
  isCaseSensitive,
}: Pick<TenantFacts, 'tables' | 'isCaseSensitive'>): TenantTables {
  const keyOf = (name: string) => (isCaseSensitive ? name : name.toLowerCase());
  const sizes = new Map(tables.map((table) => [keyOf(table.name), table]));

  const apply = (effect: TableEffect) => {
    const table = sizes.get(keyOf(effect.table));
    if (effect.does === 'create') sizes.set(keyOf(effect.table), table ?? emptyTable(effect.table));
    else sizes.delete(keyOf(effect.table));
    if (effect.does === 'rename' && table !== undefined) {
      sizes.set(keyOf(effect.to), { ...table, name: effect.to });
    }
  };

  return {
    run({ number, tables: named, effects, text }) {
      const found: TableSize[] = [];
      for (const name of named) {
        const size = sizes.get(keyOf(name));
        // The scratch database had the table, so that nothing is known of what IF EXISTS does without it.
        if (size === undefined && !/\bIF\s+EXISTS\b/i.test(text)) {
          return { missing: { statement: number, table: name } };
        }
        if (size !== undefined) found.push(size);
      }
      effects.forEach(apply);
      return { sizes: found };
    },
  };
}
