import type { ChaosCase } from '../chaos-case.ts';

const BASE = [
  'CREATE TABLE users (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100), n INT NOT NULL DEFAULT 0)',
  "INSERT INTO users (email,name) VALUES ('a@x','Ann'),('b@x','Bob')",
];

export const SWALLOWED_ERRORS: readonly ChaosCase[] = [
  {
    name: 'swallowall',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          const t = async (f: () => unknown) => {
            try {
              await f();
            } catch {}
          };
          await t(() => knex.raw('ALTER TABLE users ADD COLUMN a INT'));
          await t(() => knex('users').increment('n', 1));
          await t(() => knex.raw('ALTER TABLE users ADD COLUMN a INT'));
          await t(() =>
            knex.transaction(async (x) => {
              await x('users').increment('n', 10);
              await x('nope').select();
            }),
          );
          await t(() => knex('users').increment('n', 100));
          await Promise.allSettled([
            knex('users').increment('n', 1000),
            knex.raw('CREATE TABLE t1 (i INT)'),
            knex('nope').select(),
          ]);
          await t(() => knex('t1').insert({ i: 1 }));
        },
      },
    ],
  },
  {
    name: 'swallowall-trx',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        up: async (knex) => {
          const t = async (f: () => unknown) => {
            try {
              await f();
            } catch {}
          };
          await t(() => knex('users').increment('n', 1));
          await t(() => knex('nope').select());
          await t(() => knex('users').increment('n', 10));
          await t(() => knex.raw('ALTER TABLE users ADD COLUMN a INT'));
          await t(() => knex('users').increment('n', 100));
          await t(() => knex('users').insert({ id: 1, email: 'dup' }));
          await t(() => knex('users').increment('n', 1000));
        },
      },
    ],
  },
  {
    name: 'selfretry',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          for (let i = 0; i < 5; i++) {
            try {
              await knex.transaction(async (x) => {
                await x('users').where('id', 1).increment('n', 1);
                await x('users').where('id', 2).increment('n', 1);
              });
              break;
            } catch {
              await new Promise((r) => setTimeout(r, 20));
            }
          }
          await knex.raw('ALTER TABLE users ADD COLUMN a INT');
          for (let i = 0; i < 5; i++) {
            try {
              await knex('users').increment('n', 10);
              break;
            } catch {}
          }
        },
      },
    ],
  },
];
