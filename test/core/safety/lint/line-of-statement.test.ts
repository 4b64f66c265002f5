import { expect, test } from 'vitest';
import { readTokens } from '../../../../src/adapters/local/migration-sources.ts';
import { lineOfStatement } from '../../../../src/core/safety/lint/line-of-statement.ts';
import { alter, column, statement, table } from './lint-statements.ts';

const SOURCE = `import type { Knex } from 'knex';
export async function up(knex: Knex): Promise<void> {
  await knex.schema.alterTable('tasks', (table) => {
    table.integer('priority');
  });
  await knex.schema.alterTable('tasks', (table) => {
    table.index('state', 'by_state');
  });
  await knex('users').update({ name: 'x' });
  await knex.raw('ALTER TABLE teams MODIFY title TEXT');
  await knex.raw(\`
    UPDATE teams
    SET priority = ?\`, [1]);
  await knex.raw('SELECT 1'); await knex.raw('SELECT 1');
}
export async function down(knex: Knex): Promise<void> {
  await knex.schema.alterTable('tasks', (table) => {
    table.dropColumn('priority');
  });
}`;

const line = (of: Parameters<typeof lineOfStatement>[1]) => lineOfStatement(readTokens(SOURCE), of);
const tasks = table([column('id')], { name: 'tasks' });

test('the line of a statement is that of the call which names its table and what it changes', () => {
  const withPriority = table([column('id'), column('priority')], { name: 'tasks' });
  const add = statement('alter table `tasks` add `priority` int', {
    changes: [{ before: tasks, after: withPriority }],
  });
  expect(line(add)).toBe(3);
  expect(line(statement('alter table `tasks` add index `by_state` ( `state` )'))).toBe(6);
  expect(line(statement('update `users` set `name` = ?'))).toBe(9);
});

test('the line of raw SQL is the one on which its text begins', () => {
  expect(line(statement('ALTER TABLE teams MODIFY title TEXT'))).toBe(10);
  expect(line(statement('UPDATE teams SET priority = 1'))).toBe(12);
});

test('a statement that several lines could send has no line, and one of another table neither', () => {
  expect(line(statement('SELECT 1'))).toBeUndefined();
  expect(
    line(alter(tasks, { ...tasks, charset: 'x' }, { tokens: ['ALTER', 'TABLE', '`tasks`'] })),
  ).toBeUndefined();
  expect(line(statement('create table `other` ( id int )'))).toBeUndefined();
  // Another text about the table may be the one that sent it.
  expect(line(statement('DELETE FROM `teams`'))).toBeUndefined();
});
