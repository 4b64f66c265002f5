import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { configure, functionName } from './support/functions.ts';
import { deployedStack } from './support/scenario.ts';

const { executions, fleet, summary } = deployedStack();
const { folder, recording } = inject('aws');

/** The results of one event that was handled twice. */
interface Twice {
  readonly function: string;
  readonly event: { readonly step?: string };
  readonly first: Handled;
  readonly second: Handled;
}

interface Handled {
  readonly result?: { readonly status?: string };
  readonly error?: string;
  readonly message?: string;
}

// Only if the functions run with our preload.
describe.runIf(recording)('every state invoked twice on its event', () => {
  it('every state gives the same answer when it is invoked twice, and the run ends as usual', async () => {
    const lines = join(folder, 'twice.jsonl');
    await rm(lines, { force: true });
    for (const id of ['list-tenants', 'migrate-tenant', 'reduce-outcomes', 'settle-run'] as const) {
      await configure(id, { environment: { FANFOLD_TEST_TWICE: lines } });
    }
    const { tenants, migrated, recordedFor } = await fleet(8);
    const [, , broken] = tenants;
    await broken?.breakDatabase();
    const waves = [{ percentage: 50, canary: false }];
    const failed = await executions.run({ maxConcurrency: 4, waves, automaticRetries: 1 });
    expect(failed).toMatchObject({ status: 'FAILED', error: 'TenantMigrationsFailed' });
    expect(await migrated()).toHaveLength(7);
    expect(await recordedFor(failed.name)).toHaveLength(7);
    await broken?.repairDatabase();
    const redriven = await executions.redrive(failed.arn);
    expect(redriven).toMatchObject({ status: 'SUCCEEDED', output: { total: 8 } });
    expect(await migrated()).toHaveLength(8);
    const { counts, applied } = await summary(failed.name);
    // The second invocation found what the first had done.
    expect(counts).toMatchObject({ unchanged: 8, failed: 0, unknown: 0 });
    expect(applied).toBe(0);

    const handled = (await readFile(lines, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line): Twice => JSON.parse(line));
    const migrator = await functionName('migrate-tenant');
    const steps = handled.filter(({ function: name }) => name !== migrator);
    // EventBridge reports the end of the execution when it pleases, also after this.
    const ofStates = steps.filter(({ event }) => event.step !== 'ended');
    const kinds = new Set(
      ofStates.map(({ function: name, event }) => `${name} ${event.step ?? ''}`),
    );
    expect(kinds.size).toBe(6);
    for (const { first, second } of steps) expect(second).toEqual(first);
    for (const { first, second } of handled.filter(({ function: name }) => name === migrator)) {
      expect(second.error).toBe(first.error);
      const { status } = first.result ?? {};
      if (status !== undefined)
        expect(second.result?.status).toBe(status === 'warm' ? status : 'unchanged');
    }
  });
});
