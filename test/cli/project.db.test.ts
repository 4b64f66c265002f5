import { describe, expect, it } from 'vitest';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { parseEncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import { createDatabase } from '../support/database.ts';
import { projectFolder } from '../support/project-folder.ts';
import { UPPER_CASE_PROJECT } from '../support/upper-case-project.ts';
import { runCliProcess } from './support/spawn-cli.ts';

// A central table of the user's own, a knexfile, a Knex of the project's: all by the configuration file.

const KEY = '0123456789abcdef0123456789abcdef';
const CONFIG = `
  import { defineConfig } from 'fanfold';
  export default defineConfig({
    central: {
      tenants: {
        table: 'companies',
        columns: { id: 'company_id', slug: 'code', name: 'code', status: 'state', dbHost: 'host', dbPort: 'port', dbName: 'db', dbUser: 'login', dbPassword: 'secret' },
        active: ['live'],
      },
    },
    knex: { file: './knexfile.ts', env: 'production' },
    environments: { production: { request: { waves: [{ tenants: ['acme'] }] } } },
  });`;

describe('a project with a configuration file', () => {
  it('a project is migrated with its configuration file, without a flag', async () => {
    const [central, tenant] = [await createDatabase('central'), await createDatabase('theirs')];
    const { host, port, database, user, password } = tenant;
    const secret = encryptPasswordV1(parseEncryptionKey(KEY), password);
    await central.query(
      'CREATE TABLE companies (company_id INT PRIMARY KEY, code VARCHAR(50) UNIQUE, state VARCHAR(20), host VARCHAR(255), port INT, db VARCHAR(64), login VARCHAR(64), secret VARCHAR(500))',
    );
    await central.query('INSERT INTO companies VALUES ?', [
      [
        [1, 'acme', 'live', host, port, database, user, secret],
        [2, 'gone', 'closed', host, port, 'nowhere', user, secret],
      ],
    ]);
    const cwd = await projectFolder(
      { ...UPPER_CASE_PROJECT, 'fanfold.config.ts': CONFIG },
      { knex: 'knex-3-0', objection: 'objection' },
    );
    const env = {
      CENTRAL_DATABASE_URL: central.url,
      DB_ENCRYPTION_KEY: KEY,
      FANFOLD_ENV: 'production',
      NO_COLOR: '1',
    };
    const { stdout, stderr, exitCode } = await runCliProcess(['migrate:all-tenants'], { cwd, env });
    expect({ stderr, exitCode }).toMatchObject({ exitCode: 0 });
    expect(stdout).toContain('Found 1 active tenant(s)');
    const rows = await tenant.query(
      'SELECT DISPLAY_NAME AS name FROM ITEMS_CATEGORIES ORDER BY ID',
    );
    expect(rows.map(({ name }) => name)).toEqual(['Goods', 'Services', 'has false', 'late']);
    expect(await tenant.query('SELECT name FROM their_migrations')).toHaveLength(3);

    const list = await runCliProcess(['tenant:list'], { cwd, env });
    expect(list.stdout).toContain('acme');
    expect(list.stdout).toContain('gone');
  }, 120_000);
});
