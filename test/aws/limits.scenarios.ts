import { randomUUID } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { describe, expect, inject, it } from 'vitest';
import { configure } from './support/functions.ts';
import { deployedStack } from './support/scenario.ts';

const { executions, summary, object } = deployedStack();
const { central, recording } = inject('aws');

const TENANTS = 2_000;

// Only where the functions run with our preload, which puts the stub in the migrator's place.
describe.runIf(recording)(`${TENANTS} tenants and a migrator that costs nothing`, () => {
  it('pass through the state machine, and no state carries more for it', async () => {
    const connection = await createConnection(central);
    await connection.query('DELETE FROM tenants');
    const rows = Array.from({ length: TENANTS }, (_, number) => [
      ...[randomUUID(), `tenant-${number}`, `Tenant ${number}`, 'ACTIVE'],
      ...[`db${number % 7}.example.com`, 3306, `tenant_${number}`, 'user', 'ciphertext'],
    ]);
    await connection.query(
      'INSERT INTO tenants (id, slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword) VALUES ?',
      [rows],
    );
    await configure('migrate-tenant', { environment: { FANFOLD_TEST_STUB: 'migrator' } });
    const start = performance.now();
    const run = await executions.run({
      maxConcurrency: 100,
      waves: [{ percentage: 10, canary: true }],
    });
    const seconds = (performance.now() - start) / 1000;
    process.stdout.write(`${TENANTS} tenants took ${seconds.toFixed(1)} s.\n`);
    expect(run).toMatchObject({ status: 'SUCCEEDED', output: { total: TENANTS } });
    expect(await summary(run.name)).toMatchObject({
      total: TENANTS,
      counts: { migrated: TENANTS },
    });
    expect((await object(`runs/${run.name}/wave-2.jsonl`)).trim().split('\n')).toHaveLength(1_800);

    const events = await executions.history(run.arn);
    expect(events.length).toBeLessThan(100);
    const longest = Math.max(...events.map((event) => JSON.stringify(event).length));
    expect(longest).toBeLessThan(10_000);
    const [[counted]] = (await connection.query(
      'SELECT COUNT(*) AS reached FROM tenants WHERE lastRunId = ?',
      [run.name],
    )) as unknown as [[{ reached: number }]];
    expect(counted.reached).toBe(TENANTS);
    await connection.query('DELETE FROM tenants');
    await connection.end();
  });
});
