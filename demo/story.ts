import { checkFleet } from './check-fleet.ts';
import type { Condition } from './companies.ts';
import { fillRows } from './fill-rows.ts';
import { type DemoTenant, type Fleet, firstToProvision, tenantsIn } from './fleet.ts';
import { moveTableAway } from './hand-made-table.ts';
import { knowBefore } from './know-before.ts';
import { lastRun } from './last-run.ts';
import { EARLIER_MIGRATIONS, migrationIds } from './migration-ids.ts';
import { requireEqual } from './not-as-described.ts';
import { prepareTenants } from './prepare-tenants.ts';
import { provisionTenants, withPasswords } from './provision-tenants.ts';
import { registerTenants } from './register-tenants.ts';
import { repairPassword } from './repair-password.ts';
import type { Stage } from './stage.ts';
import { addLaterMigrations } from './workspace.ts';

/** The part of the demo between making the databases and dropping them. Throws `NotAsDescribed`. */
export async function tellStory(planned: Stage): Promise<void> {
  await setUpCentral(planned);
  const stage = { ...planned, fleet: await makeFleet(planned) };
  const runId = await migrateAll(stage);
  await repair(stage);
  await retry(stage, runId);
  await lookAtFleet(stage);
  await knowBefore(stage);
  await fillRows(stage);
}

async function setUpCentral({ fanfold, narrator }: Stage): Promise<void> {
  narrator.step('The central database');
  narrator.say(
    'It knows every tenant: name, status, server, database, user and encrypted password. It has migrations of its own.',
  );
  requireEqual('Exit code of migrate:latest', await fanfold.run('migrate:latest'), 0);
}

/** Tenants of both kinds: those that Fanfold makes, and those that existed before. */
async function makeFleet(stage: Stage): Promise<Fleet> {
  const { fleet, narrator, workspace, signal } = stage;
  narrator.step(`${fleet.tenants.length} tenants`);
  await provision(stage);
  await registerTenants(fleet);
  await prepareTenants(fleet.tenants);
  await addLaterMigrations(workspace);
  signal.throwIfAborted();
  await tellConditions(stage);
  return withPasswords(fleet);
}

async function provision(stage: Stage): Promise<void> {
  const { fleet, fanfold, narrator } = stage;
  const first = firstToProvision(fleet);
  const others = tenantsIn(fleet, 'provisioned').filter((tenant) => tenant !== first);
  const { host, port, database, user } = first.login;
  narrator.say(
    `${others.length + 1} are new. A new one is one command: row, user with a random password that nobody sees, database, rights, migrations.`,
  );
  const exitCode = await fanfold.run(
    ...['tenant:provision', first.slug, '--name', first.name],
    ...['--host', host, '--port', String(port), '--database', database, '--user', user],
  );
  requireEqual('Exit code of tenant:provision', exitCode, 0);
  const startedAt = performance.now();
  await provisionTenants(others, stage);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  narrator.say(
    `\nThe other ${others.length} by the function provisionTenant(), as an API server would call it: ${seconds} s.`,
  );
}

async function tellConditions({ fleet, server, narrator }: Stage): Promise<void> {
  const ids = await migrationIds();
  const count = (condition: Condition) => tenantsIn(fleet, condition).length;
  const others = fleet.tenants.length - count('provisioned');
  narrator.say(
    `The other ${others} were there before. All live on ${server.hosts.join(' or ')}, their passwords encrypted with a DB_ENCRYPTION_KEY made for this demo. Since then ${ids.length - EARLIER_MIGRATIONS} more migrations were written, and as in every real fleet not all is well:`,
  );
  for (const line of [
    `- ${count('provisioned')} have the ${EARLIER_MIGRATIONS} migrations that there were when they were made.`,
    `- ${count('in-use')} are in use, and plain Knex has run those ${EARLIER_MIGRATIONS} there: ${namesOf(tenantsIn(fleet, 'in-use'))}.`,
    `- ${only(fleet, 'other-key').name} is empty, and its password was encrypted with another key.`,
    `- ${only(fleet, 'table-in-the-way').name} is empty, but for a table "tasks" that somebody made by hand, and a migration wants to create one.`,
  ]) {
    narrator.say(line);
  }
}

async function migrateAll({ fleet, workspace, fanfold, narrator }: Stage): Promise<string> {
  narrator.step('Migrate them all');
  narrator.say('Several at a time. Two are going to fail; that must not keep the others back.');
  const exitCode = await fanfold.run('migrate:all-tenants');
  requireEqual('Exit code of migrate:all-tenants', exitCode, 1);
  const { id, summary } = await lastRun(workspace);
  const { total, counts, failures } = summary;
  requireEqual('Tenants of the run', total, fleet.tenants.length);
  requireEqual('Tenants that were migrated', counts.migrated, fleet.tenants.length - 2);
  requireEqual(
    'Tenants that failed, by cause',
    Object.fromEntries(
      failures.map(({ code, tenants }) => [code, tenants.map(({ slug }) => slug)]),
    ),
    {
      PasswordWrongKey: [only(fleet, 'other-key').slug],
      TableExists: [only(fleet, 'table-in-the-way').slug],
    },
  );
  narrator.say(
    `\nExit code ${exitCode}, as expected: two tenants failed, and the other ${counts.migrated} are up to date all the same.`,
  );
  return id;
}

async function repair({ fleet, fanfold, narrator }: Stage): Promise<void> {
  const locked = only(fleet, 'other-key');
  const blocked = only(fleet, 'table-in-the-way');
  narrator.step('Repair the two');
  narrator.say(
    `${locked.name}: encrypt the password with the right key, and store that in the central database.`,
  );
  await repairPassword(locked, fleet, fanfold, narrator);
  narrator.say(
    `\n${blocked.name}: move the table out of the way. What somebody wrote into it is kept.`,
  );
  await moveTableAway(blocked.login, narrator);
}

async function retry({ fleet, workspace, fanfold, narrator }: Stage, runId: string): Promise<void> {
  narrator.step('Retry what failed');
  narrator.say(
    `The run left two tenants, and only those are done again. ${only(fleet, 'table-in-the-way').name} goes on where it stopped.`,
  );
  const exitCode = await fanfold.run('migrate:retry', runId);
  requireEqual('Exit code of migrate:retry', exitCode, 0);
  const { summary } = await lastRun(workspace);
  requireEqual('Tenants of the retry', summary.total, 2);
  requireEqual('Tenants that the retry migrated', summary.counts.migrated, 2);
}

async function lookAtFleet({ fleet, fanfold, narrator }: Stage): Promise<void> {
  narrator.step('Look at the fleet');
  narrator.say('One query a tenant shows who stands where.');
  requireEqual('Exit code of migrate:status', await fanfold.run('migrate:status'), 0);
  await checkFleet(fleet);
  narrator.say(
    `\nThe demo has looked for itself: all ${fleet.tenants.length} databases have every table and every row that they should have.`,
  );
}

function only(fleet: Fleet, condition: Condition): DemoTenant {
  const [tenant] = tenantsIn(fleet, condition);
  if (tenant === undefined) throw new Error(`No tenant of the demo is in condition ${condition}.`);
  return tenant;
}

function namesOf(tenants: readonly DemoTenant[]): string {
  return new Intl.ListFormat('en').format(tenants.map(({ name }) => name));
}
