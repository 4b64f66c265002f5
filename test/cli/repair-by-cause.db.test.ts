import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { expect, onTestFinished, test, vi } from 'vitest';
import { migrateCentralLatest } from '../../src/adapters/knex/central-migrations.ts';
import { usingCentralDatabase } from '../../src/adapters/prisma/central-database.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { createWiring } from '../../src/cli/wiring/create-wiring.ts';
import { parseCentralDatabaseUrl } from '../../src/core/central/central-database-url.ts';
import { checkNewTenant } from '../../src/core/central/new-tenant.ts';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { parseEncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import { createDatabase } from '../support/database.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { testServer } from '../support/server.ts';
import { fakeHost } from './support/fake-host.ts';
import { TEST_KEY, writeMigrations } from './support/real-fleet.ts';
import { type CliResult, runCliProcess } from './support/spawn-cli.ts';

vi.setConfig({ testTimeout: 240_000 });

const TENANTS = 200;
/** Causes by the first words of the slugs of their tenants, and how many there are. */
const BROKEN = { password: 6, missing: 4, rights: 4, locked: 3, half: 3, moved: 3 } as const;

const USERS = `export const up = (knex) => knex.schema.createTable('users', (t) => t.increments('id'));
export const down = (knex) => knex.schema.dropTable('users');
`;
/** As it was deployed first: its values are random, so that it cannot be resumed once it was changed. */
const TOKENS_FIRST = `import { randomUUID } from 'node:crypto';
export const config = { transaction: false };
export async function up(knex) {
  await knex.schema.alterTable('users', (t) => t.string('token', 64));
  await knex('users').insert({ token: randomUUID() });
  await knex.raw('ALTER TABLE nosuch ADD x INT');
}
export const down = (knex) => knex.schema.alterTable('users', (t) => t.dropColumn('token'));
`;
const TOKENS = TOKENS_FIRST.replace("  await knex.raw('ALTER TABLE nosuch ADD x INT');\n", '');

interface Stage {
  /** Runs one of our commands, and counts it. */
  run(argv: string): Promise<CliResult>;
  readonly commands: readonly string[];
}

/**
 * 200 tenants on a real server, 23 of them broken in six ways. The others share one database that is up to
 * date: only what fails is to be seen here.
 */
async function stage(): Promise<Stage> {
  const { host, port, user: admin, password: adminPassword } = testServer();
  const folder = await fixtureFolder({ 'package.json': '{"type":"module"}' });
  await writeMigrations(folder, { '1_users.js': USERS, '2_tokens.js': TOKENS_FIRST });
  const central = await createDatabase('cause_central');
  const root = await createConnection({
    host,
    port,
    user: admin,
    password: adminPassword,
    multipleStatements: true,
  });
  const prefix = `ffcause_${randomBytes(3).toString('hex')}`;
  const slugs = Object.entries(BROKEN).flatMap(([kind, count]) =>
    Array.from({ length: count }, (_, index) => `${kind}-${index}`),
  );
  while (slugs.length < TENANTS) slugs.push(`good-${slugs.length}`);
  const databaseOf = (slug: string) =>
    `${prefix}_${slug.startsWith('good') ? 'good' : slug.replace('-', '_')}`;
  const broken = slugs.filter((slug) => !slug.startsWith('good'));
  const [good = ''] = slugs.slice(broken.length);
  onTestFinished(async () => {
    await root.query(
      [...broken, good]
        .map(
          (slug) =>
            `DROP DATABASE IF EXISTS ${databaseOf(slug)}; DROP USER IF EXISTS '${databaseOf(slug)}'@'%'`,
        )
        .join(';\n'),
    );
    await root.end();
    await central.drop();
  });

  const key = parseEncryptionKey(TEST_KEY);
  const login = parseCentralDatabaseUrl(central.url);
  await migrateCentralLatest({ login });
  const add = (names: readonly string[]) =>
    usingCentralDatabase({ login }, async ({ registry }) => {
      for (const slug of names) {
        const isGood = slug.startsWith('good');
        const database = databaseOf(slug);
        await registry.add(
          checkNewTenant({
            slug,
            host,
            port: slug.startsWith('moved') ? 1 : port,
            database,
            user: isGood ? admin : database,
            status: 'ACTIVE',
          }),
          async () => encryptPasswordV1(key, isGood ? adminPassword : 'Stored-1-pass'),
        );
      }
    });
  const statementsFor = (slug: string): string[] => {
    const database = databaseOf(slug);
    const account = `'${database}'@'%'`;
    const create = `CREATE DATABASE ${database}`;
    if (slug.startsWith('good')) return [create];
    const password = slug.startsWith('password') ? 'Another-1-pass' : 'Stored-1-pass';
    const rights = slug.startsWith('rights') ? 'SELECT, INSERT, UPDATE, DELETE, CREATE' : 'ALL';
    return [
      ...(slug.startsWith('missing') ? [] : [create]),
      `CREATE USER ${account} IDENTIFIED BY '${password}'`,
      `GRANT ${rights} ON ${database.replaceAll('_', '\\_').replace(/.*/, '`$&`')}.* TO ${account}`,
      ...(slug.startsWith('locked')
        ? [
            `CREATE TABLE ${database}.knex_migrations (id INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, name VARCHAR(255), batch INT, migration_time TIMESTAMP NULL)`,
            `CREATE TABLE ${database}.knex_migrations_lock (\`index\` INT UNSIGNED AUTO_INCREMENT PRIMARY KEY, is_locked INT)`,
            `INSERT INTO ${database}.knex_migrations_lock (is_locked) VALUES (1)`,
          ]
        : []),
    ];
  };
  await root.query([...broken, good].flatMap(statementsFor).join(';\n'));

  const env = {
    CENTRAL_DATABASE_URL: central.url,
    DB_ENCRYPTION_KEY: TEST_KEY,
    FANFOLD_ADMIN_URL: `mysql://${admin}:${adminPassword}@${host}:${port}`,
  };
  const commands: string[] = [];
  const runUncounted = (argv: string) => runCliProcess(argv.split(' '), { cwd: folder, env });
  // The first build half-applied its migration in three tenants, and was corrected.
  const half = slugs.filter((slug) => slug.startsWith('half'));
  await add(half);
  expect((await runUncounted('migrate:all-tenants')).exitCode).toBe(1);
  await writeMigrations(folder, { '2_tokens.js': TOKENS });
  await add([good]);
  expect((await runUncounted(`migrate:tenant ${good}`)).exitCode).toBe(0);
  await add(slugs.filter((slug) => !half.includes(slug) && slug !== good));
  const store = ['--run-store', join(folder, '.fanfold')];
  const migrations = ['--migrations', join(folder, 'migrations/tenant')];
  return {
    commands,
    // In this process: starting another takes longer than all that it does.
    async run(argv) {
      commands.push(argv);
      const host = fakeHost({ env });
      const words = [
        ...argv.split(' '),
        ...store,
        ...(argv.startsWith('migrate') ? migrations : []),
      ];
      const exitCode = await runCli(words, host, createWiring);
      return { stdout: host.out, stderr: host.err, exitCode };
    },
  };
}

/** The number of the cause that a summary gives the tenants of a kind. */
function causeOf(summary: string, kind: keyof typeof BROKEN): number {
  const [, number] =
    new RegExp(`\\n(\\d+)\\. [^\\n]*\\n(?:   [^\\n]*\\n)*?   Tenants: ${kind}-0`).exec(summary) ??
    [];
  return Number(number);
}

test('23 failures of 6 causes among 200 tenants are repaired by at most 9 commands of ours', async () => {
  const { run, commands } = await stage();
  const first = await run('migrate:all-tenants --concurrency 16');
  expect(first.stdout).toContain('23 failed, 6 causes:');
  expect(first.exitCode).toBe(1);
  const repair = async (kind: keyof typeof BROKEN, argv: string) => {
    const cause = causeOf(first.stdout, kind);
    expect(cause, `${kind} in\n${first.stdout}`).toBeGreaterThan(0);
    const { stdout, stderr, exitCode } = await run(`${argv} --of last --cause ${cause} --yes`);
    expect(exitCode, `${kind}: ${stdout}${stderr}`).toBe(0);
    return stdout;
  };
  await repair('password', 'tenant:password --generate');
  await repair('missing', 'migrate:doctor --fix');
  await repair('rights', 'migrate:doctor --fix');
  await repair('locked', 'migrate:doctor --fix');
  await repair('half', 'migrate:resolve --revert 2_tokens');
  await repair('moved', `tenant:move --port ${testServer().port}`);
  const retry = await run('migrate:retry last --concurrency 16');
  expect(retry.stdout).toContain('✅ Successful: 23\n❌ Failed: 0');
  expect(retry.exitCode, retry.stdout).toBe(0);
  expect(commands.length).toBeLessThanOrEqual(9);
  const kept = await run('runs list');
  expect(kept.stdout.split('\n')[1]).toMatch(/ retry +23 +0 +0$/);
  expect(kept.stdout.split('\n')[2]).toMatch(/ migrate +200 +23 +0$/);
});
