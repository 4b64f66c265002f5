import { randomBytes } from 'node:crypto';
import type { EmbeddedServer } from '../../src/adapters/local/embedded-server/contract.ts';
import { companiesWithDatabases } from '../companies.ts';
import { usingDatabases } from '../databases.ts';
import { createFanfold } from '../fanfold.ts';
import { planFleet } from '../fleet.ts';
import { createNarrator, type Narrator } from '../narrator.ts';
import { describeServer, isGiven, usingServer } from '../using-server.ts';
import { addLaterMigrations, usingWorkspace } from '../workspace.ts';
import { createCdk } from './cdk.ts';
import { reportOption } from './report-option.ts';
import { requirePython } from './require-python.ts';
import { tellAwsStory } from './story.ts';
import { usingLocalAws } from './using-local-aws.ts';

/** The number of steps: those of the story, the two servers before them, and the cleanup after them. */
const STEPS = 8;

/**
 * The stack on a local AWS, from its deployment to a redriven run. Throws `NotAsDescribed` if anything
 * differs from the description, and `Interrupted`; it always removes everything.
 */
export async function runAwsDemo(signal: AbortSignal): Promise<void> {
  const start = performance.now();
  const report = reportOption(process.argv.slice(2), process.env);
  requirePython();
  const narrator = createNarrator(STEPS);
  narrator.title('Fanfold on AWS: 24 tenants, one of them in trouble');
  narrator.say(
    'The commands, the CDK application, the functions and the databases are real. The account is not: a small AWS on this machine answers instead, as far as this stack needs one. Nothing leaves the machine, and your own AWS settings are not read.',
  );
  narrator.step('A small AWS, and a database server');
  const tenants = await usingServer(narrator.say, async (server) => {
    signal.throwIfAborted();
    return usingWorkspace(async (folder) => {
      await addLaterMigrations(folder);
      return usingLocalAws({ folder, notice: tellOfInstallation(narrator), signal }, (aws) =>
        onAws({ server, aws, folder, narrator, signal, report }),
      );
    });
  });
  const seconds = Math.round((performance.now() - start) / 1000);
  narrator.success(
    `✅ ${tenants} tenants up to date on AWS, one of them by a redrive, in ${seconds} s.\n` +
      '   Next: docs/tutorials/first-aws-deployment.md',
  );
}

/** Packages stay in node_modules, as the other packages of this checkout do. */
function tellOfInstallation(narrator: Narrator): (message: string) => void {
  return (message) => {
    const [, what] = /^installing (.+) into /.exec(message) ?? [];
    if (what !== undefined) narrator.say(`Installing ${what} into node_modules (once)…`);
  };
}

interface AwsStage {
  readonly server: EmbeddedServer;
  readonly aws: Readonly<Record<string, string>>;
  readonly folder: string;
  readonly narrator: Narrator;
  readonly signal: AbortSignal;
  readonly report: string | undefined;
}

async function onAws({ server, aws, folder, narrator, signal, report }: AwsStage): Promise<number> {
  narrator.say(
    `The AWS answers at ${aws.AWS_ENDPOINT_URL}: CloudFormation, Step Functions, Lambda, S3, Secrets Manager and what else the stack uses. In Step Functions a wait lasts a hundredth of its time.`,
  );
  const prefix = isGiven(server) ? `demo_${randomBytes(3).toString('hex')}_` : '';
  narrator.say(whereTheServerIs(server, prefix));
  const fleet = planFleet({ ...server, prefix }, companiesWithDatabases);
  const fanfold = createFanfold({ folder, variables: aws, narrator, signal });
  const cdk = createCdk({ environment: aws, folder, narrator, signal });
  const made = [fleet.central, ...fleet.tenants.map(({ login }) => login)];
  const onDrop = (error?: unknown) => {
    if (error !== undefined) {
      narrator.say(signal.aborted ? '\nClearing up…' : '\nSomething went wrong: clearing up…');
      return;
    }
    narrator.step('Clean up');
    narrator.say(
      `The local AWS ends, and with it the stack; ${made.length} databases and users are dropped. On AWS it would be: npx cdk destroy.`,
    );
  };
  await usingDatabases(server, { made, later: [] }, { signal, onDrop }, () =>
    tellAwsStory({
      ...{ server, fleet, environment: aws, folder, fanfold, cdk, narrator, signal, report },
    }),
  );
  return fleet.tenants.length;
}

function whereTheServerIs(server: EmbeddedServer, prefix: string): string {
  const { source, hosts, port } = server;
  const stands = `${describeServer(server)} at ${hosts.join(' and ')}, port ${port}, stands for the servers in your VPC.`;
  return isGiven(server)
    ? `${stands} ${source} names it. All that is made there is called ${prefix}… and dropped at the end.`
    : `${stands} It ends with the demo.`;
}
