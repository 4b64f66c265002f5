import type { Knex } from 'knex';
import { expect, test, vi } from 'vitest';
import type { GuardSettings } from '../../../../src/core/safety/guard/guard-settings.ts';
import { type CuttingProxy, startCuttingProxy } from '../../../support/cutting-proxy.ts';
import { createDatabase } from '../../../support/database.ts';
import { queriesOf } from '../../../support/general-log.ts';
import { migrate } from '../../../support/migrating.ts';
import { bundle, migration } from '../../../support/migrations.ts';
import { testServer } from '../../../support/server.ts';

vi.setConfig({ testTimeout: 120_000 });

const ALTER = 'ALTER TABLE tasks ADD COLUMN extra INT';
const UP = async (knex: Knex) => {
  await knex.raw(ALTER);
  await knex.schema.alterTable('tasks', (table) => {
    table.index(['points'], 'by_points');
    table.index(['extra'], 'by_extra');
  });
  await knex.raw('DROP INDEX by_points ON tasks');
  await knex('tasks').insert({ id: 3 });
};

async function sent(safety: GuardSettings | undefined) {
  const database = await createDatabase('guard_packets');
  await database.query('CREATE TABLE tasks (id INT PRIMARY KEY, points INT)');
  await database.query('INSERT INTO tasks VALUES (1, 1)');
  const texts = await queriesOf(database, async () => {
    const only = bundle(migration('20260101000000_a', UP));
    expect(await migrate(database, only, { safety })).toMatchObject({ status: 'migrated' });
  });
  const journal = await database.query('SELECT * FROM fanfold_journal');
  // MariaDB logs a packet, MySQL each of its statements.
  return {
    texts: texts.flatMap((text) => text.split(';\n')).map((text) => text.trim()),
    journal: JSON.stringify(journal),
  };
}

const changes = (texts: readonly string[]) =>
  texts
    .filter((text) => /^(?:alter|create|drop)\b.*\btasks\b/i.test(text))
    .map((text) => text.replace(/;$/, ''));

test('without limits statements are sent as they are, and with them the journal has the same texts', async () => {
  const plain = await sent(undefined);
  expect(changes(plain.texts)).toEqual([
    ALTER,
    'alter table `tasks` add index `by_points`(`points`)',
    'alter table `tasks` add index `by_extra`(`extra`)',
    'DROP INDEX by_points ON tasks',
  ]);
  const none = await sent({ lock: 'any', copyBytes: 'any' });
  expect(changes(none.texts)).toEqual(changes(plain.texts));
  const clauses = testServer().flavour === 'mysql' ? 'LOCK=NONE' : 'ALGORITHM=INPLACE, LOCK=NONE';
  const guarded = await sent({ lock: 'none', copyBytes: 0 });
  expect(changes(guarded.texts)).toEqual([
    `ALTER TABLE tasks ${clauses}, ADD COLUMN extra INT`,
    `alter table \`tasks\` ${clauses}, add index \`by_points\`(\`points\`)`,
    `alter table \`tasks\` ${clauses}, add index \`by_extra\`(\`extra\`)`,
    `ALTER TABLE tasks ${clauses}, DROP INDEX by_points`,
  ]);
  expect(guarded.journal).not.toContain('LOCK=');
});

test('limits cost no packet if the server accepts the first form, unless several would share one', async () => {
  const proxy = await startCuttingProxy(testServer());
  const packets = async (safety: GuardSettings | undefined, up: (knex: Knex) => unknown) => {
    const database = await createDatabase('guard_packets');
    await database.query('CREATE TABLE tasks (id INT PRIMARY KEY, points INT)');
    await database.query('INSERT INTO tasks VALUES (1, 1)');
    proxy.strikeAt(undefined);
    const through = { ...database, host: '127.0.0.1', port: proxy.port };
    const attempt = await migrate(through, bundle(migration('20260101000000_a', up)), { safety });
    expect(attempt).toMatchObject({ status: 'migrated' });
    return queriesThrough(proxy);
  };
  try {
    const one = (knex: Knex) => knex.raw(ALTER);
    expect(await packets({ lock: 'none' }, one)).toBe(await packets(undefined, one));
  } finally {
    await proxy.close();
  }
});

function queriesThrough(proxy: CuttingProxy): number {
  const queries: unknown = proxy.queries();
  return Array.isArray(queries) ? queries.length : Number(queries);
}
