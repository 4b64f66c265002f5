import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { repository } from '../../scripts/repository.mjs';
import { installPacked, runInShell } from '../support/packed-project.ts';
import { testServer } from '../support/server.ts';
import { shellBlocks } from '../support/shell-blocks.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 300_000 });

const PAGE = join(repository, 'docs/how-to/coming-from-the-guide.md');
const [{ commands } = { commands: [] }] = shellBlocks(PAGE, '## Five commands');

const { flavour, isEmbedded, host, port, user, password } = testServer();

// One server of each kind is enough: what differs between the two of MariaDB is not asked here.
describe.skipIf(flavour === 'mariadb' && !isEmbedded)('a backend as the guide has it', () => {
  const prefix = `ff_${randomBytes(3).toString('hex')}_`;
  const database = `${prefix}central`;
  const env = {
    CENTRAL_DATABASE_URL: `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`,
    DB_ENCRYPTION_KEY: randomBytes(16).toString('hex'),
    SEED_PREFIX: prefix,
  };
  let root: Connection;
  let backend: string;
  let before: string;
  const run = (command: string) => runInShell(command, backend, env);

  beforeAll(async () => {
    backend = await mkdtemp(join(tmpdir(), 'fanfold-guide-'));
    await cp(join(repository, 'examples/from-the-guide/backend'), backend, { recursive: true });
    root = await testServer().rootConnection();
    await root.query(`CREATE DATABASE ${database}`);
    await installPacked(backend, ['mysql2', 'knex']);
    expect(await run('npm run seed')).toMatchObject({ exitCode: 0 });
    before = await theirs();
  });
  afterAll(async () => {
    await run('npm run unseed');
    await root.query(`DROP DATABASE IF EXISTS ${database}`);
    await rm(backend, { recursive: true, force: true });
  });

  /** Their part of the central database: definitions and rows. */
  async function theirs(): Promise<string> {
    const names = ['tenants', 'users', '_prisma_migrations'].map((name) => `${database}.${name}`);
    const [sums] = await root.query<RowDataPacket[]>(`CHECKSUM TABLE ${names.join()}`);
    const made = await Promise.all(names.map((name) => root.query(`SHOW CREATE TABLE ${name}`)));
    return JSON.stringify([sums, made.map(([rows]) => rows)]);
  }

  /** Tenants that have the column of the newest migration. */
  async function upToDate(column = 'priority'): Promise<number> {
    const [[row] = []] = await root.query<RowDataPacket[]>(
      'SELECT COUNT(*) AS count FROM information_schema.COLUMNS WHERE TABLE_SCHEMA LIKE ? AND TABLE_NAME = ? AND COLUMN_NAME = ?',
      [`${prefix.replaceAll('_', '\\_')}%`, 'tasks', column],
    );
    return Number(row?.count);
  }

  it('a backend as in the guide is adopted by the five commands of the page', async () => {
    expect(commands).toHaveLength(5);
    const [install, init, plan, one, all] = commands.slice(0, 5) as [string, ...string[]];
    // Done above, from the packed tarball.
    expect(install).toBe('npm install fanfold');

    const initialized = await run(init ?? '');
    expect(initialized.output).toContain('30 tenants, 27 active');
    expect(initialized.output).toContain('Decrypted 3 of 3 passwords');
    expect(initialized.exitCode).toBe(0);
    expect(await upToDate()).toBe(0);
    const planned = await run(plan ?? '');
    expect(planned).toMatchObject({ exitCode: 0, output: expect.stringContaining('27') });
    expect(await upToDate()).toBe(0);
    expect(await run(one ?? '')).toMatchObject({ exitCode: 0 });
    expect(await upToDate()).toBe(1);
    const migrated = await run(all ?? '');
    expect(migrated.output).toContain('✅ Successful: 27\n❌ Failed: 0');
    expect(migrated.exitCode).toBe(0);
    expect(await upToDate()).toBe(27);
  });

  it('a backend as in the guide keeps its central database unchanged, to the last row', async () => {
    expect(await theirs()).toBe(before);
  });

  it('a backend as in the guide is set up once, however often that is requested', async () => {
    const config = await readFile(join(backend, 'fanfold.config.js'), 'utf8');
    const again = await run('npx fanfold init');
    expect(again.output).toContain('nothing to write');
    expect(again.exitCode).toBe(0);
    expect(await readFile(join(backend, 'fanfold.config.js'), 'utf8')).toBe(config);
  });

  it('a backend as in the guide can still be used with plain Knex, in both directions', async () => {
    const { output, exitCode } = await run('npm run migrate:all-tenants');
    expect(output.match(/Already up to date/g)).toHaveLength(27);
    expect(exitCode).toBe(0);
    await writeFile(
      join(backend, 'migrations/tenant/20250201090000_add_due_to_tasks.js'),
      "exports.up = (knex) => knex.schema.alterTable('tasks', (table) => table.date('due'));\nexports.down = (knex) => knex.schema.alterTable('tasks', (table) => table.dropColumn('due'));\n",
    );
    expect(await run('npm run migrate:tenant beacon-books')).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('20250201090000_add_due_to_tasks.js'),
    });
    expect(await run('npx fanfold migrate:tenant beacon-books acme-corp')).toMatchObject({
      exitCode: 0,
      output: expect.stringContaining('✅ Successful: 2\n❌ Failed: 0'),
    });
    expect(await upToDate('due')).toBe(2);
    expect(await theirs()).toBe(before);
  });
});
