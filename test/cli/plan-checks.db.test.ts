import { expect, test, vi } from 'vitest';
import { createDatabase } from '../support/database.ts';
import { realFleet, writeMigrations } from './support/real-fleet.ts';

// Every command line is a separate process, and a small machine starts few of them a second.
vi.setConfig({ testTimeout: 180_000 });

const up = (body: string) =>
  `export const up = async (knex) => { ${body} };\nexport const down = () => {};`;

const FIRST = {
  '20260101000000_create_users.js': up(`
    await knex.raw('CREATE TABLE users (id INT PRIMARY KEY, email VARCHAR(100), name VARCHAR(100), team_id INT)');
    await knex.raw('CREATE TABLE teams (id INT PRIMARY KEY, label VARCHAR(20))');`),
};

const SECOND = {
  '20260102000000_unique_email.js': up(
    `await knex.raw('CREATE UNIQUE INDEX email ON users (email)');`,
  ),
  '20260103000000_short_name.js': up(
    `await knex.raw('ALTER TABLE users MODIFY name VARCHAR(10)');`,
  ),
  '20260104000000_team_key.js': up(
    `await knex.raw('ALTER TABLE users ADD CONSTRAINT team FOREIGN KEY (team_id) REFERENCES teams (id)');`,
  ),
  '20260105000000_fill_labels.js': up(`
    await knex('teams').whereNull('label').update({ label: 'none' });
    await knex.raw('ALTER TABLE teams MODIFY label VARCHAR(20) NOT NULL');`),
};

const SECRET = 'never-shown@example.com';

const eventsOf = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

test('migrate:plan --check-data names the tenants whose rows would fail, with a key and no content', async () => {
  const fleet = await realFleet(['Acme', 'Beta', 'Gamma'], FIRST);
  await fleet.run('migrate:all-tenants');
  const [acme, beta] = fleet.tenants;
  await acme?.query(
    `INSERT INTO users VALUES (7, '${SECRET}', 'Ann', NULL), (8, '${SECRET.toUpperCase()}', 'a name that is too long', 99)`,
  );
  await beta?.query(`INSERT INTO users VALUES (1, '${SECRET}', 'Ben', NULL)`);
  await writeMigrations(fleet.folder, SECOND);
  const scratch = await createDatabase('scratch');
  const env = { FANFOLD_SCRATCH_URL: scratch.url };

  const shown = await fleet.run('migrate:plan --check-data', env);
  expect(shown.stderr).not.toContain('Error');
  expect(shown.exitCode).toBe(1);
  for (const words of [
    '20260102000000_unique_email, statement 1: users has rows with the same email',
    '20260103000000_short_name, statement 1: users.name has values longer than 10',
    '20260104000000_team_key, statement 1: users has rows whose team_id is in no row',
    'The server refuses the statement.',
    'acme (1 row, such as id 8)',
    'not checkable before 20260105000000_fill_labels (3 tenants)',
    '❌ 1 of 3 tenants have such rows',
  ]) {
    expect(shown.stdout.replace(/\s+/g, ' ')).toContain(words);
  }
  expect(shown.stdout.toLowerCase()).not.toContain(SECRET);

  const json = eventsOf((await fleet.run('migrate:plan --check-data --json', env)).stdout);
  expect(JSON.stringify(json).toLowerCase()).not.toContain(SECRET);
  const ofAcme = json.find(
    (event) => event.type === 'tenant-data-checked' && event.tenant.slug === 'acme',
  );
  expect(
    ofAcme.found.map(({ kind, effect }: Record<string, string>) => `${kind} ${effect}`),
  ).toEqual(['duplicates refuses', 'too-long refuses', 'orphans refuses']);
  expect(json.at(-1)).toMatchObject({
    type: 'data-checked',
    asked: 3,
    withRows: 1,
    unread: 0,
    clean: 0,
    blocked: [
      { kind: 'nulls', tenants: 3, blocked: 'not checkable before 20260105000000_fill_labels' },
    ],
  });

  await acme?.query('DELETE FROM users WHERE id = 8');
  const after = await fleet.run('migrate:plan --check-data', env);
  expect(after.stdout.replace(/\s+/g, ' ')).toContain(
    '⚠️ Asked 3 tenants; 3 checks without such rows',
  );
  expect(after.exitCode).toBe(0);
  const migrated = await fleet.run('migrate:all-tenants');
  expect(migrated.exitCode).toBe(0);
});

test('migrate:plan --check-data names a question that takes too long, and waits no longer for it', async () => {
  const fleet = await realFleet(['Acme'], FIRST);
  await fleet.run('migrate:all-tenants');
  await writeMigrations(fleet.folder, {
    '20260103000000_short_name.js': SECOND['20260103000000_short_name.js'],
  });
  const scratch = await createDatabase('scratch');
  // A question that waits for a locked table stands for one about a large table.
  const holder = await fleet.tenants[0]?.connection();
  await holder?.query('LOCK TABLES users WRITE');
  const env = { FANFOLD_SCRATCH_URL: scratch.url };
  const shown = await fleet.run('migrate:plan --check-data --check-timeout 1', env);
  await holder?.query('UNLOCK TABLES');
  expect(shown.stdout.replace(/\s+/g, ' ')).toContain('Not finished within 1 s in 1 tenant');
  expect(shown.exitCode).toBe(1);
});

test('migrate:plan refuses --check-data without a scratch server, and --check-timeout without it', async () => {
  const fleet = await realFleet(['Acme'], FIRST);
  const without = await fleet.run('migrate:plan --check-data');
  expect(without.stderr).toContain('--check-data needs a scratch server');
  expect(without.exitCode).toBe(2);
  const alone = await fleet.run('migrate:plan --check-timeout 5');
  expect(alone.stderr).toContain('--check-timeout needs --check-data');
});
