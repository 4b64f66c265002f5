import { FanfoldError } from '../../../../core/errors.ts';
import {
  checkKnexSettings,
  isKnownOption,
  isKnownSetting,
  knexSettingRefused,
} from './check-knex-settings.ts';
import type { KnexSettings } from './knex-settings.ts';
import { type KnexfileMigrations, readKnexfileMigrations } from './knexfile-migrations.ts';
import {
  CONNECTION_SET_ASIDE,
  FROM_TENANT,
  ONE_CONNECTION,
  POOL_SET_ASIDE,
  type Put,
  type SetAside,
  TOP_SET_ASIDE,
} from './set-aside-settings.ts';

/** The settings of a knexfile, sorted by how they are used. */
export interface SortedKnexfile {
  readonly settings: KnexSettings;
  readonly migrations: KnexfileMigrations;
  readonly setAside: readonly SetAside[];
}

/**
 * Sorts the settings of a knexfile. Settings that affect migrations are kept, or refused by name
 * (`KnexSettingRefused`) if one fenced connection cannot honour them. Addresses, passwords and pool sizes are set
 * aside, because those of the tenants are used. No setting is silently ignored.
 */
export function sortKnexfile(knexfile: Readonly<Record<string, unknown>>): SortedKnexfile {
  const setAside: SetAside[] = [];
  const put = (name: string, why: string) => setAside.push({ name, why });
  const { migrations, dialect, ...rest } = knexfile;
  const settings: Record<string, unknown> = {};
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(rest)) {
    const why = TOP_SET_ASIDE[name];
    if (value === undefined) continue;
    if (why !== undefined) put(name, why);
    else if (isKnownSetting(name)) settings[name] = value;
    else {
      put(name, 'Knex has no such setting; migrations see it in knex.client.config');
      others[name] = value;
    }
  }
  settings.client ??= dialect;
  checkClient(settings.client);
  const connection = connectionOf(settings.connection, put);
  const pool = poolOf(settings.pool, put);
  delete settings.connection;
  delete settings.pool;
  if (settings.client === undefined) delete settings.client;
  const honoured = checkKnexSettings({
    ...settings,
    ...(connection !== undefined && { connection }),
    ...(pool !== undefined && { pool }),
    ...(migrations !== undefined && { migrations }),
  });
  return {
    settings: { ...others, ...honoured },
    migrations: readKnexfileMigrations(migrations, put),
    setAside,
  };
}

/** Refuses another dialect first, because errors about its options would confuse. */
function checkClient(client: unknown): void {
  if (client === undefined || client === 'mysql2') return;
  const isClass = typeof client === 'function';
  const shown = typeof client === 'string' ? `"${client}"` : isClass ? 'a class' : 'no name';
  throw new FanfoldError(
    'KnexSettingRefused',
    `The client is ${shown}, and Fanfold migrates MySQL and MariaDB with the client mysql2.`,
    {
      fault: 'configuration',
      nextStep:
        client === 'mysql'
          ? 'Set client to mysql2 in the knexfile and install mysql2: Knex compiles the same SQL for both. Or put the settings into the configuration file: knex: { ...settings, client: "mysql2" }.'
          : 'Name the knexfile for the tenant databases, or its environment with "knex.env".',
    },
  );
}

function connectionOf(connection: unknown, put: Put): Record<string, unknown> | undefined {
  if (connection === undefined || connection === null) return undefined;
  if (typeof connection === 'function') {
    throw knexSettingRefused(
      'connection',
      'it is a function, and Fanfold would have to request a password from it to read its driver options',
      'an object of driver options: { ...settings, connection: { timezone: "Z" } } in the configuration file',
    );
  }
  const given = typeof connection === 'string' ? optionsOfUrl(connection, put) : connection;
  if (typeof given !== 'object' || Array.isArray(given)) return checkedElsewhere(connection);
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(given)) {
    const why = CONNECTION_SET_ASIDE[name];
    if (value === undefined) continue;
    if (why !== undefined) put(`connection.${name}`, why);
    else if (isKnownOption(name)) kept[name] = value;
    else put(`connection.${name}`, 'neither Knex nor the driver knows such an option');
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}

/** Returns an invalid value unchanged; `checkKnexSettings` refuses it. */
function checkedElsewhere(connection: unknown): Record<string, unknown> {
  return connection as Record<string, unknown>;
}

/** The options in a URL, read as Knex reads them: as JSON, or else as text. */
function optionsOfUrl(text: string, put: Put): Record<string, unknown> {
  put('connection', FROM_TENANT);
  if (!URL.canParse(text)) return {};
  const url = new URL(text);
  checkClient(
    url.protocol === 'mysql:' || url.protocol === 'mysql2:' ? 'mysql2' : url.protocol.slice(0, -1),
  );
  return Object.fromEntries(
    [...url.searchParams].map(([name, value]) => [
      name,
      url.protocol === 'mysql:' ? jsonOr(value) : value,
    ]),
  );
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function poolOf(pool: unknown, put: Put): unknown {
  if (typeof pool !== 'object' || pool === null) return pool ?? undefined;
  const kept: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(pool)) {
    if (value === undefined) continue;
    if (POOL_SET_ASIDE.has(name)) put(`pool.${name}`, ONE_CONNECTION);
    else kept[name] = value;
  }
  return Object.keys(kept).length === 0 ? undefined : kept;
}
