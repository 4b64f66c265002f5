import type { Knex } from 'knex';
import { cloneKnex } from './clone-knex.ts';
import { type FencedSession, FenceState, type StatementRunner } from './fence-state.ts';
import { fencedClientClass } from './fenced-client.ts';
import type { KnexClasses } from './knex-classes.ts';
import type { KnexSettings } from './knex-settings.ts';
import { guardConnectionSettings } from './second-connection.ts';

const STATES = new WeakMap<Knex, FenceState>();

/**
 * Creates the Knex that migrations receive: it looks like the user's own, but all its connections are the fenced
 * one, so a lost connection is never replaced by one without the lock and the session settings.
 *
 * @param classes the classes of the project's Knex, or of Fanfold's own
 */
export function knexOnSession(
  session: FencedSession,
  statements: StatementRunner,
  database: string,
  classes: KnexClasses,
  settings: KnexSettings = {},
): Knex {
  const state = new FenceState(session, statements);
  const { host, port, user, password } = session.connection.config;
  const { connection, ...rest } = settings;
  const Client = fencedClientClass(state, classes);
  const client = new Client({
    ...rest,
    client: 'mysql2',
    connection: { host, port, user, password, database, ...connection },
  } as unknown as Knex.Config);
  // Knex would print messages to the terminal that the errors contain too.
  if (settings.log === undefined) client.logger = new classes.Logger({ log: SILENT });
  const instance = cloneKnex(client, classes, { ...settings.userParams });
  instance.disableProcessing();
  instance.enableProcessing();
  for (const each of [client as typeof instance.client, instance.client]) {
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

/** Resets the instance after the previous migration, which may have left a transaction open or called `knex.destroy()`. */
export function startMigrationOn(instance: Knex): void {
  stateOf(instance).status.reset();
  if (instance.client.pool === undefined) instance.initialize();
}

/**
 * Removes the migration's failed statements, their literals and their values from a text. Knex puts the statement
 * before the message of every server error, and a migration may copy that into another error. Call it before a
 * text is cut.
 */
export function withoutSql(instance: Knex, text: string): string {
  return stateOf(instance).failed.without(text);
}

/** Stops the timers of Knex's pool; closes no connection. */
export function stopKnex(instance: Knex): void {
  const { pool } = instance.client as { pool?: { destroy(): Promise<unknown> } };
  // Not awaited, because it would wait for code that still holds a connection.
  pool?.destroy().catch(() => {});
}

function stateOf(instance: Knex): FenceState {
  const state = STATES.get(instance);
  if (state === undefined) throw new TypeError('This Knex is not on a fenced session.');
  return state;
}
