import type { Knex } from 'knex';
import { describe, expect, it } from 'vitest';
import type { KnexSettings } from '../../../src/adapters/mysql/migration/knex/knex-settings.ts';
import { createDatabase } from '../../support/database.ts';
import { migrate } from '../../support/migrating.ts';
import { bundle, migration } from '../../support/migrations.ts';
import { plainKnex } from '../../support/plain-knex.ts';
import { differences, type Walked, walkObject } from '../../support/walk-object.ts';

interface Allowed {
  readonly why: string;
  readonly at: RegExp;
  readonly as?: (plain: string, ours: string) => boolean;
}

/** The differences between Fanfold's Knex and the user's, with the reason for each. */
const ALLOWED: readonly Allowed[] = [
  {
    why: 'The client is of a class of the same name that extends the one of Knex: it has the one connection.',
    at: /(?:client|Client)(?: \(hidden\))?$/,
    as: (plain, ours) => ours.replace('Client_MySQL2 < Client_MySQL2', 'Client_MySQL2') === plain,
  },
  {
    why: 'Connecting with the settings of the fenced connection fails with an error that says why.',
    at: /\.(?:connection|connectionSettings)\.(?:Symbol\(fanfold: not to be copied\)|stream \(hidden\))/,
    as: (plain) => plain === 'nothing',
  },
  {
    why: 'Fanfold finds its migrations by itself; plain Knex is given them by its configuration.',
    at: /\.config\.(?:migrations|migrationSource)\b/,
  },
  {
    why: 'The client that migrations are given a clone of has not asked the server’s version: the clone lacks it.',
    at: /\.valueForUndefined\.client\.(?:_versionCheckPromise|isMariaDB|version)$/,
    as: (_, ours) => ours === 'nothing',
  },
  {
    why: 'Knex would write to the terminal what is in the errors as well, unless the user gives a `log`.',
    at: /\.logger\._(?:warn|error|deprecate)\b/,
    as: (_, ours) => ours !== 'nothing',
  },
  {
    why: 'The driver is the module itself; Knex hands a clone a copy of it, which takes 4 ms.',
    at: /\.valueForUndefined\.client\.driver$/,
    as: (plain, ours) => plain === 'object' && ours.startsWith('as at '),
  },
  {
    why: 'Queries that are sent at the same time run one after the other, and wait as long as it takes.',
    at: /\.pool\.acquireTimeoutMillis$/,
  },
  {
    why: 'A stack says by whom the migration was called.',
    at: /\._asyncStack\.error\.stack/,
    as: (plain, ours) => plain.split('\n')[3] === ours.split('\n')[3],
  },
  {
    why: 'Knex’s migrator has sent queries of its own by then, and the clock has gone on.',
    at: /\.pool\.(?:eventId|interval|used|free)\b/,
  },
];

/** Objects that are not compared: the driver's module and Node's own objects, which are the same for both. */
const CLOSED = [/\.driver$/, /\.pool\.(?:interval|used|free)$/];

const SETTINGS: KnexSettings = {
  asyncStackTraces: true,
  useNullAsDefault: true,
  userParams: { region: 'eu' },
  wrapIdentifier: (value, original) => original(value),
  postProcessResponse: (response) => response,
  connection: {
    timezone: '+02:00',
    supportBigNumbers: true,
    dateStrings: true,
    charset: 'utf8mb4',
  },
  seeds: { directory: './seeds' },
};

type Look = (knex: Knex) => unknown;

const LOOKS: Readonly<Record<string, Look>> = {
  knex: (knex) => knex,
  client: (knex) => knex.client,
  'a query builder': (knex) => knex('a_table').where({ id: 1 }),
  'a schema builder': (knex) => knex.schema,
  'a raw query': (knex) => knex.raw('SELECT ?', [1]),
  'a reference': (knex) => knex.ref('a_table.id'),
  'a function': (knex) => knex.fn.now(),
  'a clone with user parameters': (knex) =>
    (knex as { withUserParams?: (params: object) => Knex }).withUserParams?.({ a: 1 }),
};

describe.each([
  ['no settings', {}],
  ['settings', SETTINGS],
] as [string, KnexSettings][])(
  'everything that a migration can see of Knex, with %s',
  (_, settings) => {
    it.each([true, false])(
      'the Knex of a migration equals plain Knex, transaction: %s',
      async (transaction) => {
        const plain = new Map<string, Walked>();
        const ours = new Map<string, Walked>();
        const database = await createDatabase('walk');
        await plainKnex(
          database,
          bundle(walking(plain, transaction)),
          settings as Knex.Config,
        ).migrate.latest();
        await database.query('DROP TABLE knex_migrations, knex_migrations_lock');
        const migrated = await migrate(database, bundle(walking(ours, transaction)), {
          knex: settings,
        });
        expect(migrated).toMatchObject({ status: 'migrated' });

        const found = [...plain].flatMap(([name, walked]) =>
          Object.entries(differences(walked, ours.get(name) ?? new Map())),
        );
        const unexpected = found.filter(
          ([path, [was, is]]) =>
            !ALLOWED.some(({ at, as }) => at.test(path) && (as?.(was, is) ?? true)),
        );
        expect(Object.fromEntries(unexpected)).toEqual({});
      },
    );
  },
);

function walking(seen: Map<string, Walked>, transaction: boolean) {
  return migration(
    '20260101000000_walk',
    async (knex) => {
      for (const [name, look] of Object.entries(LOOKS)) {
        seen.set(
          name,
          walkObject(transaction && name.startsWith('a clone') ? 0 : look(knex), name, CLOSED),
        );
      }
    },
    { transaction },
  );
}
