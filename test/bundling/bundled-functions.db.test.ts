import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleLambdas } from '../../lib/bundle-lambdas.ts';
import { createBucket } from '../../src/adapters/aws/bucket.ts';
import { createS3RunStore } from '../../src/adapters/aws/run-store.ts';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { parseEncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import type { LambdaName } from '../../src/core/wire/lambda-names.ts';
import { createCentralDatabase, insertTenants } from '../support/central-database.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { requestOf } from '../support/fleet.ts';
import { BUCKET, type S3Server, startS3Server } from '../support/s3-server.ts';
import { testServer } from '../support/server.ts';
import { EXECUTION, itemOf, roundOf } from '../support/step-run-store-contract.ts';
import { rejectionOf } from '../support/thrown-by.ts';

// The very bytes that a deployment ships, on a real server.

const KEY = '0123456789abcdef0123456789abcdef';
const FILES = {
  '20250101090000_create_tasks.ts': `
    import type { Knex } from 'knex';
    enum Column { Title = 'title' }
    export async function up(knex: Knex) {
      await knex.schema.createTable('tasks', (table) => {
        table.increments('id');
        table.string(Column.Title).notNullable();
      });
    }`,
  '20250102090000_add_note.js': `
    exports.up = (knex) => knex.schema.alterTable('tasks', (table) => table.text('note'));`,
  '20250103090000_insert_rows.mjs': `
    import { createHash } from 'node:crypto';
    export async function up(knex) {
      const title = createHash('sha256').update('x').digest('hex').slice(0, 8);
      await knex('tasks').insert([{ title }, { title: 'Grüße' }]);
    }`,
  '20250103100000_from_a_file.cjs': `
    const { readFileSync } = require('node:fs');
    const { join } = require('node:path');
    exports.up = (knex) => knex.raw(readFileSync(join(__dirname, 'sql', 'one.sql'), 'utf8'));`,
  '20250103110000_from_another.ts': `
    import { readFileSync } from 'node:fs';
    const text: string = readFileSync(new URL('./two.sql', import.meta.url), 'utf8');
    export const up = (knex: any) => knex.raw(text);`,
  'sql/one.sql': "INSERT INTO tasks (title) VALUES ('one')",
  'two.sql': "INSERT INTO tasks (title) VALUES ('two')",
  '20250104090000_fail.cjs': "exports.up = (knex) => knex.raw('ALTER TABLE nowhere ADD x INT');",
};

let folder = '';
let secrets: ReturnType<typeof createServer>;
/** The secrets that Secrets Manager returns: by ARN, else `text`. */
const secret = { text: KEY, asked: 0, byArn: new Map<string, string>() };
let s3: S3Server;
let bundled: ReturnType<typeof bundleLambdas>;

beforeAll(async () => {
  secrets = createServer(async (request, response) => {
    secret.asked += 1;
    const { SecretId } = JSON.parse(await textOf(request));
    response.end(JSON.stringify({ SecretString: secret.byArn.get(SecretId) ?? secret.text }));
  });
  await new Promise<void>((resolve) => secrets.listen(0, '127.0.0.1', resolve));
  s3 = await startS3Server();
  folder = await mkdtemp(join(tmpdir(), 'fanfold-bundled-'));
  await mkdir(join(folder, 'sql'));
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder, name), text);
  bundled = bundleLambdas({ migrationsFolder: folder, outputFolder: join(folder, '.functions') });
  const { port } = secrets.address() as AddressInfo;
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
    AWS_ENDPOINT_URL_S3: s3.endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    FANFOLD_KEY_SECRET_ARN: 'arn:key',
    FANFOLD_CENTRAL_SECRET_ARN: 'arn:central',
    FANFOLD_ADMIN_SECRETS: '[{"arn":"arn:admin"}]',
    FANFOLD_RUN_BUCKET: BUCKET,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  })) {
    vi.stubEnv(name, value);
  }
}, 120_000);
afterAll(async () => {
  secrets.close();
  await s3.close();
  await rm(folder, { recursive: true, force: true });
});

/** A function as Lambda loads it. */
async function load(name: LambdaName) {
  const file = pathToFileURL(join(bundled.assets[name], 'index.mjs')).href;
  const { handler } = await import(/* @vite-ignore */ file);
  return (event: unknown) => handler(event, { getRemainingTimeInMillis: () => 900_000 });
}

const eventFor = (database: TestDatabase, bundleHash: string) => {
  const { host, port, database: name, user, password } = database;
  const item = itemOf(1);
  return {
    run: {
      runId: 'run-1',
      bundleHash,
      request: {
        command: 'migrate',
        strict: false,
        allowMissing: false,
        lockWaitTimeoutSeconds: 5,
      },
    },
    item: {
      ...item,
      tenant: {
        ...item.tenant,
        address: { host, port, database: name, user },
        encryptedPassword: encryptPasswordV1(parseEncryptionKey(KEY), password),
      },
    },
    retryCount: 0,
  };
};

describe('the bundled migrator', () => {
  it('migrates, in TypeScript and both kinds of JavaScript, and fails as it should', async () => {
    const handler = await load('migrate-tenant');
    const database = await createDatabase('bundled');

    for (const _ of ['first', 'again']) {
      const event = eventFor(database, bundled.bundleHash);
      const error = (await rejectionOf(handler(event))) as Error;
      expect(error.name).toBe('TenantFailed');
      expect(JSON.parse(error.message)).toMatchObject({
        status: 'failed',
        failure: { migration: '20250104090000_fail', errno: 1146 },
      });
      expect(error.message).not.toContain(database.password);
    }
    expect(secret.asked).toBe(1);
    expect(await database.query('SELECT title, note FROM tasks ORDER BY id')).toEqual([
      { title: '2d711642', note: null },
      { title: 'Grüße', note: null },
      { title: 'one', note: null },
      { title: 'two', note: null },
    ]);
    const recorded = await database.query('SELECT name FROM knex_migrations ORDER BY id');
    expect(recorded.map(({ name }) => name)).toEqual([
      '20250101090000_create_tasks.ts',
      '20250102090000_add_note.js',
      '20250103090000_insert_rows.mjs',
      '20250103100000_from_a_file.cjs',
      '20250103110000_from_another.ts',
    ]);
  });
});

describe('the bundled lister', () => {
  it('the bundled lister reads the central database through Prisma, and a rotated login once more', async () => {
    const central = await createCentralDatabase();
    await insertTenants(central, [{ slug: 'acme' }, { slug: 'globex' }, { slug: 'initech' }]);
    const { host, port, database, user, password } = central;
    const login = { username: user, host, port, dbname: database };
    const execution = { ...EXECUTION, name: 'run-1', redriveCount: 0 };
    const store = createS3RunStore(createBucket(s3.client, BUCKET));
    await store.openRun({
      id: 'run-1',
      request: requestOf(),
      startedAt: EXECUTION.startedAt,
      execution: EXECUTION,
    });
    const list = await load('list-tenants');
    const event = { step: 'list', execution, round: roundOf() };

    secret.text = JSON.stringify({ ...login, password: 'not it' });
    const error = (await rejectionOf(list(event))) as Error;
    expect(error).toMatchObject({ name: 'CentralDatabaseAccessDenied', stack: '' });
    expect(error.message).toContain('the secret arn:central');
    expect(error.message).not.toContain('not it');

    secret.text = JSON.stringify({ ...login, password });
    const listed = await list(event);
    expect(listed).toMatchObject({ decision: 'RUN', run: { bundleHash: bundled.bundleHash } });
    const items = (s3.text(listed.map.itemsKey) ?? '').trim().split('\n');
    expect(items.map((line) => JSON.parse(line).tenant.slug).sort()).toEqual([
      'acme',
      'globex',
      'initech',
    ]);
  });
});

describe('the bundled provisioner', () => {
  it('the bundled provisioner creates a tenant, and removes what it created if a migration fails', async () => {
    const central = await createCentralDatabase();
    const { host, port, user: root, password: rootPassword } = testServer();
    const { database, user, password } = central;
    const texts = {
      'arn:key': KEY,
      'arn:central': { username: user, password, host, port, dbname: database },
      'arn:admin': { username: root, password: rootPassword, host, port },
    };
    for (const [arn, text] of Object.entries(texts)) {
      secret.byArn.set(arn, typeof text === 'string' ? text : JSON.stringify(text));
    }
    const provision = await load('provision-tenant');
    const enteredAt = new Date().toISOString();
    const slug = `bundled-${randomUUID().slice(0, 8)}`;
    const request = { slug, host, port };
    const refused = (await rejectionOf(
      provision({ step: 'claim', request: { ...request, slugg: 1 }, enteredAt }),
    )) as Error;
    expect(refused).toMatchObject({ name: 'RequestInvalid', stack: '' });

    let progress = await provision({ step: 'claim', request, enteredAt });
    for (const step of ['account', 'database', 'rights']) {
      progress = await provision({ step, progress, enteredAt });
    }
    const failed = (await rejectionOf(
      provision({ step: 'migrations', progress, enteredAt }),
    )) as Error;
    expect(failed).toMatchObject({ name: 'TableMissing', stack: '' });
    const [row] = await central.query('SELECT dbName FROM tenants WHERE slug = ?', [slug]);
    const tables = 'SELECT 1 FROM information_schema.tables WHERE table_schema = ?';
    const connection = await testServer().rootConnection();
    const [made] = await connection.query(tables, [row?.dbName]);
    expect(made).not.toEqual([]);

    const error = { Error: failed.name, Cause: JSON.stringify({ errorMessage: failed.message }) };
    const event = { step: 'fail', progress, failedStep: 'migrations', error, failedAt: 0 };
    const told = (await rejectionOf(provision({ ...event, redriveCount: 0 }))) as Error;
    expect(told.name).toBe('TenantProvisioningFailed');
    expect(told.message).toContain('in the step migrations: TableMissing');
    expect(await provision({ ...event, redriveCount: 1 })).toEqual({ again: true });
    const rows = await central.query('SELECT status FROM tenants WHERE slug = ?', [slug]);
    expect(rows).toEqual([{ status: 'FAILED' }]);
    const [left] = await connection.query('SHOW DATABASES LIKE ?', [String(row?.dbName)]);
    expect(left).toEqual([]);
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text;
}
