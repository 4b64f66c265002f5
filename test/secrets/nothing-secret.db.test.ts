import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { escapeId } from 'mysql2';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createKeyRingFile } from '../../src/adapters/local/key-ring-file.ts';
import { PROCESS_LIST } from '../../src/adapters/mysql/connection/process-list.ts';
import { assertTenantReady, provisionTenant, runTenantMigrations } from '../../src/api/index.ts';
import { openPassword } from '../../src/core/encryption/open-password.ts';
import { parseKeyRing } from '../../src/core/encryption/parse-key-ring.ts';
import { loginToMigrate } from '../../src/core/migrate/login-to-migrate.ts';
import { type CliResult, startCli } from '../cli/support/spawn-cli.ts';
import { asking } from '../support/central-database.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { onServer } from '../support/provisioning.ts';
import { createSecretSearch, type SecretSearch } from '../support/secret-search.ts';
import { testServer } from '../support/server.ts';

/** Some seventy processes, on a machine that may be small and busy. */
const TIMEOUT = 600_000;

const WAIT = { timeout: 30_000, interval: 20 };

/** For so long a second signal counts as the first one, which npm passes on as well. */
const SAME_SIGNAL_MS = 600;

/** No form of it is like another: quotes, blanks, angles, percent signs, beyond ASCII. */
function secret(): string {
  const [one, other] = [randomBytes(6), randomBytes(9)].map((bytes) => bytes.toString('base64url'));
  return `${one}: "s<e>c&r'e t/100%+1=2?é\\${other}`;
}

it(
  'no password, no key and no literal is in anything that is printed, kept or thrown',
  async () => {
    const stage = await setTheStage();
    await configuration(stage);
    await provisioning(stage);
    await migrating(stage);
    await rotating(stage);
    await programs(stage);
    await stage.takeFiles();

    const { search } = stage;
    expect(search.size).toBeGreaterThan(80);
    expect(search.findings()).toEqual([]);
    // It would have been found: in the text of a statement, and in the run store.
    search.take('planted', await readFile(join(stage.folder, 'admins.json'), 'utf8'));
    search.take('planted', `${stage.central.url}`);
    expect(search.findings().length).toBeGreaterThan(1);
  },
  TIMEOUT,
);

interface Stage {
  readonly search: SecretSearch;
  readonly folder: string;
  readonly central: Omit<TestDatabase, 'connection'>;
  readonly admin: { readonly user: string; readonly password: string };
  readonly adminUrl: string;
  readonly keyFile: string;
  /** Runs a command to its end and keeps its output; fails if it ends with another code. */
  run(argv: string, expected: Expected): Promise<CliResult>;
  /** Takes all files in the folder of the runs. */
  takeFiles(): Promise<void>;
  /** Takes the passwords of all rows and the keys of the ring for secrets. */
  learn(): Promise<void>;
  migrations(files: Readonly<Record<string, string>>): Promise<void>;
}

interface Expected {
  readonly exitCode: number;
  /** A word that has to be in the output, so that each scenario is the one that it says. */
  readonly says?: string | RegExp;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** As words, if a value has a blank in it. */
  readonly more?: readonly string[];
}

async function setTheStage(): Promise<Stage> {
  const search = createSecretSearch();
  const { host, port, password: rootPassword } = testServer();
  const folder = await fixtureFolder({ 'package.json': '{"type":"module"}' });
  const root = await testServer().rootConnection();
  const suffix = randomBytes(4).toString('hex');

  const central = await createDatabase('secrets_central');
  const centralUser = `sec_central_${suffix}`;
  const centralPassword = secret();
  const admin = { user: `sec_admin_${suffix}`, password: secret() };
  for (const [user, password, rights] of [
    [centralUser, centralPassword, `ALL ON ${escapeId(central.database.replaceAll('_', '\\_'))}.*`],
    [admin.user, admin.password, 'ALL ON *.*'],
  ] as const) {
    await root.query(`CREATE USER '${user}'@'%' IDENTIFIED BY ${root.escape(password)}`);
    await root.query(`GRANT ${rights} TO '${user}'@'%' WITH GRANT OPTION`);
  }
  onTestFinished(async () => {
    const cleaner = await testServer().rootConnection();
    for (const user of [centralUser, admin.user]) await cleaner.query(`DROP USER '${user}'@'%'`);
  });

  const key = `key: "${randomBytes(30).toString('base64url')}`.slice(0, 32);
  const keyFile = join(folder, 'keys');
  await writeFile(keyFile, key);
  const url = (login: typeof admin, database = '') =>
    `mysql://${login.user}:${encodeURIComponent(login.password)}@${host}:${port}/${database}`;
  const centralUrl = url({ user: centralUser, password: centralPassword }, central.database);
  search.add(centralPassword, admin.password, key);
  if (rootPassword !== '') search.add(rootPassword);

  const env = {
    CENTRAL_DATABASE_URL: centralUrl,
    DB_ENCRYPTION_KEY_FILE: keyFile,
    FANFOLD_ADMIN_URL: url(admin),
    FANFOLD_DEBUG: '1',
    FANFOLD_MIGRATIONS_DIR: join(folder, 'migrations'),
  };
  let started = 0;
  const stage: Stage = {
    search,
    folder,
    admin,
    adminUrl: url(admin),
    keyFile,
    central: { ...central, url: centralUrl },
    async run(argv, { exitCode, says, more = [], ...options }) {
      const words = [...argv.split(' '), ...more];
      const result = await startCli(words, {
        cwd: folder,
        env: { ...env, ...options.env },
        ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
      }).ended;
      started += 1;
      take(argv, result);
      const all = `${result.stdout}${result.stderr}`;
      expect.soft(result.exitCode, `${argv}\n${all}`).toBe(exitCode);
      if (says !== undefined) expect.soft(all.replaceAll(/\s+/g, ' '), argv).toMatch(says);
      return result;
    },
    async takeFiles() {
      const names = await readdir(join(folder, '.fanfold'), { recursive: true });
      for (const name of names) {
        const text = await readFile(join(folder, '.fanfold', name), 'utf8').catch(() => undefined);
        if (text !== undefined) search.take(`.fanfold/${name}`, text);
      }
      expect(names.some((name) => name.endsWith('report.html'))).toBe(true);
    },
    async learn() {
      const ring = await createKeyRingFile(keyFile).readAgain();
      search.add(...[...ring.keys.values()].map((each) => each.cipherKey().export().toString()));
      await asking(central, async ({ credentials }) => {
        for (const { tenant, next } of await credentials.page('', 1_000)) {
          for (const encryptedPassword of [tenant.encryptedPassword, next ?? '']) {
            // Nobody but the central database needs these; that of "key" was printed for a person.
            if (encryptedPassword !== '' && tenant.slug !== 'key') search.add(encryptedPassword);
            // Some are broken on purpose, and some rows have none yet.
            try {
              search.add(openPassword(ring, { ...tenant, encryptedPassword }));
            } catch {}
          }
          if (tenant.migrationLogin !== undefined) {
            search.add(openPassword(ring, loginToMigrate(tenant)));
            search.add(tenant.migrationLogin.encryptedPassword);
          }
        }
      });
    },
    async migrations(files) {
      await mkdir(join(folder, 'migrations'), { recursive: true });
      for (const [name, source] of Object.entries(files)) {
        await writeFile(join(folder, 'migrations', name), source);
      }
    },
  };
  const take = (argv: string, { stdout, stderr }: CliResult) => {
    const name = `${started}. ${argv}`;
    // secrets:encrypt prints a ciphertext and nothing else.
    search.take(`${name} > stdout`, stdout);
    search.take(`${name} > stderr`, stderr);
  };
  await stage.migrations({ '1_users.mjs': USERS });
  await stage.run('migrate:latest', { exitCode: 0 });
  return stage;
}

/** Everything that can be wrong before the first tenant is looked at. */
async function configuration({ run, search, central, adminUrl, folder }: Stage): Promise<void> {
  const wrong = secret();
  const shortKey = 'a-key-that-is-too-short:"<&>"';
  const otherKeys = ['j', 'q'].map((letter) =>
    `${letter}${randomBytes(30).toString('base64url')}`.slice(0, 32),
  );
  search.add(wrong, shortKey, ...otherKeys);
  const inUrl = encodeURIComponent(wrong);
  const list = (env: Record<string, string>, says: string, exitCode = 3) =>
    run('tenant:list', { exitCode, env, says });
  const swapped = central.url.replace(/:[^:@]*@/, `:${inUrl}@`);
  await list({ CENTRAL_DATABASE_URL: swapped }, 'CENTRAL_DATABASE_URL');
  await list({ CENTRAL_DATABASE_URL: central.url.replace(/:\d+\//, ':1/') }, 'cannot be reached');
  await list({ CENTRAL_DATABASE_URL: `postgres://root:${inUrl}@db1/x` }, 'URL');
  await list({ CENTRAL_DATABASE_URL: `mysql://root:${inUrl}%zz@db1/x` }, 'percent-encoded');
  await list({ CENTRAL_DATABASE_URL: `mysql:/root:${wrong}@` }, 'URL');
  await list({ CENTRAL_DATABASE_URL: central.url.replace(/\/[^/]*$/, '/nowhere') }, 'nowhere');

  const keys = (text: string, says: string) =>
    run('secrets:encrypt', {
      exitCode: 3,
      says,
      env: { DB_ENCRYPTION_KEY_FILE: '', DB_ENCRYPTION_KEY: text },
      stdin: wrong,
    });
  const [one = '', two = ''] = otherKeys;
  await keys(shortKey, '29 bytes');
  await keys(`{"active":"k1","keys":{"k1":"${one}"`, 'not JSON');
  await keys(JSON.stringify({ active: two, keys: { k1: one } }), 'not shown');
  await keys(JSON.stringify({ active: 'k2', keys: { k1: one } }), 'lacks that');
  await keys(`{"active":"k1","keys":{"k1":"${one}","k1":"${two}"}}`, 'twice');
  await keys(JSON.stringify({ active: 'k1', keys: { k1: `${one}x` } }), '33 bytes');
  await keys(JSON.stringify({ active: 'k1', keys: { [one]: two } }), 'not shown');
  await run('secrets:encrypt', { exitCode: 0, stdin: wrong });

  const admins = join(folder, 'admins.json');
  const where = `--host ${central.host} --port ${central.port}`;
  const provision = (env: Record<string, string>, says: string) =>
    run(`tenant:provision unlucky ${where}`, { exitCode: 1, says, env });
  await provision({ FANFOLD_ADMIN_URL: adminUrl.replace(/:[^:@]*@/, `:${inUrl}@`) }, 'refused');
  await provision({ FANFOLD_ADMIN_URL: `https://root:${inUrl}@db1` }, 'AdminLoginInvalid');
  await provision({ FANFOLD_ADMIN_URL: `mysql://root:${inUrl}%zz@db1` }, 'percent-encoded');
  await writeFile(admins, `{"db1":{"user":"root","password":${JSON.stringify(wrong)}}`);
  const file = { FANFOLD_ADMIN_URL: '', FANFOLD_ADMIN_FILE: admins };
  await provision(file, 'not JSON');
  await writeFile(admins, JSON.stringify({ [wrong]: { user: 'root', password: wrong } }));
  await provision(file, 'AdminLogin');
  await writeFile(admins, JSON.stringify({ db1: { user: 7, password: wrong } }));
  await provision(file, 'no user and password');
  await run('tenant:provision unlucky --undo --yes', { exitCode: 0 });
}

const USERS = `export const up = (knex) => knex.schema.createTable('users', (t) => {
  t.increments(); t.string('token', 100).unique(); t.integer('age');
});
export const down = (knex) => knex.schema.dropTable('users');`;

async function provisioning(stage: Stage): Promise<void> {
  const { run, central, learn, search, migrations } = stage;
  const where = `--host ${central.host} --port ${central.port}`;
  const slug = newSlug();
  const literal = secret();
  search.add(literal);
  await migrations({
    '2_break.mjs': `export const up = (knex) => knex.raw(${JSON.stringify(`INSERT INTO nowhere (token) VALUES (${sql(literal)})`)});`,
  });
  await run(`tenant:provision ${slug} ${where}`, { exitCode: 1, says: 'TableMissing' });
  await learn();
  await run(`tenant:provision ${slug} --json`, { exitCode: 1, says: 'TableMissing' });
  await run(`tenant:list --json`, { exitCode: 0, says: 'FAILED' });
  await migrations({ '2_break.mjs': 'export const up = async () => {};' });
  await run(`tenant:provision ${slug} --collation nonsense`, { exitCode: 1, says: 'Collation' });
  await run(`tenant:provision ${slug} --accounts-from 10.255.255.1`, { exitCode: 1 });
  await run(`tenant:provision ${slug}`, { exitCode: 0, says: 'ACTIVE' });
  await run(`tenant:provision ${newSlug()} ${where} --json`, { exitCode: 0 });
  await run(`tenant:provision ${newSlug()} ${where} --migration-privileges ALL`, { exitCode: 0 });
  await run(`tenant:provision ${newSlug()} --host nowhere.invalid`, { exitCode: 1 });
  await learn();
}

/** One tenant for each way to fail; its name says which. */
const WAYS = [
  'well',
  'password',
  'key',
  'gone',
  'syntax',
  'duplicate',
  'value',
  'throws',
  'wraps',
  'half',
];

async function migrating(stage: Stage): Promise<void> {
  const { run, search, central, learn, migrations } = stage;
  const literals = WAYS.map(() => secret());
  search.add(...literals);
  const root = await testServer().rootConnection();
  for (const way of WAYS) {
    const database = await createDatabase(`sec_${way}`);
    onTestFinished(() => database.drop());
    const password = secret();
    const typed = way === 'password' ? secret() : password;
    search.add(password, typed);
    await root.query(`ALTER USER '${database.user}'@'%' IDENTIFIED BY ${root.escape(password)}`);
    const port = way === 'gone' ? 1 : database.port;
    const address = `--host ${database.host} --port ${port} --database ${database.database}`;
    await run(
      `tenant:add --slug ${way} ${address} --user ${database.user} --password-stdin --unchecked`,
      {
        exitCode: 0,
        stdin: typed,
      },
    );
  }
  await run('tenant:add --slug well --host a --database a --user a --password-stdin --unchecked', {
    exitCode: 2,
    stdin: secret(),
  });
  const otherKey = `o${randomBytes(30).toString('base64url')}`.slice(0, 32);
  search.add(otherKey);
  const { stdout } = await run('secrets:encrypt', {
    exitCode: 0,
    stdin: secret(),
    env: { DB_ENCRYPTION_KEY_FILE: '', DB_ENCRYPTION_KEY: otherKey },
  });
  await central.query("UPDATE tenants SET dbPassword = ? WHERE slug = 'key'", [stdout.trim()]);

  const statements: Record<string, string> = Object.fromEntries(
    WAYS.map((way, index) => {
      const literal = sql(literals[index] ?? '');
      const byWay: Record<string, string> = {
        syntax: `ALTER USER CURRENT_USER() IDENTIFIED BY ${literal} nonsense ${literal}`,
        duplicate: `INSERT INTO users (token) VALUES (${literal}), (${literal})`,
        value: `INSERT INTO users (age) VALUES (${literal})`,
        wraps: `INSERT INTO users (token) VALUES (${literal}), (${literal})`,
        half: `CREATE TABLE half (id INT) COMMENT ${literal}`,
      };
      return [way, byWay[way] ?? `SELECT ${literal}`];
    }),
  );
  await migrations({ '3_by_way.mjs': byWay(statements, literals) });
  await run('migrate:plan', { exitCode: 1 });
  await run('migrate:doctor all', { exitCode: 1 });
  await run('migrate:doctor all --json', { exitCode: 1 });
  const says = new RegExp(
    [
      'AccessDenied',
      'PasswordWrongKey',
      'ConnectionRefused',
      'SyntaxError',
      'DuplicateData',
      'MigrationThrew',
    ]
      .map((code) => `(?=.*${code})`)
      .join(''),
  );
  await run('migrate:all-tenants --verbose', { exitCode: 1, says });
  await migrations({
    '3_by_way.mjs': byWay(
      { ...statements, half: statements.half?.replace('(id INT)', '(number INT)') ?? '' },
      literals,
    ),
  });
  await run('migrate:retry last --json', { exitCode: 1, says: 'HalfApplied' });
  await run('migrate:tenant half --verbose', { exitCode: 1, says: 'HalfApplied' });
  await run('migrate:resolve half', { exitCode: 1 });
  await run('migrate:resolve half --applied 3_by_way --by-hand --yes', { exitCode: 0 });
  await run('migrate:status', { exitCode: 0, says: 'PasswordWrongKey' });
  await run('migrate:status --json', { exitCode: 0 });
  await run('tenant:list', { exitCode: 0 });
  await run('migrate:rollback-tenants well --steps 1 --yes', { exitCode: 1 });
  await learn();
}

/** A migration that does in each tenant what its way to fail is, and something after it. */
function byWay(statements: Record<string, string>, literals: readonly string[]): string {
  return `
const statements = ${JSON.stringify(statements)};
export const config = { transaction: false };
export async function up(knex) {
  const [[{ name }]] = await knex.raw('SELECT DATABASE() AS name');
  const way = Object.keys(statements).find((each) => name.includes('sec_' + each + '_'));
  if (way === undefined) return;
  await knex.raw(statements[way]).catch((error) => {
    throw way === 'wraps' ? new Error('Seeding failed: ' + error.message) : error;
  });
  if (way === 'throws') {
    const { connection } = knex.client.config;
    console.log('A migration says what it likes, but here nothing.');
    throw new Error('Nobody let ' + JSON.stringify(connection) + ' in', { cause: connection });
  }
  if (way === 'half') await knex.raw('INSERT INTO nowhere VALUES (?)', [${JSON.stringify(literals.at(-1))}]);
}
`;
}

async function rotating(stage: Stage): Promise<void> {
  const { run, central, learn, search, keyFile } = stage;
  const slug = await provisionedSlug(central);
  await run(`tenant:rotate-password ${slug}`, { exitCode: 0 });
  await learn();
  await run(`tenant:rotate-password ${slug} --keep-old`, { exitCode: 0 });
  await learn();
  await run(`tenant:move ${slug} --port 1`, { exitCode: 2, says: 'being rotated' });
  await run(`tenant:rotate-password ${slug}`, { exitCode: 0 });
  await run('tenant:rotate-password password', { exitCode: 1, says: 'takes neither' });
  await run('tenant:rotate-password key', { exitCode: 1, says: 'encrypted with another key' });
  await run('tenant:rotate-password gone', { exitCode: 3, says: 'No administrator' });
  await run(`tenant:move ${slug} --port 1`, { exitCode: 1 });
  await run(`tenant:move ${slug} --host localhost --password-stdin`, {
    exitCode: 1,
    stdin: secret(),
  });
  await interrupted(stage, `tenant:rotate-password ${slug}`, slug);
  await run(`tenant:rotate-password ${slug}`, { exitCode: 0 });

  await interrupted(stage, 'secrets:rotate', slug);
  await learn();
  await run('secrets:rotate', { exitCode: 1, says: 'PasswordWrongKey' });
  await run('secrets:rotate --json', { exitCode: 1, says: 'PasswordWrongKey' });
  const kept = await readFile(keyFile, 'utf8');
  await learn();
  await central.query("DELETE FROM tenants WHERE slug = 'key'");
  await run('secrets:rotate', { exitCode: 0, says: 'Removed' });
  await learn();
  expect(parseKeyRing(kept).keys.size).toBe(2);

  // A ciphertext in another row, and one under a key that is gone.
  await central.query(
    `UPDATE tenants AS one JOIN tenants AS other ON other.slug = 'well' SET one.dbPassword = other.dbPassword WHERE one.slug = '${slug}'`,
  );
  await run(`migrate:tenant ${slug}`, { exitCode: 1, says: 'PasswordMoved' });
  await central.query("UPDATE tenants SET dbPassword = REPLACE(dbPassword, 'v2:k2:', 'v2:k7:')");
  await run('migrate:all-tenants --json', { exitCode: 1, says: 'EncryptionKeyUnknown' });
  search.add(...(await ciphertexts(central)));
  await central.query('ALTER TABLE fanfold_tenants DROP COLUMN dbPasswordNext');
  await run(`tenant:rotate-password ${slug}`, { exitCode: 3, says: 'schema' });
}

/** Has a command wait for a row that we hold, and interrupts it twice there. */
async function interrupted(stage: Stage, argv: string, slug: string): Promise<void> {
  const { folder, central, search, keyFile, adminUrl } = stage;
  const root = await testServer().rootConnection();
  await root.query(`USE ${escapeId(central.database)}`);
  await root.query('START TRANSACTION');
  await root.query('SELECT id FROM tenants WHERE slug = ? FOR UPDATE', [slug]);
  const cli = startCli(argv.split(' '), {
    cwd: folder,
    env: {
      CENTRAL_DATABASE_URL: central.url,
      DB_ENCRYPTION_KEY_FILE: keyFile,
      FANFOLD_ADMIN_URL: adminUrl,
      FANFOLD_DEBUG: '1',
    },
  });
  await vi.waitFor(async () => {
    const [rows] = await root.query(
      `SELECT ID FROM ${PROCESS_LIST} WHERE DB = ? AND INFO LIKE 'UPDATE%'`,
      [central.database],
    );
    expect(rows).not.toEqual([]);
  }, WAIT);
  cli.child.kill('SIGINT');
  await vi.waitFor(() => expect(cli.stderr).toContain('again to quit at once'), WAIT);
  await delay(SAME_SIGNAL_MS);
  cli.child.kill('SIGINT');
  const result = await cli.ended;
  await root.query('ROLLBACK');
  search.take(`${argv}, interrupted`, `${result.stdout}${result.stderr}`);
  expect(result.exitCode, result.stderr).toBe(130);
}

/** Errors that the functions for programs throw, with all their properties. */
async function programs({ central, search, keyFile, admin }: Stage): Promise<void> {
  const { host, port } = testServer();
  const database = await createDatabase('sec_program');
  onTestFinished(() => database.drop());
  const wrong = secret();
  search.add(wrong);
  const migrations = await fixtureFolder({
    '1_bad.mjs': `export const up = (knex) => knex.raw(${JSON.stringify(`INSERT INTO nowhere VALUES (${sql(wrong)})`)});`,
  });
  await central.query('ALTER TABLE fanfold_tenants ADD COLUMN dbPasswordNext TEXT NULL');
  const id = randomUUID();
  const slug = newSlug();
  await central.query(
    "INSERT INTO tenants (id, slug, name, dbHost, dbPort, dbName, dbUser, dbPassword) VALUES (?, ?, 'x', ?, ?, '', '', '')",
    [id, slug, host, port],
  );
  const options = {
    centralDatabaseUrl: central.url,
    keyRing: createKeyRingFile(keyFile),
    migrations,
  };
  const attempts: Record<string, () => Promise<unknown>> = {
    'wrong password': () => runTenantMigrations({ ...database, password: wrong }, { migrations }),
    'wrong port': () =>
      runTenantMigrations({ ...database, password: wrong, port: 1 }, { migrations }),
    'failed migration': () => runTenantMigrations(database, { migrations }),
    'not ready': () =>
      assertTenantReady({ slug, schemaVersion: null, login: () => database }, 'a hash'),
    'cannot ask': () =>
      assertTenantReady(
        { slug, schemaVersion: null, login: () => ({ ...database, password: wrong }) },
        'a hash',
      ),
    'wrong administrator': () =>
      provisionTenant(id, {
        ...options,
        admins: { find: async () => ({ ...admin, password: wrong }) },
      }),
    'failed provisioning': () =>
      provisionTenant(id, { ...options, admins: { find: async () => admin } }),
    'wrong central password': () =>
      provisionTenant(id, {
        ...options,
        centralDatabaseUrl: central.url.replace(/:[^:@]*@/, `:${encodeURIComponent(wrong)}@`),
      }),
  };
  for (const [name, attempt] of Object.entries(attempts)) {
    const error: unknown = await attempt().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error, name).toBeInstanceOf(Error);
    search.take(`thrown: ${name}`, inspect(error, { depth: Infinity, showHidden: true }));
    search.take(`thrown, as JSON: ${name}`, JSON.stringify(error, everything));
  }
}

/** All own properties of errors, also those that JSON leaves out. */
function everything(_name: string, value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  return Object.fromEntries(
    Object.getOwnPropertyNames(value).map((name) => [name, Reflect.get(value, name)]),
  );
}

async function ciphertexts(central: Stage['central']): Promise<string[]> {
  const rows = await central.query("SELECT dbPassword AS text FROM tenants WHERE dbPassword <> ''");
  return rows.map(({ text }) => String(text));
}

async function provisionedSlug(central: Stage['central']): Promise<string> {
  const [row] = await central.query(
    "SELECT slug FROM tenants LEFT JOIN fanfold_tenants ON tenantId = id WHERE slug LIKE 'p5-%' AND status = 'ACTIVE' AND migrationUser IS NULL",
  );
  return String(row?.slug);
}

function newSlug(): string {
  const slug = `p5-${randomUUID().slice(0, 8)}`;
  onTestFinished(async () => {
    const root = await testServer().rootConnection();
    const { databases, users } = await onServer(slug);
    for (const name of databases) await root.query(`DROP DATABASE ${escapeId(name)}`);
    for (const name of users) await root.query(`DROP USER ${root.escape(name)}@'%'`);
  });
  return slug;
}

/** As a literal of SQL. */
function sql(text: string): string {
  return `'${text.replaceAll(/['\\]/g, '\\$&')}'`;
}
