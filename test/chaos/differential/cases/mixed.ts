import type { ChaosCase } from '../chaos-case.ts';

const BASE = [
  'CREATE TABLE users (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, email VARCHAR(190) NOT NULL, name VARCHAR(100), n INT NOT NULL DEFAULT 0) ENGINE=InnoDB',
  "INSERT INTO users (email,name) VALUES ('a@x','Ann'),('b@x','Bob'),('c@x','Cyd'),('d@x','Dee')",
  'COMMIT',
];

export const MIXED: readonly ChaosCase[] = [
  {
    name: 'mix',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          const pause = () => null;
          await knex.schema.createTable('teams', (t) => {
            t.increments('id');
            t.string('name', 80).notNullable().unique();
            t.integer('owner').unsigned().references('id').inTable('users');
            t.index(['name', 'owner'], 'teams_no');
            t.comment('team ; ? x');
          });
          await pause();
          await knex('teams').insert({ name: 'O\'Neil \\ " ; ? ünï', owner: 1 });
          await knex('teams').insert([
            { name: 't2', owner: 2 },
            { name: 't3', owner: 2 },
          ]);
          await knex.schema.alterTable('users', (t) => {
            t.integer('team_id').unsigned();
            t.renameColumn('n', 'm');
          });
          await pause();
          await knex('users').whereIn('id', [1, 2]).update({ team_id: 1, m: 5 });
          const rows = await knex('users').where('team_id', 1).orderBy('id');
          await knex('users').where('id', 4).update({ m: rows.length });
          await knex.transaction(async (trx) => {
            await trx('users').where('id', 3).increment('m', 2);
            await pause();
            await trx('users').where('id', 3).increment('m', 3);
          });
          await knex.schema.alterTable('users', (t) => {
            t.string('name', 60).notNullable().defaultTo("a'b").alter();
            t.unique(['email'], 'ue');
          });
          await knex('teams').where('id', '>', 0).increment('owner', 0);
        },
      },
      {
        id: '20250102000000_b',
        up: async (knex) => {
          await knex.schema.alterTable('users', (t) => t.integer('b1'));
          await knex('users').where('id', 1).update({ b1: 1 });
        },
      },
    ],
  },
  {
    name: 'slow',
    base: BASE,
    migrations: [
      {
        id: '20250101000000_a',
        transaction: false,
        up: async (knex) => {
          const pause = () => new Promise((r) => setTimeout(r, 1600));
          await knex.schema.createTable('teams', (t) => {
            t.increments('id');
            t.string('name', 80).notNullable().unique();
            t.integer('owner').unsigned().references('id').inTable('users');
            t.index(['name', 'owner'], 'teams_no');
            t.comment('team ; ? x');
          });
          await pause();
          await knex('teams').insert({ name: 'O\'Neil \\ " ; ? ünï', owner: 1 });
          await knex('teams').insert([
            { name: 't2', owner: 2 },
            { name: 't3', owner: 2 },
          ]);
          await knex.schema.alterTable('users', (t) => {
            t.integer('team_id').unsigned();
            t.renameColumn('n', 'm');
          });
          await pause();
          await knex('users').whereIn('id', [1, 2]).update({ team_id: 1, m: 5 });
          const rows = await knex('users').where('team_id', 1).orderBy('id');
          await knex('users').where('id', 4).update({ m: rows.length });
          await knex.transaction(async (trx) => {
            await trx('users').where('id', 3).increment('m', 2);
            await pause();
            await trx('users').where('id', 3).increment('m', 3);
          });
          await knex.schema.alterTable('users', (t) => {
            t.string('name', 60).notNullable().defaultTo("a'b").alter();
            t.unique(['email'], 'ue');
          });
          await knex('teams').where('id', '>', 0).increment('owner', 0);
        },
      },
    ],
  },
];
