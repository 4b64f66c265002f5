import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { deploy } from './support/deploy.ts';
import { configure, MISSING_SECRET } from './support/functions.ts';
import { deployedStack } from './support/scenario.ts';

const { executions, fleet, object, putObject, keys, secret, putSecret, outputs } = deployedStack();
const { stack, folder, recording, central } = inject('aws');

describe('a request', () => {
  it.each([
    ['an unknown key', { maxConcurency: 4 }, ['maxConcurency', 'maxConcurrency']],
    [
      'a negative number',
      { toleratedFailureCount: -1 },
      ['toleratedFailureCount', '-1', 'at least 0'],
    ],
    ['no tenant at a time', { maxConcurrency: 0 }, ['maxConcurrency', '0', '1 to 10,000']],
    ['tenants and retryOf', { tenants: ['a'], retryOf: 'b' }, ['tenants', 'retryOf']],
    ['a run that there is not', { retryOf: 'no-such-run' }, ['RunUnknown', 'no-such-run']],
    ['no such tenant', { tenants: ['nobody'] }, ['TenantUnknown', 'nobody']],
    ['no object', ['a', 'list'], ['A request is a JSON object']],
    ['what is no id of a run', { retryOf: '../secrets' }, ['RunIdInvalid']],
  ])('a request with %s is refused, and says so', async (_, request, words) => {
    const { migrated } = await fleet(1);
    const run = await executions.run(request);
    expect(run.status).toBe('FAILED');
    for (const word of words) expect(run.cause).toContain(word);
    expect(run.cause).not.toMatch(/\bat .*:\d+:\d+/);
    expect(await migrated()).toEqual([]);
  });

  it('a request under a name that was used before is refused by Step Functions', async () => {
    await fleet(1);
    const first = await executions.run({}, `used-${Date.now()}`);
    await expect(executions.start({ strict: true }, first.name)).rejects.toMatchObject({
      name: 'ExecutionAlreadyExists',
    });
  });

  it('a request under the name of a run that the run store has is refused', async () => {
    const { migrated } = await fleet(1);
    const first = await executions.run({ command: 'plan' });
    const name = `again-${Date.now()}`;
    // As it looks when Step Functions has forgotten the execution, which it does after 90 days.
    await putObject(`runs/${name}/request.json`, await object(`runs/${first.name}/request.json`));
    const run = await executions.run({}, name);
    expect(run.status).toBe('FAILED');
    expect(run.cause).toContain('RunExists');
    expect(await migrated()).toEqual([]);
  });
});

describe('the central database', () => {
  it('a central database that cannot be reached is named; once it can, a redrive resumes', async () => {
    const { migrated } = await fleet(2);
    const arn = outputs.CentralSecretArn ?? '';
    const login = await secret(arn);
    await putSecret(arn, JSON.stringify({ ...JSON.parse(login), port: 1 }));
    await configure('list-tenants', { environment: { FANFOLD_TEST_EPOCH: 'unreachable' } });
    const failed = await executions.run({ maxConcurrency: 2 });
    expect(failed.status).toBe('FAILED');
    expect(failed.cause).toContain('CentralDatabaseUnreachable');
    await putSecret(arn, login);
    const redriven = await executions.redrive(failed.arn);
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 2 } } });
    expect(await migrated()).toHaveLength(2);
  });

  it('a central database whose password was rotated is queried with the new one, without a new environment', async () => {
    await fleet(1);
    const arn = outputs.CentralSecretArn ?? '';
    const login = JSON.parse(await secret(arn));
    await configure('list-tenants', { environment: { FANFOLD_TEST_EPOCH: 'rotated' } });
    await putSecret(arn, JSON.stringify({ ...login, password: 'wrong' }));
    const failed = await executions.run();
    expect(failed.status).toBe('FAILED');
    expect(failed.cause).toContain('CentralDatabaseAccessDenied');
    await putSecret(arn, JSON.stringify(login));
    expect((await executions.redrive(failed.arn)).status).toBe('SUCCEEDED');
  });

  it.each([
    ['is not JSON', 'not json', /JSON/],
    ['lacks its host', JSON.stringify({ username: 'u', password: 'p', dbname: 'd' }), /host/],
  ])('a central database whose secret %s is named without the secret', async (_, text, word) => {
    await fleet(1);
    const arn = outputs.CentralSecretArn ?? '';
    const login = await secret(arn);
    await configure('list-tenants', {
      environment: { FANFOLD_TEST_EPOCH: `shape-${text.length}` },
    });
    await putSecret(arn, text);
    const failed = await executions.run().finally(() => putSecret(arn, login));
    expect(failed.status).toBe('FAILED');
    expect(failed.cause).toMatch(word);
    expect(failed.cause).not.toContain(central.password);
    expect((await executions.redrive(failed.arn)).status).toBe('SUCCEEDED');
  });

  it('a missing secret of the central database is named', async () => {
    await fleet(1);
    const missing = (outputs.CentralSecretArn ?? '').replace(/[^:]+$/, MISSING_SECRET);
    await configure('list-tenants', { environment: { FANFOLD_CENTRAL_SECRET_ARN: missing } });
    const failed = await executions.run();
    expect(failed.status).toBe('FAILED');
    expect(failed.cause).toContain(MISSING_SECRET);
  });
});

describe('the key', () => {
  it.each([
    ['is too short', 'short'],
    ['is a damaged ring', '{"active":"k1"'],
  ])(
    'a key that %s fails the tenants with a readable message, and a redrive resumes',
    async (_, text) => {
      const { migrated } = await fleet(2);
      const arn = outputs.KeySecretArn ?? '';
      const key = await secret(arn);
      await configure('migrate-tenant', {
        environment: { FANFOLD_TEST_EPOCH: `key-${text.length}` },
      });
      await putSecret(arn, text);
      const failed = await executions.run({ maxConcurrency: 2 }).finally(() => putSecret(arn, key));
      expect(failed.status).toBe('FAILED');
      expect(failed.cause).toMatch(/EncryptionKeyInvalid|KeyRingInvalid/);
      expect(await migrated()).toEqual([]);
      expect((await executions.redrive(failed.arn)).status).toBe('SUCCEEDED');
      expect(await migrated()).toHaveLength(2);
    },
  );
});

describe("the key's secret", () => {
  it('a missing secret of the key fails the tenants with its name, and a redrive resumes', async () => {
    const { migrated } = await fleet(2);
    const arn = outputs.KeySecretArn ?? '';
    const missing = arn.replace(/[^:]+$/, MISSING_SECRET);
    await configure('migrate-tenant', { environment: { FANFOLD_KEY_SECRET_ARN: missing } });
    const failed = await executions.run({ maxConcurrency: 2 });
    expect(failed).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(failed.cause).toContain('SecretMissing');
    expect(failed.cause).toContain(MISSING_SECRET);
    expect(await migrated()).toEqual([]);
    await configure('migrate-tenant', { environment: { FANFOLD_KEY_SECRET_ARN: arn } });
    expect((await executions.redrive(failed.arn)).status).toBe('SUCCEEDED');
    expect(await migrated()).toHaveLength(2);
  });
});

describe('the items of a round', () => {
  it.runIf(recording)(
    'missing items of a round fail the execution, and a retry writes them again',
    async () => {
      const { migrated } = await fleet(2);
      const loses = recording?.loses ?? '';
      await writeFile(loses, '/items/');
      const failed = await executions
        .run({ maxConcurrency: 2 })
        .finally(() => rm(loses, { force: true }));
      expect(failed).toMatchObject({ status: 'FAILED', error: 'RunStoreUnreadable' });
      expect(failed.cause).toContain('items/');
      expect(await migrated()).toEqual([]);
      // A redrive would read them again: a new execution writes them.
      const retry = await executions.run({ retryOf: failed.name });
      expect(retry).toMatchObject({ status: 'SUCCEEDED', output: { counts: { migrated: 2 } } });
      expect(await keys(`items/${retry.name}`)).toEqual([]);
    },
  );
});

describe('a deployment', () => {
  it('a deployment of an empty migrations folder is refused before anything is deployed', async () => {
    const migrationsFolder = join(folder, 'no-migrations');
    await mkdir(migrationsFolder, { recursive: true });
    const { succeeded, output } = await deploy({
      ...stack,
      config: { ...stack.config, migrationsFolder },
      assembly: join(folder, 'cdk.out-empty'),
    });
    expect(succeeded).toBe(false);
    expect(output).toContain('no-migrations has no migration');
  });
});
