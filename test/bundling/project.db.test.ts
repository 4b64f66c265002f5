import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bundleLambdas } from '../../lib/bundle-lambdas.ts';
import { encryptPasswordV1 } from '../../src/core/encryption/encrypt-password-v1.ts';
import { parseEncryptionKey } from '../../src/core/encryption/encryption-key.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { projectFolder } from '../support/project-folder.ts';
import { itemOf } from '../support/step-run-store-contract.ts';
import { thrownBy } from '../support/thrown-by.ts';
import { UPPER_CASE_PROJECT } from '../support/upper-case-project.ts';

// A project with a configuration, a knexfile, a Knex of its own and seeds, as it is deployed.

const KEY = '0123456789abcdef0123456789abcdef';

function eventFor({ host, port, database, user, password }: TestDatabase, bundleHash: string) {
  const item = itemOf(1);
  const request = { command: 'migrate', strict: false, allowMissing: false };
  return {
    run: { runId: 'run-1', bundleHash, request: { ...request, lockWaitTimeoutSeconds: 5 } },
    item: {
      ...item,
      tenant: {
        ...item.tenant,
        address: { host, port, database, user },
        encryptedPassword: encryptPasswordV1(parseEncryptionKey(KEY), password),
      },
    },
    retryCount: 0,
  };
}

/** Gives the key to every function that asks. */
async function stubSecrets(): Promise<void> {
  const secrets = createServer((_, response) => {
    response.end(JSON.stringify({ SecretString: KEY }));
  });
  await new Promise<void>((resolve) => secrets.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    secrets.close();
    vi.unstubAllEnvs();
  });
  const { port } = secrets.address() as AddressInfo;
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://127.0.0.1:${port}`,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    FANFOLD_KEY_SECRET_ARN: 'arn:key',
    FANFOLD_RUN_BUCKET: 'runs',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
  })) {
    vi.stubEnv(name, value);
  }
}

async function textsIn(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const texts = names
    .filter((name) => /\.(?:mjs|map|ts)$/.test(name))
    .map((name) => readFile(join(folder, name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

describe('the functions of a project with a knexfile', () => {
  it('functions of a project with a knexfile run its mappers and seeds with its Knex, and contain no password', async () => {
    const packages = { knex: 'knex-3-0', objection: 'objection' };
    const folder = await projectFolder(UPPER_CASE_PROJECT, packages);
    const { assets, bundleHash, config, migrations } = bundleLambdas({
      project: folder,
      outputFolder: join(folder, '.functions'),
    });
    expect(migrations).toBe(3);
    expect(config).toEqual({
      shapeHostsByPassword: [],
      tableName: 'their_migrations',
      requestDefaults: { maxPerHost: 3 },
      requiresRehearsal: false,
    });
    const shipped = await textsIn(assets['migrate-tenant']);
    expect(shipped).not.toMatch(/hunter2/);
    expect(shipped).toContain('node_modules/knex-3-0/lib/client.js');
    expect(shipped).not.toContain('node_modules/knex/lib/client.js');

    await stubSecrets();
    vi.stubEnv('FANFOLD_TABLE_NAME', config.tableName);
    const database = await createDatabase('shipped');
    const file = pathToFileURL(join(assets['migrate-tenant'], 'index.mjs')).href;
    const { handler } = await import(/* @vite-ignore */ file);
    const event = eventFor(database, bundleHash);
    // Lambda runs a function in the folder of its code.
    const cwd = vi.spyOn(process, 'cwd').mockReturnValue(assets['migrate-tenant']);
    onTestFinished(() => cwd.mockRestore());
    const result = await handler(event, { getRemainingTimeInMillis: () => 900_000 });
    expect(result).toMatchObject({ status: 'migrated' });
    const rows = await database.query(
      'SELECT DISPLAY_NAME AS name FROM ITEMS_CATEGORIES ORDER BY ID',
    );
    expect(rows.map(({ name }) => name)).toEqual(['Goods', 'Services', 'has false', 'late']);
    expect(await database.query('SELECT name FROM their_migrations')).toHaveLength(3);
  }, 120_000);

  it('functions are not built if the knexfile needs a variable of this machine', async () => {
    const folder = await projectFolder({
      'migrations/tenant/1_a.js': 'exports.up = () => {};',
      'fanfold.config.js': "module.exports = { knex: { file: './knexfile.js' } };",
      'knexfile.js': `if (!process.env.PATH) throw new Error('PATH is missing');
        module.exports = { client: 'mysql2' };`,
    });
    const error = thrownBy(() =>
      bundleLambdas({ project: folder, outputFolder: join(folder, '.functions') }),
    );
    expect(error).toMatchObject({ name: 'KnexfileUnreadable' });
    expect((error as Error).message).toMatch(/at line 1: Error: PATH is missing/);
  }, 60_000);

  it('functions are not built if a password is written in a place from which it cannot be removed', async () => {
    const folder = await projectFolder({
      'migrations/tenant/1_a.js': 'exports.up = () => {};',
      'fanfold.config.js': "module.exports = { knex: { file: './knexfile.js' } };",
      'knexfile.js': `const secret = 'hunter2-const';
        module.exports = { client: 'mysql2', connection: { password: secret }, name: secret };`,
    });
    const error = thrownBy(() =>
      bundleLambdas({ project: folder, outputFolder: join(folder, '.functions') }),
    );
    expect(error).toMatchObject({ name: 'KnexfileHoldsSecret' });
    expect((error as Error).message).toMatch(/knexfile\.js:1 has a password/);
    expect((error as Error).message).not.toContain('hunter2');
  }, 60_000);
});
