import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { OnlineTaskTargets } from '../../lib/definition/state-machine-targets.ts';
import { tenantProcessor } from '../../lib/definition/tenant-processor.ts';
import { createTlsChooser } from '../../src/adapters/mysql/connection/tls.ts';
import { createTenantDatabases } from '../../src/adapters/mysql/tenant-databases.ts';
import { loadBundle } from '../../src/compose/load-bundle.ts';
import { createMigrateTenant } from '../../src/core/migrate/migrate-tenant.ts';
import { migrateItem } from '../../src/core/states/migrate-item.ts';
import { migrateTenantEventSchema } from '../../src/core/wire/step-schemas.ts';
import { type RealFleet, realFleet } from '../cli/support/real-fleet.ts';
import { runCliProcess } from '../cli/support/spawn-cli.ts';
import { childExecution, TaskError } from '../support/child-execution.ts';
import type { TestDatabase } from '../support/database.ts';
import { PATHS, whyNot } from '../support/online-programs.ts';
import { testServer } from '../support/server.ts';

// One online change at a time on a server: it waits for those of other tests.
vi.setConfig({ testTimeout: 300_000 });

const MIGRATIONS = {
  '20260101000000_create_notes.js': `
    export const up = (knex) => knex.raw('CREATE TABLE notes (id INT PRIMARY KEY)');
    export const down = (knex) => knex.raw('DROP TABLE notes');`,
  '20260102000000_widen.js': `
    export const up = (knex) => knex.raw('ALTER TABLE events MODIFY amount BIGINT');
    export const down = (knex) => knex.raw('ALTER TABLE events MODIFY amount INT');`,
  '20260103000000_create_tags.js': `
    export const up = (knex) => knex.raw('CREATE TABLE tags (id INT PRIMARY KEY)');
    export const down = (knex) => knex.raw('DROP TABLE tags');`,
};
const LOGS = '/fanfold/online';
const TASK: OnlineTaskTargets = {
  clusterArn: 'arn:aws:ecs:eu-west-1:123456789012:cluster/fanfold-online',
  family: 'fanfold-online',
  container: 'fanfold',
  subnetIds: ['subnet-1'],
  securityGroupIds: ['sg-1', 'sg-2'],
  timeoutSeconds: 86_400,
};

async function ground(): Promise<{ fleet: RealFleet; tenant: TestDatabase }> {
  const fleet = await realFleet(['Acme'], MIGRATIONS);
  const [tenant] = fleet.tenants;
  if (tenant === undefined) throw new Error('The fleet has no tenant.');
  await tenant.query('CREATE TABLE events (id INT NOT NULL PRIMARY KEY, amount INT)');
  await tenant.query('INSERT INTO events VALUES (1, 10), (2, 20)');
  return { fleet, tenant };
}

interface RunTask {
  readonly Overrides: {
    readonly ContainerOverrides: readonly { readonly Name: string; readonly Command: string[] }[];
  };
}

/**
 * Runs the states of a tenant's child execution: the migrator as Lambda has it, and in place of the container a process of the
 * command line, with the words that the state has for it.
 */
async function execute(
  { fleet, tenant }: { fleet: RealFleet; tenant: TestDatabase },
  container: (command: string[]) => Promise<unknown>,
  { online }: { readonly online?: OnlineTaskTargets | undefined } = { online: TASK },
) {
  const bundle = await loadBundle(join(fleet.folder, 'migrations/tenant'), {});
  const { password, ...address } = tenant;
  const [row] = await fleet.central.query('SELECT id, slug, name FROM tenants');
  const attemptTenant = createMigrateTenant({
    databases: createTenantDatabases({
      connectTimeoutMs: 5_000,
      tls: createTlsChooser({ mode: 'auto' }),
    }),
    passwords: { open: async () => password },
    fenceWaitSeconds: 5,
  });
  const request = {
    ...{ command: 'migrate', strict: false, allowMissing: false, lockWaitTimeoutSeconds: 10 },
    safety: { copyBytes: 0, onlineChange: 'external' },
  };
  const { host, port, database, user } = address;
  const input = {
    run: { runId: 'run-1', bundleHash: bundle.hash, request },
    item: {
      ...{ wave: 1, position: 0 },
      tenant: {
        ...{ id: String(row?.id), slug: row?.slug, name: row?.name, status: 'ACTIVE' },
        ...{ address: { host, port, database, user }, encryptedPassword: 'not asked' },
      },
    },
  };
  const entered: string[] = [];
  const processor = tenantProcessor({
    ...{ partition: 'aws', listTenantsArn: '', reduceOutcomesArn: '', settleRunArn: '' },
    ...{ migrateTenantArn: 'arn:migrate', watchDigestsArn: '', runBucketName: '' },
    ...{ timeoutSeconds: 1, functionTimeoutSeconds: 900, onlineTask: online },
  });
  const outcome = childExecution(processor, {
    input,
    entered: (state) => entered.push(state),
    async task(resource, args) {
      if (resource === 'ecs:runTask.sync') {
        const [override] = (args as RunTask).Overrides.ContainerOverrides;
        expect(override?.Name).toBe('fanfold');
        return container(override?.Command ?? []);
      }
      const { Payload } = args as { Payload: unknown };
      const result = await migrateItem(migrateTenantEventSchema.parse(Payload), {
        ...{ attemptTenant, bundle, now: Date.now, random: Math.random, pause: () => false },
        ...{ maxHoursPerTenant: 24, ...(online !== undefined && { onlineTaskLogs: LOGS }) },
      });
      if (result.kind === 'thrown') throw new TaskError(result.name, result.message);
      return { Payload: JSON.parse(JSON.stringify(result.value)) };
    },
  });
  return { outcome: await outcome.catch((error: unknown) => error), entered };
}

/** The command line as the image of the task starts it; a failure as ECS describes it. */
function startedHere({ fleet }: { fleet: RealFleet }, env: Record<string, string> = {}) {
  return async (command: string[]) => {
    const { user, password, host, port } = testServer();
    const { exitCode, stdout, stderr } = await runCliProcess(command, {
      cwd: fleet.folder,
      env: {
        ...fleet.env,
        FANFOLD_ADMIN_URL: `mysql://${user}:${encodeURIComponent(password)}@${host}:${port}`,
        PATH: `${process.env.PATH}:${PATHS['gh-ost'].slice(0, PATHS['gh-ost'].lastIndexOf('/'))}`,
        ...env,
      },
    });
    if (exitCode === 0) return { Containers: [{ ExitCode: 0 }] };
    const cause = {
      Containers: [{ ExitCode: exitCode, Name: 'fanfold' }],
      StoppedReason: 'Essential container in task exited',
    };
    throw Object.assign(new TaskError('States.TaskFailed', JSON.stringify(cause)), {
      output: `${stdout}${stderr}`,
    });
  };
}

const typeOfAmount = async (tenant: TestDatabase) => {
  const [row] = await tenant.query(
    "SELECT DATA_TYPE AS type FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'events' AND COLUMN_NAME = 'amount'",
  );
  return row?.type;
};

// MariaDB changes such tables itself.
describe.skipIf(testServer().flavour !== 'mysql')('a run that starts the task of its stack', () => {
  test(`has it change the huge table of a tenant, and looks at the tenant again${whyNot('gh-ost')}`, async ({
    skip,
  }) => {
    if (whyNot('gh-ost') !== '') skip();
    const of = await ground();
    const commands: string[][] = [];
    const { outcome, entered } = await execute(of, (command) => {
      commands.push(command);
      return startedHere(of)(command);
    });
    expect(entered).toEqual([
      ...['MigrateTenant', 'Continue?', 'ChangeOnline'],
      ...['MigrateTenant', 'Continue?', 'TenantDone'],
    ]);
    expect(outcome).toMatchObject({
      // The function has applied the first one itself, before it came to the huge table.
      status: 'migrated',
      applied: [{ name: '20260101000000_create_notes.js' }],
      notes: [{ code: 'ChangedOnline', message: expect.stringContaining(LOGS) }],
    });
    expect(commands).toHaveLength(1);
    expect(commands[0]?.join(' ')).toMatch(
      /^migrate:tenant --to 20260103000000_create_tags .* -- /,
    );
    expect(await typeOfAmount(of.tenant)).toBe('bigint');
    expect(await of.tenant.query('SELECT * FROM events')).toEqual([
      { id: 1, amount: 10 },
      { id: 2, amount: 20 },
    ]);
    expect(await of.tenant.query("SHOW TABLES LIKE 'tags'")).toHaveLength(1);
  });

  test('a tenant whose task fails is failed once, with its exit code and its log', async () => {
    const of = await ground();
    // Without gh-ost on MySQL, and on MariaDB with nothing that could do it, the command line refuses.
    const { outcome, entered } = await execute(
      of,
      startedHere(of, { PATH: process.env.PATH ?? '' }),
    );
    expect(entered.filter((state) => state === 'ChangeOnline')).toHaveLength(1);
    expect(outcome).toMatchObject({ name: 'TenantFailed' });
    const { failure, applied } = JSON.parse((outcome as TaskError).cause);
    expect(failure).toMatchObject({
      code: 'OnlineProgramMissing',
      message: expect.stringMatching(
        /The task of Fargate for it has failed \(exit code \d+, Essential container in task exited\)\.$/,
      ),
      nextStep: expect.stringContaining(`in ${LOGS}`),
      migration: '20260102000000_widen',
    });
    expect(applied).toMatchObject([{ name: '20260101000000_create_notes.js' }]);
    expect(await typeOfAmount(of.tenant)).toBe('int');
  });

  test('a task that fails after it has changed the table leaves a migrated tenant', async () => {
    const of = await ground();
    const { outcome } = await execute(of, async () => {
      // Somebody migrates the tenant meanwhile, as a task does that is killed at its very end.
      await of.fleet.run('migrate:tenant acme');
      throw new TaskError('States.Timeout', '');
    });
    expect(outcome).toMatchObject({ status: 'migrated', notes: [] });
  });

  test('a task whose image lacks the migrations of the run is named as that', async () => {
    const of = await ground();
    const { outcome } = await execute(of, async (command) => {
      expect(command).toContain('20260103000000_create_tags');
      // It ends well, and has done nothing.
      return { Containers: [{ ExitCode: 0 }] };
    });
    const { failure } = JSON.parse((outcome as TaskError).cause);
    expect(failure.message).toContain('its image may have other migrations than this stack');
  });

  test('without the task in the stack a tenant fails as before', async () => {
    const of = await ground();
    const { outcome, entered } = await execute(of, async () => undefined, {});
    expect(entered).toEqual(['MigrateTenant']);
    const { failure } = JSON.parse((outcome as TaskError).cause);
    expect(failure).toMatchObject({ code: 'OnlineProgramMissing' });
    expect(failure.nextStep).toContain('migrate:tenant');
  });
});
