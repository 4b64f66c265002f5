import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import type { MigratedOutcome, OutcomeRest } from '../../src/core/outcome.ts';
import type { RunBundle } from '../../src/core/states/step-ports.ts';
import { deployed } from './support/deploy.ts';
import { deployedStack } from './support/scenario.ts';
import { writeTenantMigrations } from './support/tenant-migrations.ts';

const { executions, fleet, summary, object } = deployedStack();
const { stack, folder } = inject('aws');
const migrationsFolder = join(folder, 'migrations');

/** Enough to pass the 256 KiB of a state, with names of some 100 bytes each. */
const MIGRATIONS = 3_000;
const STATE_BYTES = 256 * 1024;

/** Migrations that do next to nothing, with names as long as people's. */
async function writeMany(): Promise<string[]> {
  await rm(migrationsFolder, { recursive: true, force: true });
  await mkdir(migrationsFolder, { recursive: true });
  const ids = Array.from(
    { length: MIGRATIONS },
    (_, at) => `${20200101000000 + at}_${'change_a_little_'.repeat(5)}${at}`,
  );
  const source = "exports.up = (knex) => knex.raw('DO 0');\nexports.down = async () => {};\n";
  for (const id of ids) await writeFile(join(migrationsFolder, `${id}.cjs`), source);
  return ids;
}

/** Bytes of the largest input or output of an execution's states. */
async function largestState(arn: string): Promise<number> {
  const events = await executions.history(arn);
  const texts = events.flatMap(({ stateEnteredEventDetails, stateExitedEventDetails }) => [
    stateEnteredEventDetails?.input ?? '',
    stateExitedEventDetails?.output ?? '',
  ]);
  return Math.max(...texts.map((text) => Buffer.byteLength(text)));
}

async function outputOf(arn: string): Promise<string> {
  const events = await executions.history(arn);
  return events.at(-1)?.executionSucceededEventDetails?.output ?? '{}';
}

it(`a tenant with ${MIGRATIONS} pending migrations passes through the states, and none of the migrations is lost`, async () => {
  onTestFinished(async () => {
    await writeTenantMigrations(migrationsFolder, join(folder, 'orders'));
    await deployed(stack);
  });
  const ids = await writeMany();
  await deployed(stack);
  await fleet(1);
  const plan = await executions.run({ command: 'plan' });
  expect(plan).toMatchObject({ status: 'SUCCEEDED', output: { counts: { planned: 1 } } });
  const run = await executions.run({ maxConcurrency: 1 });
  expect(run).toMatchObject({
    status: 'SUCCEEDED',
    output: { counts: { migrated: 1 }, applied: MIGRATIONS },
  });

  const [mapRun = ''] = await executions.mapRuns(run.arn);
  const [child] = await executions.children(mapRun);
  for (const arn of [plan.arn, run.arn, child?.arn ?? '']) {
    expect(await largestState(arn)).toBeLessThan(STATE_BYTES);
  }
  // The whole of it would not have fitted.
  expect(JSON.stringify(ids).length).toBeGreaterThan(STATE_BYTES);
  expect((await summary(run.name)).applied).toBe(MIGRATIONS);
  // The outcome counts what it leaves out, and names the object that has it, with every duration.
  const { leftOut, applied } = JSON.parse(await outputOf(child?.arn ?? '')) as MigratedOutcome;
  const { rest = '' } = leftOut ?? {};
  const { applied: oldest } = JSON.parse(await object(rest)) as OutcomeRest;
  const names = [...(oldest ?? []), ...applied].map(({ name }) => name);
  expect(names).toEqual(ids.map((id) => `${id}.cjs`));
  // The report counts what the object has.
  expect(await object(`runs/${run.name}/report.html`)).not.toContain(
    'which the outcomes of their tenants count and do not name',
  );
  const bundle = JSON.parse(await object(`runs/${run.name}/bundle.json`)) as RunBundle;
  expect(bundle.migrations.map(({ id }) => id)).toEqual(ids);
  const again = await executions.run({ maxConcurrency: 1 });
  expect(again).toMatchObject({ status: 'SUCCEEDED', output: { counts: { unchanged: 1 } } });
});
