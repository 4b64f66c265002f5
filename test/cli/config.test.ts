import { describe, expect, it, vi } from 'vitest';
import { projectFolder } from '../support/project-folder.ts';
import { UPPER_CASE_PROJECT } from '../support/upper-case-project.ts';
import { runCliProcess } from './support/spawn-cli.ts';

vi.setConfig({ testTimeout: 120_000 });

const PACKAGES = { knex: 'knex-3-0', objection: 'objection' };
const SECRETS = {
  CENTRAL_DATABASE_URL: 'mysql://root:hunter2@127.0.0.1:1/central',
  DB_ENCRYPTION_KEY: 'hunter2hunter2hunter2hunter2hunt',
  DB_PASSWORD: 'hunter2',
};

describe('fanfold config', () => {
  it('fanfold config shows effective settings with their sources, and no secret', async () => {
    const cwd = await projectFolder(UPPER_CASE_PROJECT, PACKAGES);
    const env = { ...SECRETS, FANFOLD_TLS: 'off' };
    const { stdout, stderr, exitCode } = await runCliProcess(
      [
        'config',
        '--lock-wait-timeout',
        '5',
        '--safety-lock',
        'none',
        '--watch',
        'curl -u me:hunter2 https://metrics',
      ],
      { cwd, env },
    );
    expect(stderr).toBe('printed by the knexfile\n');
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('hunter2');
    const lines = stdout.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '));
    expect(lines).toEqual(
      expect.arrayContaining([
        'configuration file | fanfold.config.ts',
        'knexfile | knexfile.ts (production)',
        expect.stringMatching(/^Knex \| 3\.0\.1 \| from the project: /),
        'CENTRAL_DATABASE_URL | set (not shown) | environment variable CENTRAL_DATABASE_URL',
        'migrations.folder | ./migrations/tenant | knexfile.ts (production): migrations.directory',
        'migrations.tableName | their_migrations | knexfile.ts (production): migrations.tableName',
        'request.maxConcurrency | auto | default',
        'request.maxPerHost | 3 | fanfold.config.ts: request.maxPerHost',
        'request.lockWaitTimeoutSeconds | 5 | flag --lock-wait-timeout',
        'safety.lock | none | flag --safety-lock',
        'request.watch.command | set (not shown) | flag --watch',
        'tls | off | environment variable FANFOLD_TLS',
        'knex.wrapIdentifier | a function | knexfile.ts (production)',
        ' | connection.password | each tenant has its own in the central database',
      ]),
    );
  });

  it('fanfold config --json shows the same as JSON', async () => {
    const cwd = await projectFolder(UPPER_CASE_PROJECT, PACKAGES);
    const { stdout } = await runCliProcess(['config', '--json'], {
      cwd,
      env: { ...SECRETS, FANFOLD_TABLE_NAME: 'of_the_environment' },
    });
    expect(stdout).not.toContain('hunter2');
    const shown = JSON.parse(stdout);
    expect(shown).toMatchObject({
      file: 'fanfold.config.ts',
      knex: { version: '3.0.1', owner: 'project' },
    });
    expect(shown.settings).toContainEqual({
      key: 'migrations.tableName',
      value: 'of_the_environment',
      origin: { kind: 'environment variable', name: 'FANFOLD_TABLE_NAME' },
    });
  });

  it('fanfold config reports a knexfile that is ignored', async () => {
    const cwd = await projectFolder({ 'knexfile.js': 'throw new Error("read");' });
    const { stdout, exitCode } = await runCliProcess(['config'], { cwd });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('knexfile.js is ignored.');
    expect(stdout).toContain("knex: { file: './knexfile.js' }");
  });
});

describe('a project that has another version of Fanfold', () => {
  it('a project with another version of Fanfold is refused, with both folders', async () => {
    const cwd = await projectFolder({
      'node_modules/fanfold/package.json': '{"name":"fanfold","version":"99.0.0"}',
    });
    const { stderr, exitCode } = await runCliProcess(['migrate:all-tenants'], {
      cwd,
      env: SECRETS,
    });
    expect(exitCode).toBe(3);
    const text = stderr.replaceAll(/\s+/g, ' ');
    expect(text).toContain('and the project has 99.0.0 (node_modules/fanfold)');
    expect(text).toContain('npx fanfold');
  });
});

describe('a command with a wrong configuration', () => {
  it('a command with a wrong configuration ends before it connects to a database, without a stack trace', async () => {
    const cwd = await projectFolder({
      'fanfold.config.js': 'module.exports = { migratoins: {} };',
    });
    for (const command of ['tenant:list', 'migrate:all-tenants', 'migrate:status']) {
      const { stderr, exitCode } = await runCliProcess([command], { cwd, env: SECRETS });
      expect(exitCode).toBe(3);
      expect(stderr).toContain('Did you mean "migrations"?');
      expect(stderr).not.toMatch(/^\s+at /m);
    }
  });
});
