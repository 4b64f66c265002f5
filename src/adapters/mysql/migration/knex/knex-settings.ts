import type { Knex } from 'knex';
import type { DriverSettings } from '../../connection/driver-settings.ts';

/**
 * Settings of a knexfile beside the address of the database, as far as one fenced connection can honour
 * it. Migrations see it in `knex.client.config`, as plain Knex shows it.
 */
export interface KnexSettings
  extends Pick<
    Knex.Config,
    | 'asyncStackTraces'
    | 'compileSqlOnError'
    | 'debug'
    | 'log'
    | 'migrations'
    | 'postProcessResponse'
    | 'seeds'
    | 'useNullAsDefault'
    | 'version'
    | 'wrapIdentifier'
  > {
  readonly userParams?: Record<string, unknown> | undefined;
  /** The only client there is. */
  readonly client?: 'mysql2' | undefined;
  /**
   * Options of mysql2; host, user and the like come from the tenant. `collate` is Knex's own, for the tables
   * that it makes.
   */
  readonly connection?: (DriverSettings & { readonly collate?: string | undefined }) | undefined;
  readonly pool?: { readonly afterCreate?: AfterCreate | undefined } | undefined;
}

/** Sets a session up: with a callback, as Knex has it, or by the promise that it returns. */
export type AfterCreate = (
  // biome-ignore lint/suspicious/noExplicitAny: Knex's own type for it.
  connection: any,
  done: (error?: Error | null, connection?: unknown) => void,
) => unknown;
