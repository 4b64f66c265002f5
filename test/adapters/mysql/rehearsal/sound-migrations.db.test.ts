import { expect, test } from 'vitest';
import { loadMigrationsFolder } from '../../../../src/adapters/local/migrations-folder.ts';
import { fixtureFolder } from '../../../support/fixture-folder.ts';
import { rehearse } from './rehearse.ts';

test('the sample migrations pass their rehearsal without a finding', async () => {
  const [rehearsal] = await rehearse(() => loadMigrationsFolder('demo/migrations'), {
    mostStops: 3,
  });
  const { migrations = [], failure } = rehearsal ?? {};
  expect(failure).toBeUndefined();
  expect(migrations).toHaveLength(6);
  expect(migrations.flatMap(({ findings }) => findings)).toEqual([]);
  expect(migrations.map(({ reversible }) => reversible)).toEqual(migrations.map(() => 'yes'));
  expect(migrations.flatMap(({ stops }) => (stops.right > 0 ? [] : [stops]))).toEqual([]);
}, 180_000);

const CONVERTING = {
  '20260101000000_create_parties.js': `
    export const up = (knex) => knex.raw("create table parties (id int primary key, name varchar(50) not null, kind enum('a','b')) default charset utf8mb4 collate utf8mb4_bin");
    export const down = (knex) => knex.schema.dropTable('parties');`,
  '20260102000000_convert.js': `
    export const up = (knex) => knex.raw('alter table parties convert to character set utf8mb4 collate utf8mb4_unicode_ci, default character set utf8mb4 collate utf8mb4_bin');
    export const down = (knex) => knex.raw('alter table parties convert to character set utf8mb4 collate utf8mb4_bin');`,
  '20260103000000_add_orders.js': `
    export const up = async (knex) => { await knex.raw('create table orders (id int primary key)'); await knex.raw('alter table parties add born date'); };
    export const down = async (knex) => { await knex.raw('alter table parties drop born'); await knex.raw('drop table orders'); };`,
};

test('a collation that came by a conversion is the same once its table was made again', async () => {
  const folder = await fixtureFolder(CONVERTING);
  const [rehearsal] = await rehearse(() => loadMigrationsFolder(folder), { mostStops: 2 });
  const { migrations = [], failure } = rehearsal ?? {};
  expect(failure).toBeUndefined();
  expect(migrations).toHaveLength(3);
  expect(migrations.flatMap(({ findings }) => findings)).toEqual([]);
}, 120_000);
