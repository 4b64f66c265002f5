import { join } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { openPassword } from '../../src/core/encryption/open-password.ts';
import { parseKeyRing } from '../../src/core/encryption/parse-key-ring.ts';
import { POOL_PREFIX } from '../../src/core/pool/fill-pool.ts';
import { deployed } from './support/deploy.ts';
import { executionsOf } from './support/executions.ts';
import { rememberSecret } from './support/fleet.ts';
import { SIGN_UP } from './support/local-aws.ts';
import { newTenant } from './support/new-tenants.ts';
import { remoteCli } from './support/remote-cli.ts';
import { deployedStack } from './support/scenario.ts';
import { writeTenantMigrations } from './support/tenant-migrations.ts';
import { until } from './support/until.ts';

const { clients, executions, fleet, outputs, provisionings, secret, putSecret } = deployedStack();
const { admin, central, folder, stack } = inject('aws');
const migrationsFolder = join(folder, 'migrations');
const write = (next: boolean) =>
  writeTenantMigrations(migrationsFolder, join(folder, 'orders'), { next });

/** The stack with a pool of two databases a server. */
async function deployPool() {
  const { provisioning } = stack.config as { provisioning?: object };
  const config = { ...stack.config, provisioning: { ...provisioning, pool: 2 } };
  const made = await deployed({ ...stack, config });
  return executionsOf(clients.stepFunctions, made.RefillMachineArn ?? '');
}

/** The list of pooled databases. Whatever it and the tenants name is dropped when the test ends. */
async function poolList() {
  const { host, port, user, password } = inject('server');
  const login = { host, port, user, password, database: central.database };
  const connection = await createConnection(login);
  const rows = async (sql: string) => (await connection.query<RowDataPacket[]>(sql))[0];
  onTestFinished(async () => {
    const named = await rows(
      'SELECT dbName AS name FROM fanfold_pool UNION SELECT dbName FROM tenants',
    );
    for (const { name } of named) {
      if (!String(name).startsWith(POOL_PREFIX)) continue;
      await connection.query(`DROP DATABASE IF EXISTS \`${name}\``);
      await connection.query(`DROP USER IF EXISTS '${name}'@'%'`);
    }
    await connection.query('DELETE FROM fanfold_pool');
    await connection.end();
  });
  const list = () => rows("SELECT * FROM fanfold_pool WHERE state <> 'TAKEN' ORDER BY id");
  const ready = async (count: number) => {
    await until(async () => {
      const all = await list();
      return all.length === count && all.every(({ state }) => state === 'READY');
    });
    return list();
  };
  return { list, ready, query: (sql: string) => connection.query(sql) };
}

describe('a pool on AWS', () => {
  it('a pool on AWS is filled after the first tenant, hands its databases out, is migrated by a run and repaired', async () => {
    const pool = await poolList();
    onTestFinished(async () => {
      await write(false);
      await deployed(stack);
    });
    const refills = await deployPool();

    // The first tenant of a server waits as before, and has the pool filled.
    const first = await newTenant();
    const made = await provisionings.run(first.request);
    expect(made.cause).toBe('');
    expect(made.output).toMatchObject({ status: 'ACTIVE', fromPool: false });
    await pool.ready(2);

    // The next one gets a database at once, and the pool is filled again.
    const second = await newTenant();
    const taken = await provisionings.run(second.request);
    expect(taken.cause).toBe('');
    expect(taken.output).toMatchObject({
      ...{ status: 'ACTIVE', fromPool: true, applied: 0 },
      steps: [{ step: 'claim' }],
    });
    const row = await second.row();
    expect(row).toMatchObject({ status: 'ACTIVE', dbName: expect.stringMatching(POOL_PREFIX) });
    const ring = parseKeyRing(await secret(outputs.KeySecretArn ?? ''));
    const address = { host: row?.dbHost, port: row?.dbPort, database: row?.dbName };
    const login = { ...address, user: row?.dbUser };
    const password = openPassword(ring, {
      ...{ id: row?.id, address: login, encryptedPassword: row?.dbPassword },
    });
    await rememberSecret(folder, password);
    const connection = await createConnection({ ...login, password });
    await connection.query('SELECT 1 FROM orders');
    await connection.end();
    await pool.ready(2);

    // A row that an application has added, and the command line, get one too.
    const third = await newTenant();
    const { slug, host, port } = third.request;
    await third.query('INSERT INTO tenants SET ?', [
      {
        ...{ id: crypto.randomUUID(), slug, name: slug, status: 'PROVISIONING' },
        ...{ dbHost: host, dbPort: port, dbName: '', dbUser: '', dbPassword: '' },
      },
    ]);
    const tenantId = (await third.row())?.id;
    expect((await provisionings.run({ tenantId })).output).toMatchObject({ fromPool: true });
    await pool.ready(2);
    const fourth = await newTenant();
    const cli = await remoteCli(
      `tenant:provision ${fourth.slug} --host ${host} --port ${port}`,
      SIGN_UP,
    );
    const { stdout, exitCode } = await cli.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('from the pool');
    const [broken] = await pool.ready(2);

    // A run over the fleet with the next release migrates the pool, too.
    await fleet(2);
    await write(true);
    const next = await deployPool();
    const run = await executions.run({ maxConcurrency: 2 });
    expect(run.cause).toBe('');
    const entered = (await executions.history(run.arn)).flatMap(
      ({ stateEnteredEventDetails: details }) => details?.name ?? [],
    );
    expect(entered).toContain('MigratePool');
    const [tables] = await pool.query(
      `SELECT COUNT(*) AS count FROM information_schema.tables
        WHERE table_name = 'invoices' AND table_schema IN (SELECT dbName FROM fanfold_pool WHERE state = 'READY')`,
    );
    expect(tables).toMatchObject([{ count: 2 }]);
    // One that names tenants leaves the pool to the next run.
    const some = await executions.run({ tenants: ['tenant-001'] });
    const others = (await executions.history(some.arn)).flatMap(
      ({ stateEnteredEventDetails: details }) => details?.name ?? [],
    );
    expect(others).not.toContain('MigratePool');

    // A database that somebody has dropped is made anew, and a failure is named until it is fixed.
    await pool.query(`DROP DATABASE \`${broken?.dbName}\``);
    const right = await secret(admin.secretArn);
    await putSecret(admin.secretArn, JSON.stringify({ ...JSON.parse(right), password: 'wrong' }));
    const failed = await next.run({}).finally(() => putSecret(admin.secretArn, right));
    expect(failed).toMatchObject({ status: 'FAILED', error: 'PoolNotFilled' });
    expect(failed.cause).toContain('AdminAccessDenied');
    expect(failed.cause).not.toContain('wrong');
    const fixed = await next.run({ host, port });
    expect(fixed.cause).toBe('');
    await pool.ready(2);
    // The failed execution may have come so far that the same name is made anew.
    const [whole] = await pool.query(
      `SELECT COUNT(*) AS count FROM information_schema.tables
        WHERE table_name = 'orders' AND table_schema IN (SELECT dbName FROM fanfold_pool WHERE state = 'READY')`,
    );
    expect(whole).toMatchObject([{ count: 2 }]);
    for (const arn of await refills.list()) {
      const { input, output } = await refills.ended(arn);
      expect(JSON.stringify([input, output])).not.toMatch(/password/i);
    }
  });
});
