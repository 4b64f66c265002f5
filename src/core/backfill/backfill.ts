export interface BackfillRows {
  /** The table whose rows are walked, in the tenant's database. It needs a primary key. */
  readonly table: string;
  /** SQL condition for the rows that are changed: `priority IS NULL`. Default: all rows. */
  readonly where?: string | undefined;
  /** The most rows that one batch walks over, 1 to 100,000. Default: 10,000. */
  readonly batch?: number | undefined;
  /**
   * Keeps the prior values of changed rows in the tenant's database, so that a rollback brings them back, instead of
   * running `down`. Default: false.
   */
  readonly keep?: boolean | undefined;
}

/**
 * A change of many rows in small transactions: the export `backfill` of a migration file. Fanfold walks the
 * primary key from its beginning to its end, and each batch is committed together with its place, so that a
 * process that is killed repeats no row and misses none.
 *
 * @example
 * export const backfill: Backfill = {
 *   table: 'tasks',
 *   where: 'priority IS NULL',
 *   update: "priority = 'normal'",
 * };
 */
export type Backfill =
  | (BackfillRows & {
      /** The SET list of an UPDATE: `priority = 'normal', points = points + 1`. It must not set the key. */
      readonly update: string;
      readonly rows?: undefined;
    })
  | (BackfillRows & {
      /**
       * Changes the rows with these keys, inside the transaction of the batch. The keys suit
       * `knex(table).whereIn('id', keys)`; for a key of several columns, `whereIn(['a', 'b'], keys)`.
       */
      // biome-ignore lint/suspicious/noExplicitAny: the core does not know Knex; the file's author types it
      readonly rows: (knex: any, keys: any[]) => unknown;
      readonly update?: undefined;
    });

/** The most rows of a batch, unless the file has its own limit. */
export const MOST_ROWS = 10_000;
