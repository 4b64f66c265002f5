import type { Blocks } from '../verdict.ts';

/**
 * Kinds of work that a server does for a statement, by the size on which its time depends:
 * - `constant`: only definitions or a few rows change, whatever the size of the table
 * - `index`: reads the rows, sorts them and writes an index
 * - `rebuild`: InnoDB writes the whole table anew, in sorted order
 * - `copy`: every row is written to a new table, one after the other
 * - `rows`: rows of the table are read or changed, and at most all of them
 */
export const WORK_KINDS = ['constant', 'index', 'rebuild', 'copy', 'rows'] as const;

export type WorkKind = (typeof WORK_KINDS)[number];

/** Kinds that have a rate: `read` is what the first statement that goes through a table's rows takes more, as they may still be on the disk. */
export type RatedKind = WorkKind | 'read';

/** The work of one statement on an empty scratch database, from which that on a table with rows follows. */
export interface StatementWork {
  /** Position in its migration, from 1. */
  readonly number: number;
  /** As `SentStatement` has it: no literal of a write. */
  readonly text: string;
  readonly kind: WorkKind;
  /** Tables whose size counts, by the name that they have when the statement runs. */
  readonly tables: readonly string[];
  /** How often the rows are gone through: once for each index that is built. */
  readonly passes: number;
  /** Queries that wait on these tables while it runs. */
  readonly blocks: Blocks;
  /** Why its time is less sure than that of its kind, as a clause. */
  readonly unsure?: string | undefined;
  /** Tables that exist, are renamed or are gone after it. */
  readonly effects: readonly TableEffect[];
}

/** A table that a statement creates, drops or renames. */
export type TableEffect =
  | { readonly does: 'create' | 'drop'; readonly table: string }
  | { readonly does: 'rename'; readonly table: string; readonly to: string };
