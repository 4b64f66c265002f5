import { afterAll, describe, expect, inject, it } from 'vitest';
import { createKeyRingSecret } from '../../src/adapters/aws/key-ring-secret.ts';
import { parseKeyRing } from '../../src/core/encryption/parse-key-ring.ts';
import type { CliResult } from '../cli/support/spawn-cli.ts';
import { rememberSecret } from './support/fleet.ts';
import { ROTATOR } from './support/local-aws.ts';
import { newTenant } from './support/new-tenants.ts';
import { remoteCli } from './support/remote-cli.ts';
import { deployedStack } from './support/scenario.ts';
import { until } from './support/until.ts';

const { clients, executions, fleet, outputs, provisionings, secret } = deployedStack();
const { folder } = inject('aws');

/** Rotates the key from the command line, and notes the ring for the search at the end. */
async function rotate(argv = ''): Promise<CliResult> {
  const { ended } = await remoteCli(`secrets:rotate ${argv}`.trim(), ROTATOR);
  const result = await ended;
  const text = await ringText();
  await rememberSecret(folder, text);
  const keys = text.startsWith('{') ? Object.values<string>(JSON.parse(text).keys) : [text];
  for (const key of keys) expect(result.stdout + result.stderr).not.toContain(key);
  return result;
}

function ringText(): Promise<string> {
  return secret(outputs.KeySecretArn ?? '');
}

async function ring() {
  const { active, keys } = parseKeyRing(await ringText());
  return { active, ids: [...keys.keys()] };
}

// The other scenarios count on version 1, which opens wherever its row points.
const atFirst = await ringText();
afterAll(async () => {
  await rememberSecret(folder, await ringText());
  await rememberSecret(folder, atFirst);
  const store = createKeyRingSecret(clients.secrets, outputs.KeySecretArn ?? '');
  await store.readAgain();
  await store.write(parseKeyRing(atFirst));
});

describe('the key of the secret', () => {
  it('the key of the secret is rotated in spite of two interruptions, and only once', async () => {
    const [tenant] = (await fleet(1)).tenants;
    const { query } = await newTenant();
    // Passwords of version 1 open in any row.
    await query(
      `INSERT INTO tenants (id, slug, name, status, dbHost, dbPort, dbName, dbUser, dbPassword)
       WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 950)
       SELECT UUID(), CONCAT('copy-', n), name, 'SUSPENDED', dbHost, dbPort, dbName, dbUser, dbPassword
       FROM tenants, numbers WHERE tenants.id = ?`,
      [tenant?.id],
    );
    const before = await ring();
    const killed = await remoteCli('secrets:rotate', ROTATOR);
    await until(async () => killed.stderr.includes('500 tenants'));
    killed.child.kill('SIGKILL');
    await killed.ended;
    const { active, ids } = await ring();
    expect(ids).toEqual([...before.ids, active]);

    const interrupted = await remoteCli('secrets:rotate', ROTATOR);
    await until(async () => interrupted.stderr.includes('500 tenants'));
    interrupted.child.kill('SIGINT');
    const { exitCode, stderr } = await interrupted.ended;
    // It may have come to its end in that moment.
    if (exitCode !== 0) {
      expect(exitCode).toBe(130);
      expect(stderr).toContain('fanfold secrets:rotate --aws');
      const last = JSON.parse((await rotate('--json')).stdout);
      expect(last).toMatchObject({ active, added: false, seen: 951, failed: [] });
    }
    expect(await ring()).toEqual({ active, ids: [active] });
    expect((await executions.run()).output).toMatchObject({ counts: { migrated: 1 } });
  });

  it('the key of the secret is rotated during a run whose functions have cached the old one', async () => {
    const { tenants, migrated } = await fleet(6);
    const [first] = tenants;
    // Functions that are warm, and have read the ring.
    expect((await executions.run({ command: 'plan', maxConcurrency: 6 })).status).toBe('SUCCEEDED');
    const before = await ring();
    await first?.misbehave({ how: 'wait', times: 1, ms: 60_000 });
    const run = await executions.start({
      maxConcurrency: 6,
      waves: [{ tenants: [first?.slug], canary: true }],
    });
    await until(async () => (await executions.mapRuns(run)).length > 0);

    const rotated = await rotate();
    expect(rotated).toMatchObject({ exitCode: 0 });
    expect(rotated.stdout).toContain('Encrypted 6 passwords of 6 tenants with the new key');
    expect(rotated.stdout).toContain('No key was removed.');
    // The waiting tenant's item has its password as it was.
    expect(rotated.stderr).toContain(run.replace(/^.*:/, ''));
    const during = await ring();
    expect(during.ids).toEqual([...before.ids, during.active]);
    expect(during.active).not.toBe(before.active);

    await first?.misbehave(undefined);
    // The second wave is listed now: its passwords need a key that the functions have not read.
    expect(await executions.ended(run)).toMatchObject({
      status: 'SUCCEEDED',
      output: { counts: { migrated: 6 } },
    });
    expect(await migrated()).toHaveLength(6);

    const dropped = await rotate('--json');
    expect(JSON.parse(dropped.stdout)).toMatchObject({
      active: during.active,
      changed: 0,
      dropped: before.ids,
      heldBy: [],
    });
    expect(await ring()).toEqual({ active: during.active, ids: [during.active] });
    expect(await executions.run({ maxConcurrency: 6 })).toMatchObject({
      output: { counts: { unchanged: 6 } },
    });
  });

  it('the key of the secret is rotated between two tenants that the same function provisions', async () => {
    const [one, two] = [await newTenant(), await newTenant()];
    expect((await provisionings.run(one.request)).status).toBe('SUCCEEDED');
    const before = await ring();
    expect(await rotate()).toMatchObject({ exitCode: 0 });
    expect((await provisionings.run(two.request)).status).toBe('SUCCEEDED');
    const { active, ids } = await ring();
    expect(ids).not.toContain(before.active);
    for (const tenant of [one, two]) {
      expect((await tenant.row())?.dbPassword).toMatch(new RegExp(`^v2:${active}:`));
      const run = await executions.run({ tenants: [tenant.slug] });
      expect(run.output).toMatchObject({ counts: { unchanged: 1 } });
    }
  });

  it('the key of the secret is not lost if two people rotate it at once', async () => {
    await fleet(5);
    const results = await Promise.all([rotate(), rotate()]);
    for (const { exitCode, stderr } of results) {
      if (exitCode !== 0) expect(stderr).toContain('key ring has been changed');
    }
    expect(results.map(({ exitCode }) => exitCode)).toContain(0);
    const run = await executions.run({ maxConcurrency: 5 });
    expect(run.output).toMatchObject({ counts: { migrated: 5 } });
    const last = await rotate();
    expect(last).toMatchObject({ exitCode: 0 });
    const { active, ids } = await ring();
    expect(ids).toEqual([active]);
    expect((await executions.run({ maxConcurrency: 5 })).status).toBe('SUCCEEDED');
  });

  it('the key is not looked for in a stack that does not exist', async () => {
    const { ended } = await remoteCli('secrets:rotate --central-address nonsense:x', ROTATOR);
    expect(await ended).toMatchObject({ exitCode: 2 });
  });
});
