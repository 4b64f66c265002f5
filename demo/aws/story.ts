import { writeFile } from 'node:fs/promises';
import { migrateCentralLatest } from '../../src/adapters/knex/central-migrations.ts';
import type { EmbeddedServer } from '../../src/adapters/local/embedded-server/contract.ts';
import { checkFleet } from '../check-fleet.ts';
import type { Condition } from '../companies.ts';
import type { Fanfold } from '../fanfold.ts';
import { type DemoTenant, type Fleet, tenantsIn } from '../fleet.ts';
import { moveTableAway } from '../hand-made-table.ts';
import { migrationIds } from '../migration-ids.ts';
import type { Narrator } from '../narrator.ts';
import { NotAsDescribed, requireEqual } from '../not-as-described.ts';
import { prepareTenants } from '../prepare-tenants.ts';
import { registerTenants } from '../register-tenants.ts';
import type { Cdk } from './cdk.ts';
import { type DeployedStack, deployStack, STACK } from './stack.ts';

/** State that the steps of the story share. */
export interface AwsStage {
  readonly server: EmbeddedServer;
  readonly fleet: Fleet;
  /** Of the local AWS. */
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly fanfold: Fanfold;
  readonly cdk: Cdk;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
  /** File for a copy of the report. */
  readonly report: string | undefined;
}

type DeployedStage = AwsStage & { readonly stack: DeployedStack };

/** The tenant that goes first. */
const CANARY = 'acme-corp';

/** The part of the demo for which both servers run. Throws `NotAsDescribed`. */
export async function tellAwsStory(planned: AwsStage): Promise<void> {
  const stage = { ...planned, stack: await deploy(planned) };
  await makeFleet(stage);
  await fillInSecrets(stage);
  await migrateAll(stage);
  await repair(stage);
  const runId = await redrive(stage);
  await lookAtReport(stage, runId);
}

async function deploy(stage: AwsStage): Promise<DeployedStack> {
  const { narrator, server } = stage;
  narrator.step('Deploy the stack');
  narrator.say(
    'The real CDK: it bundles the functions with six migrations and writes a CloudFormation template, and the AWS makes what is in it.',
  );
  const startedAt = performance.now();
  const stack = await deployStack({ ...stage, port: server.port });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
  const total = [...stack.resources.values()].reduce((sum, each) => sum + each, 0);
  narrator.say(`\n${total} resources in ${seconds} s.`);
  narrator.say(
    `Among them are ${describeResources(stack)}, and a VPC with endpoints, because none was given.`,
  );
  return stack;
}

/** The states that a person would look for in the console. */
const SHOWN = {
  'AWS::StepFunctions::StateMachine': 'state machine',
  'AWS::Lambda::Function': 'function',
  'AWS::CloudWatch::Alarm': 'alarm',
  'AWS::S3::Bucket': 'bucket',
  'AWS::SecretsManager::Secret': 'secret',
};

function describeResources({ resources }: DeployedStack): string {
  const parts = Object.entries(SHOWN).map(([type, name]) => {
    const count = resources.get(type) ?? 0;
    return `${count} ${name}${count === 1 ? '' : 's'}`;
  });
  return parts.join(', ');
}

async function makeFleet({ fleet, server, narrator, signal }: DeployedStage): Promise<void> {
  const { host, port, database, user, password } = fleet.central;
  await migrateCentralLatest({ login: { host, port, database, user, password } });
  await registerTenants(fleet);
  await prepareTenants(fleet.tenants);
  signal.throwIfAborted();
  const blocked = only(fleet, 'table-in-the-way');
  narrator.step(`${fleet.tenants.length} tenants, and two secrets`);
  narrator.say(
    `Each tenant has a database of its own on ${server.hosts.join(' or ')}. ${tenantsIn(fleet, 'in-use').length} have been migrated by plain Knex so far. And not all is well: ${blocked.name} has a table "tasks" that somebody made by hand, and a migration wants to create one.`,
  );
}

async function fillInSecrets({ fleet, stack, narrator }: DeployedStage): Promise<void> {
  const { host, port, database, user, password } = fleet.central;
  narrator.say(
    'The stack has made two secrets for you to fill in: the login of the central database, and the key of the passwords that are in it.',
  );
  narrator.command('$ aws secretsmanager put-secret-value --secret-id <CentralSecretArn> …');
  await stack.putSecret(
    'CentralSecretArn',
    JSON.stringify({ username: user, password, host, port, dbname: database }),
  );
  narrator.command('$ aws secretsmanager put-secret-value --secret-id <KeySecretArn> …');
  await stack.putSecret('KeySecretArn', fleet.encryptionKey);
}

async function migrateAll({ fleet, fanfold, narrator }: DeployedStage): Promise<void> {
  narrator.step('Migrate them all');
  narrator.say(
    `The command starts an execution of the state machine and follows it. One function lists the tenants, one child execution migrates each, and one function folds their outcomes. ${CANARY} goes first, as a canary: if it fails, nobody else is touched.`,
  );
  const exitCode = await fanfold.run(
    'migrate:all-tenants',
    ...['--aws', STACK, '--canary', CANARY],
  );
  requireEqual('Exit code of migrate:all-tenants', exitCode, 1);
  narrator.say(
    `\nExit code ${exitCode}, as expected. In the console of Step Functions the execution is FAILED, its cause has these words, and the other ${fleet.tenants.length - 1} tenants are up to date.`,
  );
}

async function repair({ fleet, narrator }: DeployedStage): Promise<void> {
  const blocked = only(fleet, 'table-in-the-way');
  narrator.step('Repair the one');
  narrator.say(
    `${blocked.name}: move the table out of the way. What somebody wrote into it is kept.`,
  );
  await moveTableAway(blocked.login, narrator);
}

/** Returns the id of the run, which is the name of its execution. */
async function redrive({ fleet, fanfold, stack, narrator }: DeployedStage): Promise<string> {
  narrator.step('Redrive');
  narrator.say(
    'Redrive resumes the same execution where it failed, here or by the button of that name in the console. Tenants that are done stay done.',
  );
  const exitCode = await fanfold.run('migrate:retry', 'last', '--aws', STACK, '--redrive');
  requireEqual('Exit code of migrate:retry', exitCode, 0);
  const runId = await newestRun(fanfold);
  const { total, counts } = await stack.summary(runId);
  requireEqual('Tenants of the run', total, fleet.tenants.length);
  requireEqual('Tenants that the run migrated', counts.migrated, fleet.tenants.length);
  return runId;
}

async function newestRun(fanfold: Fanfold): Promise<string> {
  const { exitCode, output } = await fanfold.read('runs', 'list', '--json', '--aws', STACK);
  requireEqual('Exit code of runs list', exitCode, 0);
  const [first = '{}'] = output.split('\n');
  return (JSON.parse(first) as { id?: string }).id ?? '';
}

async function lookAtReport(stage: DeployedStage, runId: string): Promise<void> {
  const { fleet, stack, narrator, report } = stage;
  narrator.step('The report');
  const html = await stack.report(runId);
  const { length } = fleet.tenants;
  const headline = `${length} of ${length} tenants up to date`;
  requireEqual(`The report says "${headline}"`, html.includes(headline), true);
  narrator.say(
    `Every run leaves one: a single HTML file (${Math.round(html.length / 1024)} KiB) with counts, causes, times and the slowest tenants. This one begins with "${headline}". It is in the bucket of the stack, next to the run's other files:`,
  );
  narrator.say(stack.location(runId, 'report.html'));
  if (report === undefined) {
    narrator.say('\nnpm run demo:aws -- --report report.html keeps a copy of it.');
  } else {
    await writeFile(report, html);
    narrator.say(`\nA copy of it is in ${report}.`);
  }
  await checkFleet(fleet);
  narrator.say(
    `\nThe demo has looked for itself: all ${fleet.tenants.length} databases have every table and every row that they should have, and ${(await migrationIds()).length} migrations.`,
  );
}

function only(fleet: Fleet, condition: Condition): DemoTenant {
  const [tenant] = tenantsIn(fleet, condition);
  if (tenant === undefined) {
    throw new NotAsDescribed([`No tenant of the demo is in condition ${condition}.`]);
  }
  return tenant;
}
