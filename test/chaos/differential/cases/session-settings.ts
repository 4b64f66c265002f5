import type { ChaosCase } from '../chaos-case.ts';

const BASE = [
  'CREATE TABLE users (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100), n INT NOT NULL DEFAULT 0)',
  "INSERT INTO users (email,name) VALUES ('a@x','Ann'),('b@x','Bob')",
];

/** Settings that one migration leaves in the session, in which the next one works. */
const LEFT_BEHIND: Readonly<Record<string, string>> = {
  safe: 'SET sql_safe_updates=1',
  sellimit: 'SET sql_select_limit=1',
  txro: 'SET SESSION TRANSACTION READ ONLY',
  ac0: 'SET autocommit=0',
  names: 'SET NAMES latin1',
  modes: "SET SESSION sql_mode='ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PIPES_AS_CONCAT'",
  csr: 'SET character_set_results=NULL',
  iso: 'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE',
  ts: 'SET timestamp=1000',
  engine: 'SET default_storage_engine=MyISAM',
  insid: 'SET insert_id=500',
  lwt: 'SET SESSION lock_wait_timeout=1',
  compl: 'SET completion_type=1',
  big: 'SET sql_big_selects=0, max_join_size=1',
  reall: 'DO RELEASE_ALL_LOCKS()',
  usedb: 'USE mysql',
  fk: 'SET foreign_key_checks=0',
  sort: 'SET group_concat_max_len=4',
  handler: 'HANDLER users OPEN',
  flush: 'FLUSH TABLES users WITH READ LOCK',
  lockt: 'LOCK TABLES users WRITE',
  begin: 'BEGIN',
  ttemp: 'CREATE TEMPORARY TABLE users (z INT)',
  tempj:
    'CREATE TEMPORARY TABLE knex_migrations (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), batch INT, migration_time TIMESTAMP NULL)',
  div: 'SET div_precision_increment=0',
};

export const SESSION_SETTINGS: readonly ChaosCase[] = Object.entries(LEFT_BEHIND).map(
  ([name, sql]) => ({
    name: `leaves ${name}`,
    // The fence is an advisory lock.
    ...(name === 'reall' && { refusedAs: 'FenceLost' }),
    // Our records would go into the temporary table.
    ...(name === 'tempj' && { refusedAs: 'StatementRefused' }),
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          await knex.schema.alterTable('users', (t) => t.integer('x'));
          await knex('users').where('id', 1).update({ x: 1 });
          await knex.raw(sql);
        },
      },
      {
        id: '20250102000000_b',
        up: async (knex) => {
          await knex.schema.createTable('b', (t) => t.increments());
          await knex('b').insert({});
        },
      },
    ],
  }),
);

/**
 * Settings that count from the next transaction on, or that a server refuses within one: under plain Knex
 * the transaction of a migration has begun before its first statement.
 */
const OF_TRANSACTIONS: Readonly<Record<string, string>> = {
  'session read only': 'SET SESSION TRANSACTION READ ONLY',
  'session isolation': 'SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE',
  'next read only': 'SET TRANSACTION READ ONLY',
  'next isolation': 'SET TRANSACTION ISOLATION LEVEL READ COMMITTED',
  autocommit: 'SET autocommit=0',
  'no log': 'SET SESSION sql_log_bin=0',
};

export const TRANSACTION_SETTINGS: readonly ChaosCase[] = Object.entries(OF_TRANSACTIONS).flatMap(
  ([name, sql]) =>
    [true, false].map((transaction) => ({
      name: `in a transaction (${transaction}): ${name}`,
      base: BASE,
      migrations: [
        {
          id: '20250101000000_a',
          transaction,
          up: async (knex) => {
            // The server's answer to it is part of the comparison.
            const said = await knex.raw(sql).then(
              () => 'nothing',
              ({ errno }: { errno: number }) => String(errno),
            );
            const wrote = await knex('users')
              .insert({ email: 'c@x', name: said })
              .then(
                () => 'nothing',
                ({ errno }: { errno: number }) => String(errno),
              );
            await knex.raw('SET SESSION TRANSACTION READ WRITE').catch(() => {});
            await knex.schema.createTable('said', (t) => {
              t.string(`to_setting_${said}`);
              t.string(`to_write_${wrote}`);
            });
          },
        },
      ],
    })),
);
