import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { loadProject } from '../../../src/compose/project/load-project.ts';
import { knexOf } from '../../../src/compose/project/project-knex.ts';
import { projectFolder } from '../../support/project-folder.ts';
import { rejectionOf, thrownBy } from '../../support/thrown-by.ts';

const load = (directory: string, environment?: string) =>
  loadProject({ directory, environment, nodeEnv: undefined });

/** Loads a project of these files, and resolves to the error. */
async function errorOf(files: Readonly<Record<string, string>>, environment?: string) {
  return rejectionOf(load(await projectFolder(files), environment));
}

const CONFIG = (text: string) => ({ 'fanfold.config.js': `module.exports = ${text};` });
const KNEXFILE = (text: string) => ({
  ...CONFIG("{ knex: { file: './knexfile.js' } }"),
  'knexfile.js': `module.exports = ${text};`,
});

describe('a configuration file', () => {
  it.each([
    [
      'fanfold.config.ts',
      `import { defineConfig } from 'fanfold';\nexport default defineConfig(`,
      ');',
    ],
    ['fanfold.config.mts', 'const config: object = ', '; export default config;'],
    ['fanfold.config.js', 'module.exports = ', ';'],
    ['fanfold.config.mjs', 'export default async () => (', ');'],
    ['fanfold.config.cjs', 'module.exports = Promise.resolve(', ');'],
    ['fanfold.config.json', '\uFEFF', ''],
  ])(
    'a configuration file may be %s, and is found from a folder below',
    async (name, before, after) => {
      const folder = await projectFolder({
        [name]: `${before}{ "migrations": { "folder": "./db" } }${after}`,
        'db/1_a.js': '',
      });
      const project = await load(`${folder}/db`);
      expect(project.migrationsFolder).toEqual({
        path: `${folder}/db`,
        from: `${folder}/${name}: migrations.folder`,
      });
    },
  );

  it('a configuration file gives an environment the rest of its keys', async () => {
    const folder = await projectFolder(
      CONFIG(`{
        migrations: { tableName: 'a', folder: 'db' },
        request: { strict: true },
        environments: { production: { migrations: { tableName: 'b' }, request: { maxPerHost: 2 } } },
      }`),
    );
    const { section, origin } = await load(folder, 'production');
    expect(section).toMatchObject({
      migrations: { tableName: 'b', folder: 'db' },
      request: { strict: true, maxPerHost: 2 },
    });
    expect(origin('migrations.tableName')).toMatch(
      /: environments\.production\.migrations\.tableName$/,
    );
    expect(origin('request.strict')).toMatch(/: request\.strict$/);
  });

  it.each([
    [
      '{ migration: {} }',
      '"migration" is not a key of the configuration. Did you mean "migrations"?',
    ],
    [
      '{ migrations: { tablename: "a" } }',
      '"migrations.tablename" is not a key of "migrations". Did you mean "tableName"?',
    ],
    ['{ migrations: { folder: 5 } }', '"migrations.folder" is 5; it must be the path of a folder.'],
    [
      '{ environments: { prod: { reqest: {} } } }',
      '"environments.prod.reqest" is not a key of "environments.prod". Did you mean "request"?',
    ],
    ['{ request: { tenants: ["a"] } }', '"request.tenants" belongs to one run and has no default'],
    [
      '{ request: { maxConcurrency: 0 } }',
      '"request.maxConcurrency" is 0; it must be a whole number from 1 to 10,000, or "auto".',
    ],
    [
      '{ request: { waves: [{ percentage: 200 }] } }',
      '"request.waves" is [{"percentage":200}]; it must be a list of waves',
    ],
    ['{ rollout: {} }', '"rollout" is not a key: bakeMinutes, watch, windows,'],
    [
      '{ central: { tenants: { columns: {} } } }',
      '"central.tenants" is {"columns":{}}; it must be an object with "table"',
    ],
    [
      '{ central: { tenants: { table: "t", columns: { dbhost: "h" } } } }',
      'Did you mean "dbHost"?',
    ],
    [
      '{ knex: { file: "./k.js", enf: "a" } }',
      '"knex.enf" does not go together with "file", beside which there is only "env". Did you mean "env"?',
    ],
    ['{ knex: "hunter2" }', '"knex" is a text; it must be settings as a knexfile has them'],
    [
      '{ request: { toleratedFailureCount: 1, toleratedFailurePercentage: 2 } }',
      'exclude each other',
    ],
    ['[]', 'It has to export an object, not a list.'],
  ])('a configuration file is refused with the key: %s', async (text, message) => {
    const error = await errorOf(CONFIG(text));
    expect(error).toMatchObject({ code: 'ConfigInvalid', fault: 'configuration' });
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('hunter2');
  });

  it.each([
    [
      'fanfold.config.ts',
      'export default {\n  a: = 1 };',
      'has a syntax error at line 2, column 6',
    ],
    [
      'fanfold.config.json',
      '{ a: 1 }',
      'is not valid JSON: it has a comment, an extra comma, or a name',
    ],
    [
      'fanfold.config.json',
      '{\n  "a": }',
      'is not valid JSON: there is a syntax error at line 2, column 8',
    ],
    [
      'fanfold.config.js',
      "throw new Error('no such host');",
      'throws when it is loaded, at line 1: Error: no such host',
    ],
    [
      'fanfold.config.mjs',
      "import 'not-there'; export default {};",
      'imports a module that does not exist',
    ],
  ])(
    'a configuration file that cannot be read is named, with the place: %s',
    async (name, text, message) => {
      const error = await errorOf({ [name]: text });
      expect(error).toMatchObject({ code: 'ConfigUnreadable' });
      expect((error as Error).message).toContain(message);
    },
  );

  it('a configuration file may not be next to a second one', async () => {
    const error = await errorOf({ ...CONFIG('{}'), 'fanfold.config.ts': 'export default {};' });
    expect(error).toMatchObject({ code: 'ConfigAmbiguous' });
    expect((error as Error).message).toMatch(/fanfold\.config\.ts and \S+fanfold\.config\.js/);
  });

  it('a configuration file must have the requested environment', async () => {
    const text = '{ environments: { production: {}, staging: {} } }';
    expect(await errorOf(CONFIG(text), 'prodution')).toMatchObject({
      code: 'EnvironmentUnknown',
      nextStep: expect.stringContaining('"production"'),
    });
    expect(await errorOf(CONFIG('{}'), 'production')).toMatchObject({ code: 'EnvironmentUnknown' });
    expect(await errorOf({}, 'production')).toMatchObject({ code: 'EnvironmentUnknown' });
  });
});

describe('a knexfile', () => {
  it.each([
    ['an object', 'SETTINGS'],
    ['a function', '() => (SETTINGS)'],
    ['an async function', 'async () => (SETTINGS)'],
    ['a promise', 'Promise.resolve(SETTINGS)'],
    ['environments', '{ production: {}, development: SETTINGS }'],
    ['a function of environments', '() => ({ development: SETTINGS })'],
  ])('a knexfile is read as Knex reads it: %s', async (_, text) => {
    const settings = `{
      client: 'mysql2',
      connection: { host: 'h', user: 'u', password: 'hunter2', timezone: 'Z', ssl: {} },
      pool: { min: 2, max: 10, afterCreate: (connection, done) => done() },
      migrations: { tableName: 't', directory: ['./db'], loadExtensions: ['.js'], extension: 'ts' },
      seeds: { directory: './seeds' },
      wrapIdentifier: (value, wrap) => wrap(value),
    }`;
    const folder = await projectFolder(KNEXFILE(text.replace('SETTINGS', settings)));
    const { knexfile, migrationsFolder } = await load(folder);
    expect(knexfile?.settings).toMatchObject({ client: 'mysql2', connection: { timezone: 'Z' } });
    expect(Object.keys(knexfile?.settings.pool ?? {})).toEqual(['afterCreate']);
    expect(knexfile?.migrations).toMatchObject({ tableName: 't', loadExtensions: ['.js'] });
    expect(knexfile?.settings.seeds).toEqual({ directory: `${folder}/seeds` });
    expect(migrationsFolder.path).toBe(`${folder}/db`);
    expect(knexfile?.setAside.map(({ name }) => name)).toEqual([
      'connection.host',
      'connection.user',
      'connection.password',
      'connection.ssl',
      'pool.min',
      'pool.max',
      'migrations.extension',
    ]);
  });

  it('a knexfile may name its database by a URL, whose options count', async () => {
    const url = 'mysql://u:hunter2@h/db?charset=utf8mb4&dateStrings=true';
    const folder = await projectFolder(KNEXFILE(`{ client: 'mysql2', connection: '${url}' }`));
    const { knexfile } = await load(folder);
    expect(knexfile?.settings.connection).toEqual({ charset: 'utf8mb4', dateStrings: true });
  });

  it.each([
    [
      "{ client: 'pg', connection: {} }",
      'KnexSettingRefused',
      'knexfile.js: The client is "pg", and Fanfold migrates MySQL',
    ],
    ["{ connection: 'postgres://u:hunter2@h/db' }", 'KnexSettingRefused', 'client is "postgres"'],
    ["{ client: 'mysql' }", 'KnexSettingRefused', 'client is "mysql"'],
    [
      "{ client: 'mysql2', connection: () => ({}) }",
      'KnexSettingRefused',
      'connection cannot be honoured: it is a function',
    ],
    [
      "{ client: 'mysql2', migrations: { directory: ['a', 'b'] } }",
      'KnexSettingRefused',
      'migrations.directory cannot be honoured: it names 2 folders',
    ],
    [
      "{ client: 'mysql2', migrations: { migrationSource: {} } }",
      'KnexSettingRefused',
      'migrations.migrationSource',
    ],
    [
      "{ client: 'mysql2', migrations: { loadExtensions: ['.coffee'] } }",
      'KnexSettingRefused',
      '.coffee',
    ],
    [
      "{ client: 'mysql2', connection: { rowsAsArray: true } }",
      'KnexSettingRefused',
      'connection.rowsAsArray',
    ],
    [
      "{ production: { client: 'mysql2' }, staging: { client: 'mysql2' } }",
      'KnexfileEnvironmentMissing',
      'no environment "development" (from NODE_ENV, or Knex\'s default): it has production, staging',
    ],
    [
      "(() => { throw new Error('DB_HOST is missing') })()",
      'KnexfileUnreadable',
      'DB_HOST is missing',
    ],
    ["() => { throw new Error('DB_HOST is missing') }", 'KnexfileUnreadable', 'DB_HOST is missing'],
    ['5', 'KnexfileUnreadable', 'must export an object'],
  ])('a knexfile that cannot be honoured is refused by name: %s', async (text, code, message) => {
    const error = await errorOf(KNEXFILE(text));
    expect(error).toMatchObject({ code, fault: 'configuration' });
    expect((error as Error).message).toContain(message);
    expect((error as Error).message).not.toContain('hunter2');
  });

  it('a knexfile must exist', async () => {
    const error = await errorOf(CONFIG("{ knex: { file: './knexfile.ts' } }"));
    expect(error).toMatchObject({ code: 'KnexfileUnreadable' });
    expect((error as Error).message).toContain('knexfile.ts does not exist');
  });
});

describe('the Knex of a project', () => {
  const versioned = (version: string) => JSON.stringify({ name: 'knex', version });

  it("the project's own Knex is used if it has one, and Fanfold's if it has none", async () => {
    const theirs = await load(await projectFolder({}, { knex: 'knex-2-5' }));
    expect(knexOf(theirs, theirs.folder).found).toMatchObject({
      version: '2.5.1',
      owner: 'project',
    });
    const none = await load(await projectFolder({}));
    expect(knexOf(none, none.folder).found).toMatchObject({ owner: 'fanfold' });
  });

  it.each(['0.95.15', '2.3.0', '4.0.0'])(
    "a project's Knex is refused if its version is %s",
    async (version) => {
      const project = await load(
        await projectFolder({ 'node_modules/knex/package.json': versioned(version) }),
      );
      expect(thrownBy(() => knexOf(project, project.folder))).toMatchObject({
        code: 'KnexVersionUnsupported',
        message: expect.stringContaining(`Knex ${version} (${project.folder}/node_modules/knex)`),
      });
    },
  );

  it('a second Knex beside the migrations is refused', async () => {
    const folder = await projectFolder({
      ...CONFIG('{}'),
      'node_modules/knex/package.json': versioned('2.5.1'),
      'db/node_modules/knex/package.json': versioned('3.1.0'),
    });
    const project = await load(folder);
    const error = thrownBy(() => knexOf(project, `${folder}/db`)) as Error;
    expect(error).toMatchObject({ code: 'KnexTwice' });
    expect(error.message).toContain(`3.1.0 (${folder}/db/node_modules/knex)`);
    expect(error.message).toContain(`2.5.1 (${folder}/node_modules/knex)`);
  });

  it("the Knex beside the migrations is used if npm has put Fanfold's above them", async () => {
    const files = { 'db/package.json': '{"name":"db","dependencies":{"knex":"2.5.1"}}' };
    const folder = await projectFolder(
      { ...files, 'db/node_modules/knex/package.json': versioned('2.5.1') },
      { knex: 'knex' },
    );
    const project = await load(folder);
    expect(knexOf(project, `${folder}/db`).found).toMatchObject({ version: '2.5.1' });
    await writeFile(`${folder}/package.json`, '{"name":"x","dependencies":{"knex":"3.3.0"}}');
    expect(thrownBy(() => knexOf(project, `${folder}/db`))).toMatchObject({ code: 'KnexTwice' });
  });
});
