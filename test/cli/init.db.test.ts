import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../src/cli/run-cli.ts';
import { createWiring } from '../../src/cli/wiring/create-wiring.ts';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { parseEncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { fakeHost } from './support/fake-host.ts';
import { hostWithKeyboard, untilAsked } from './support/keyboard.ts';
import { TEST_KEY } from './support/real-fleet.ts';

// Of the first test, on a busy machine: everything is loaded and compiled.
vi.setConfig({ testTimeout: 90_000 });

const MIGRATION = 'exports.up = (knex) => knex.schema.createTable("a", (t) => t.increments());';
const OTHER_KEY = 'another-key-of-32-bytes-for-test';

describe('init', () => {
  let database: TestDatabase;
  let folder: string;
  beforeEach(async () => {
    database = await createDatabase('init');
    folder = await fixtureFolder({
      'package.json': '{"type":"module"}',
      'db/tenant/20250101090000_create_a.cjs': MIGRATION,
    });
    await makeTable('companies');
  });
  afterEach(() => database.drop());

  /** A table of tenants, all of which have their database in this very one. */
  async function makeTable(name: string, key = TEST_KEY): Promise<void> {
    await database.query(`CREATE TABLE ${name} (id INT AUTO_INCREMENT PRIMARY KEY, code VARCHAR(40) UNIQUE,
      state VARCHAR(20), db_host VARCHAR(190), db_port INT, db_name VARCHAR(190), db_user VARCHAR(190),
      db_password VARCHAR(255))`);
    for (const code of ['acme', 'beta', 'gamma', 'delta']) {
      const sealed = encryptPasswordV1(parseEncryptionKey(key), database.password);
      const { host, port, database: db, user } = database;
      await database.query(`INSERT INTO ${name} VALUES (NULL, ?, 'active', ?, ?, ?, ?, ?)`, [
        code,
        host,
        port,
        db,
        user,
        sealed,
      ]);
    }
  }

  async function init(argv = '', env: Record<string, string> = {}) {
    const all = { CENTRAL_DATABASE_URL: database.url, DB_ENCRYPTION_KEY: TEST_KEY, ...env };
    const host = fakeHost({ env: all });
    const words = ['init', ...argv.split(' ').filter((word) => word !== '')];
    const exitCode = await inFolder(() => runCli(words, host, createWiring));
    return { output: host.out + host.err, exitCode };
  }

  async function inFolder<Result>(work: () => Promise<Result>): Promise<Result> {
    const before = process.cwd();
    process.chdir(folder);
    try {
      return await work();
    } finally {
      process.chdir(before);
    }
  }
  const configOf = () => readFile(join(folder, 'fanfold.config.js'), 'utf8');
  const hasConfig = () => existsSync(join(folder, 'fanfold.config.js'));

  it('init writes settings that differ, tries passwords and a tenant, and writes nothing the second time', async () => {
    const first = await init();
    expect(first.output).toContain('4 tenants, 4 active (active)');
    expect(first.output).toContain('✅ Migrations: 1 file in ./db/tenant');
    expect(first.output).toContain('✅ Decrypted 3 of 3 passwords');
    expect(first.output).toContain('migrate:tenant acme');
    expect(first.exitCode).toBe(0);
    const config = await configOf();
    expect(config).toContain("columns: {\n        slug: 'code',");
    const again = await init();
    expect(again.output).toContain('fanfold.config.js is up to date: nothing to write');
    expect(again.exitCode).toBe(0);
    expect(await configOf()).toBe(config);
    // Other commands read the tenants by it.
    const list = fakeHost({ env: { CENTRAL_DATABASE_URL: database.url } });
    await inFolder(() => runCli(['tenant:list'], list, createWiring));
    expect(list.out.match(/active/gi)).toHaveLength(4);
    expect(await database.query('SHOW TABLES')).toHaveLength(1);
  });

  it('init keeps other settings in an existing configuration', async () => {
    await init();
    const more = (await configOf()).replace(
      'export default {',
      'export default {\n  request: { strict: true },',
    );
    await writeFile(join(folder, 'fanfold.config.js'), more);
    expect((await init()).output).toContain('nothing to write');
    const other = await init('--active active,trial');
    expect(other.output).toContain('fanfold init --force');
    expect(other.exitCode).toBe(2);
    expect(await configOf()).toBe(more);
    expect((await init('--active active,trial --force')).exitCode).toBe(0);
    expect(await configOf()).toContain("active: ['active', 'trial']");
  });

  it('init reports passwords that cannot be decrypted, and whether the key or the format is wrong', async () => {
    const sealed = encryptPasswordV1(parseEncryptionKey(OTHER_KEY), 'x');
    await database.query('UPDATE companies SET db_password = ? WHERE code = ?', [sealed, 'acme']);
    await database.query("UPDATE companies SET db_password = 'plain-secret' WHERE code = 'beta'");
    const { output, exitCode } = await init();
    expect(output).toContain('❌ Decrypted 1 of 3 passwords');
    expect(output).toContain(
      'acme: The encrypted password does not open with this DB_ENCRYPTION_KEY',
    );
    expect(output).toContain('beta: Invalid encrypted password format');
    expect(output).not.toContain('plain-secret');
    expect(exitCode).toBe(1);
    expect(hasConfig()).toBe(true);
  });

  it('init names the missing key after it has written the file', async () => {
    const { output, exitCode } = await init('', { DB_ENCRYPTION_KEY: '' });
    expect(output).toContain('DB_ENCRYPTION_KEY');
    expect(exitCode).toBe(3);
    expect(hasConfig()).toBe(true);
  });

  it('init without a terminal names the flag and writes nothing', async () => {
    await makeTable('legacy_companies');
    const { output, exitCode } = await init();
    expect(output).toContain('fanfold init --table companies');
    expect(output).toContain('fanfold init --table legacy_companies');
    expect(exitCode).toBe(2);
    expect(hasConfig()).toBe(false);
    expect((await init('--table legacy_companies --migrations ./db/tenant')).exitCode).toBe(0);
    expect(await configOf()).toContain("table: 'legacy_companies'");
  });

  it('init names variables that may contain the URL, but not their values', async () => {
    const env = { CENTRAL_DATABASE_URL: '', DATABASE_URL: 'mysql://a:b-secret@h/d' };
    const { output, exitCode } = await init('', env);
    expect(output).toContain('DATABASE_URL is set; copy the value');
    expect(output).not.toContain('b-secret');
    expect(exitCode).toBe(3);
  });

  it('init ignores a knexfile of another database, and says so', async () => {
    await writeFile(
      join(folder, 'knexfile.cjs'),
      "module.exports = { client: 'mysql2', migrations: { directory: './db/central' } };",
    );
    const { output } = await init();
    expect(output).toContain('./knexfile.cjs is not used: its migrations are in ./db/central.');
    expect(await configOf()).not.toContain('knexfile');
  });

  it('init refuses to choose between two folders of migrations, and names the flag', async () => {
    const twin = join(folder, 'db/tenant/20250101090000_create_a.cjs');
    await mkdir(join(folder, 'backend/migrations/tenant'), { recursive: true });
    await copyFile(twin, join(folder, 'backend/migrations/tenant/20250101090000_create_a.cjs'));
    const { output, exitCode } = await init();
    expect(output).toContain('2 folders can hold the migrations of the tenants');
    expect(output).toContain('fanfold init --migrations ./db/tenant');
    expect(exitCode).toBe(2);
    expect(hasConfig()).toBe(false);
  });

  describe('in a terminal', () => {
    /** Runs it in this process, with a keyboard of which each key is pressed when a question is there. */
    async function typing(keys: readonly [question: RegExp, key: string][]) {
      const env = { CENTRAL_DATABASE_URL: database.url, DB_ENCRYPTION_KEY: TEST_KEY };
      const host = hostWithKeyboard({ env });
      const screen = () => stripVTControlCharacters(host.out + host.err);
      return inFolder(async () => {
        const ended = runCli(['init'], host, createWiring);
        for (const [question, key] of keys) {
          await untilAsked(host, question);
          host.stdin.write(key);
        }
        return { exitCode: await ended, screen: screen() };
      });
    }

    it('init asks for the table, shows the configuration, and takes Enter for yes', async () => {
      await makeTable('legacy_companies');
      const { exitCode, screen } = await typing([
        [/Which table holds the tenants\?/, '\u001b[B\r'],
        [/Write fanfold\.config\.js\?/, '\r'],
      ]);
      expect(exitCode).toBe(0);
      expect(await configOf()).toContain("table: 'legacy_companies'");
      expect(screen.split('\n').filter((line) => stringWidth(line) > 80)).toEqual([]);
    });

    it('init writes nothing after Ctrl-C, Ctrl-D or a no', async () => {
      const no = await typing([[/Write fanfold\.config\.js\?/, 'n\r']]);
      expect(no).toMatchObject({
        exitCode: 0,
        screen: expect.stringContaining('Nothing was written'),
      });
      const left = await typing([[/Write fanfold\.config\.js\?/, '\u0003']]);
      expect(left).toMatchObject({ exitCode: 130 });
      const ended = await typing([[/Write fanfold\.config\.js\?/, '\u0004']]);
      expect(ended).toMatchObject({ exitCode: 130 });
      await makeTable('legacy_companies');
      const sooner = await typing([[/Which table holds the tenants\?/, '\u0003']]);
      expect(sooner).toMatchObject({ exitCode: 130 });
      expect(hasConfig()).toBe(false);
    });
  });
});
