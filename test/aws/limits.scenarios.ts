import { randomUUID } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { describe, expect, inject, it } from 'vitest';
import { startCli } from '../cli/support/spawn-cli.ts';
import { fixtureFolder } from '../support/fixture-folder.ts';
import { configure } from './support/functions.ts';
import { deployedStack } from './support/scenario.ts';

const { executions, summary, object } = deployedStack();
const { central, environment, recording, stack } = inject('aws');

/** More than two pages of every listing, and more data than a state could carry by tenant. */
const TENANTS = 1_200;

// Only if the functions run with our preload, which puts the stub in the migrator's place.
describe.runIf(recording)(`${TENANTS} tenants and a migrator that costs nothing`, () => {
  it(`a fleet of ${TENANTS} tenants passes through the state machine, and no state carries more data for it`, async () => {
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
    expect((await object(`runs/${run.name}/wave-2.jsonl`)).trim().split('\n')).toHaveLength(
      TENANTS * 0.9,
    );

    const events = await executions.history(run.arn);
    const longest = Math.max(...events.map((event) => JSON.stringify(event).length));
    expect(longest).toBeLessThan(10_000);
    // A round with its probe is some 50 events: see the most rounds that a request may ask for.
    expect(events.length).toBeLessThan(3 * 50 + 10);

    // A large fleet is reported by its summary.
    const { child, ...followed } = startCli(['follow', run.name, '--aws', stack.stackName], {
      cwd: await fixtureFolder(),
      env: environment,
    });
    expect(child.pid).toBeDefined();
    const { exitCode, stdout } = await followed.ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain('✅ Successful: 1,200');
    expect(stdout).not.toContain('Migrating tenant:');
    const [[counted]] = (await connection.query(
      'SELECT COUNT(*) AS reached FROM fanfold_tenants WHERE lastRunId = ?',
      [run.name],
    )) as unknown as [[{ reached: number }]];
    expect(counted.reached).toBe(TENANTS);
    await connection.query('DELETE FROM tenants');
    await connection.end();
  });
});
