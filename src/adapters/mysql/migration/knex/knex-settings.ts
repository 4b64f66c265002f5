import type { Knex } from 'knex';
import type { DriverSettings } from '../../connection/driver-settings.ts';

/**
 * The settings of a knexfile that one fenced connection can honour, without the address of the database.
 * Migrations see them in `knex.client.config`, as under plain Knex.
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
  /** The only supported client. */
  readonly client?: 'mysql2' | undefined;
  /**
   * Options of mysql2; host, user and the like come from the tenant. `collate` is Knex's own option for the tables
   * that it creates.
   */
  readonly connection?: (DriverSettings & { readonly collate?: string | undefined }) | undefined;
  readonly pool?: { readonly afterCreate?: AfterCreate | undefined } | undefined;
}

/** Sets up a session: with a callback, as in Knex, or with a returned promise. */
export type AfterCreate = (
  // biome-ignore lint/suspicious/noExplicitAny: Knex's own type for it.
  connection: any,
  done: (error?: Error | null, connection?: unknown) => void,
) => unknown;
