import type { Knex } from 'knex';
import mysql2 from 'mysql2';
import { type FencedSession, FenceState, type StatementRunner } from './fence-state.ts';
import { fencedClientClass } from './fenced-client.ts';
import type { KnexClasses } from './knex-classes.ts';
import type { KnexSettings } from './knex-settings.ts';
import { guardConnectionSettings } from './second-connection.ts';

const STATES = new WeakMap<Knex, FenceState>();

/**
 * The Knex that migrations are given: the user's own in everything that can be seen, but all its
 * connections are the one that holds the fence. Nothing can replace a lost connection without its lock
 * and session settings.
 *
 * @param classes those of the project's Knex, or of ours
 */
export function knexOnSession(
  session: FencedSession,
  statements: StatementRunner,
  database: string,
  classes: KnexClasses,
  settings: KnexSettings = {},
): Knex {
  const { Logger, makeKnex } = classes;
  const state = new FenceState(session, statements);
  const { host, port, user, password } = session.connection.config;
  const { connection, ...rest } = settings;
  const Client = fencedClientClass(state, classes);
  const client = new Client({
    ...rest,
    client: 'mysql2',
    connection: { host, port, user, password, database, ...connection },
  } as unknown as Knex.Config);
  // Knex says to the terminal what is in the errors as well.
  if (settings.log === undefined) client.logger = new Logger({ log: SILENT });
  const base = makeKnex(client);
  if (settings.userParams !== undefined) base.userParams = { ...settings.userParams };
  // As Knex's own migrator does it; what a clone lacks, such as the server's version, migrations lack.
  // Without the driver meanwhile, all of which Knex would copy for each clone: that takes 4 ms.
  client.driver = undefined;
  const instance = base.withUserParams({ ...base.userParams });
  for (const each of [base, instance]) each.client.driver = mysql2;
  instance.disableProcessing();
  instance.enableProcessing();
  for (const { client: each } of [base, instance]) {
    guardConnectionSettings(each.config.connection);
    guardConnectionSettings(each.connectionSettings);
  }
  STATES.set(instance, state);
  return instance;
}

const SILENT = { warn() {}, error() {}, deprecate() {} };

/** Whether a transaction that the migration opened is still open. */
export function hasOpenTransaction(instance: Knex): boolean {
  return stateOf(instance).open !== undefined;
}

/** Makes it as new after the migration before, which may have left a transaction open or called `knex.destroy()`. */
export function startMigrationOn(instance: Knex): void {
  stateOf(instance).status.reset();
  if (instance.client.pool === undefined) instance.initialize();
}

/**
 * A text without the statements of the migration that failed, their literals and their values. Knex
 * writes the statement before the message of every error that the server sends, and a migration may
 * put that into an error of its own. To be called before a text is cut.
 */
export function withoutSql(instance: Knex, text: string): string {
  return stateOf(instance).failed.without(text);
}

/** Stops what Knex's pool does from time to time; nothing is closed. */
export function stopKnex(instance: Knex): void {
  const { pool } = instance.client as { pool?: { destroy(): Promise<unknown> } };
  // Whoever still holds a connection would be waited for.
  pool?.destroy().catch(() => {});
}

function stateOf(instance: Knex): FenceState {
  const state = STATES.get(instance);
  if (state === undefined) throw new TypeError('This Knex is not on a fenced session.');
  return state;
}
