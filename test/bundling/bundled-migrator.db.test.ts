import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleLambdas } from '../../lib/bundle-lambdas.ts';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { parseEncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { itemOf } from '../support/step-run-store-contract.ts';
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
  '20250104090000_fail.cjs': "exports.up = (knex) => knex.raw('ALTER TABLE nowhere ADD x INT');",
};

let secrets: ReturnType<typeof createServer>;
let asked = 0;
beforeAll(async () => {
  secrets = createServer((_, response) => {
    asked += 1;
    response.end(JSON.stringify({ SecretString: KEY }));
  });
  await new Promise<void>((resolve) => secrets.listen(0, '127.0.0.1', resolve));
});
afterAll(() => void secrets.close());

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
    const { assets, bundleHash } = bundleLambdas({
      migrationsFolder: await fixtureFolder(FILES),
      outputFolder: await fixtureFolder(),
    });
    const { port } = secrets.address() as AddressInfo;
    for (const [name, value] of Object.entries({
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      FANFOLD_KEY_SECRET_ARN: 'arn:key',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
    })) {
      vi.stubEnv(name, value);
    }
    const file = pathToFileURL(join(assets['migrate-tenant'], 'index.mjs')).href;
    const { handler } = await import(/* @vite-ignore */ file);
    const invocation = { getRemainingTimeInMillis: () => 900_000 };
    const database = await createDatabase('bundled');

    for (const _ of ['first', 'again']) {
      const error = (await rejectionOf(
        handler(eventFor(database, bundleHash), invocation),
      )) as Error;
      expect(error.name).toBe('TenantFailed');
      expect(JSON.parse(error.message)).toMatchObject({
        status: 'failed',
        failure: { migration: '20250104090000_fail', errno: 1146 },
      });
      expect(error.message).not.toContain(database.password);
    }
    expect(asked).toBe(1);
    expect(await database.query('SELECT title, note FROM tasks ORDER BY id')).toEqual([
      { title: '2d711642', note: null },
      { title: 'Grüße', note: null },
    ]);
    const recorded = await database.query('SELECT name FROM knex_migrations ORDER BY id');
    expect(recorded.map(({ name }) => name)).toEqual([
      '20250101090000_create_tasks.js',
      '20250102090000_add_note.js',
      '20250103090000_insert_rows.mjs',
    ]);
  }, 120_000);
});
