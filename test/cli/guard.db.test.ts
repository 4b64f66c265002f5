import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { realFleet, writeMigrations } from './support/real-fleet.ts';

// Every command line is a process of its own, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 240_000 });

const FIRST = {
  '20260101000000_create_tasks.js': `
    export async function up(knex) {
      await knex.schema.createTable('tasks', (table) => {
        table.increments('id');
        table.integer('points');
        table.integer('a');
        table.integer('b');
        table.integer('c');
      });
      await knex('tasks').insert({ points: 1 });
    }
    export const down = (knex) => knex.schema.dropTable('tasks');`,
};
const COPY = '20260102000000_widen_points';

/** A migration that copies the table, in each kind of file, with limits of its own. */
const body = (column: string) =>
  `return knex.schema.alterTable('tasks', (table) => { table.bigInteger('${column}').alter(); });`;
const LOOSE = "{ copyBytes: 'any', lock: 'any', why: 'one row' }";
const FILES = {
  [`${COPY}.mjs`]: `export const safety = ${LOOSE};\nexport function up(knex) { ${body('points')} }`,
  '20260103000000_cjs.cjs': `exports.safety = ${LOOSE};\nexports.up = (knex) => { ${body('a')} };`,
  '20260104000000_ts.ts': `import type { Knex } from 'knex';\nexport const safety = ${LOOSE} as const;\nexport function up(knex: Knex) { ${body('b')} }`,
  '20260105000000_default.js': `export default { safety: ${LOOSE}, up(knex) { ${body('c')} } };`,
};

test('limits of the configuration refuse a copy, a plan shows it, and a migration allows it for itself', async () => {
  const fleet = await realFleet(['Acme'], FIRST);
  await fleet.run('migrate:all-tenants');
  await writeFile(
    join(fleet.folder, 'fanfold.config.js'),
    "export default { safety: { lock: 'none', copyBytes: 0 } };",
  );
  await writeMigrations(fleet.folder, {
    [`${COPY}.mjs`]: `export function up(knex) { ${body('points')} }`,
  });
  const scratch = await createDatabase('scratch');
  const env = { FANFOLD_SCRATCH_URL: scratch.url };

  const plan = await fleet.run('migrate:plan --sql', env);
  expect(plan.stdout).toContain('Beyond "safety.copyBytes": refused if the table has rows.');
  const json = await fleet.run('migrate:plan --sql --json --safety-copy-bytes any', env);
  const event = JSON.parse(json.stdout.trim().split('\n').at(-1) ?? '');
  // Without a lock MariaDB copies from 11.2 on.
  const blocks = event.statements[0].verdict.blocks !== 'nothing';
  expect(event.statements[0].beyond).toBe(blocks ? 'lock' : undefined);

  const refused = await fleet.run('migrate:all-tenants');
  expect(refused.exitCode).toBe(1);
  expect(refused.stdout).toContain('Error WouldCopy (errno 1846');
  expect(refused.stdout.replaceAll(/\s+/g, ' ')).toContain(
    "export const safety = { copyBytes: 'any', why: '…' }",
  );
  expect(refused.stdout).not.toContain('migrate:resolve');

  await writeMigrations(fleet.folder, FILES);
  const lint = await fleet.run('migrate:lint');
  expect(lint.stdout.replaceAll(/\s+/g, ' ')).toContain(
    `${COPY} has limits of its own: copyBytes "any", lock "any": one row`,
  );
  const shown = await fleet.run('migrate:plan --sql', env);
  expect(shown.stdout).toContain('safety: copyBytes "any", lock "any": one row');
  expect(shown.stdout).not.toContain('Beyond');
  const loosened = await fleet.run('migrate:all-tenants');
  expect(loosened.stdout + loosened.stderr).toContain('Ran 4 migrations');
  expect(loosened.exitCode).toBe(0);
  const types = await fleet.tenants[0]?.query(
    "SELECT DATA_TYPE AS type FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'tasks' AND COLUMN_NAME <> 'id'",
  );
  expect(types).toEqual(Array(4).fill({ type: 'bigint' }));
});

test('a flag overrides the limits of the configuration', async () => {
  const fleet = await realFleet(['Acme'], FIRST);
  await fleet.run('migrate:all-tenants');
  await writeFile(
    join(fleet.folder, 'fanfold.config.js'),
    "export default { safety: { lock: 'none', copyBytes: 0 } };",
  );
  await writeMigrations(fleet.folder, {
    [`${COPY}.mjs`]: `export function up(knex) { ${body('points')} }`,
  });
  const { exitCode } = await fleet.run(
    'migrate:all-tenants --safety-lock any --safety-copy-bytes 1GiB',
  );
  expect(exitCode).toBe(0);
});

test.each([
  ['export const safety = { lok: 1 };', 'Did you mean "lock"?'],
  ["export const safety = { lock: 'exclusive' };", '"safety.lock" is "exclusive"'],
  ["export const safety = { lock: 'any', why: '' };", '"safety.why" is ""'],
  ['export const safety = [];', 'a `safety` that is an array'],
])('%s is refused when the file is loaded', async (line, words) => {
  const fleet = await realFleet([], { '20260101000000_x.js': `${line}\nexport function up() {}` });
  const { stderr, exitCode } = await fleet.run('migrate:all-tenants');
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain(words);
  expect(stderr).toContain('20260101000000_x.js');
  expect(exitCode).toBe(3);
});
