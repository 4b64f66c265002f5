import { randomBytes } from 'node:crypto';
import type { EmbeddedServer } from '../src/adapters/local/embedded-server/contract.ts';
import { serverUrl } from '../src/adapters/local/embedded-server/server-login.ts';
import { usingDatabases } from './databases.ts';
import { createFanfold } from './fanfold.ts';
import { type DemoTenant, type Fleet, firstToProvision, planFleet } from './fleet.ts';
import { createNarrator, type Narrator } from './narrator.ts';
import { tellStory } from './story.ts';
import { describeServer, isGiven, usingServer } from './using-server.ts';
import { usingWorkspace } from './workspace.ts';

/** The number of steps: those of the story, the server before them, and the cleanup after them. */
const STEPS = 10;

/**
 * The whole demo. Throws `NotAsDescribed` if anything differs from the description, and `Interrupted`; it
 * always removes everything.
 */
export async function runDemo(signal: AbortSignal): Promise<void> {
  const start = performance.now();
  const narrator = createNarrator(STEPS);
  narrator.title('Fanfold: one MySQL database per tenant, and all of them brought up to date');
  narrator.say(
    'All of this is real: the databases, the failures, the commands. "$ fanfold …" is the command line of this checkout; "npm run migrate:…" runs the same.',
  );
  narrator.step('A database server');
  narrator.say(
    "The first that can be had: FANFOLD_MYSQL_URL, an installed MySQL or MariaDB, Docker, Debian's package.",
  );
  const tenants = await usingServer(narrator.say, async (server) => {
    signal.throwIfAborted();
    const prefix = isGiven(server) ? `demo_${randomBytes(3).toString('hex')}_` : '';
    narrator.say(whereItRuns(server, prefix));
    const fleet = planFleet({ ...server, prefix });
    await usingWorkspace((workspace) => onServer(server, fleet, workspace, narrator, signal));
    return fleet.tenants.length;
  });
  const seconds = Math.round((performance.now() - start) / 1000);
  narrator.success(
    `✅ ${tenants} tenants up to date, two of them after a repair, in ${seconds} s.\n` +
      '   Next: docs/index.md, or npm run migrate:all-tenants -- --help',
  );
}

function whereItRuns(server: EmbeddedServer, prefix: string): string {
  const { source, hosts, port } = server;
  const name = describeServer(server);
  return isGiven(server)
    ? `${name} on ${hosts.join(' and ')}, port ${port}, which ${source} names. All that is made there is called ${prefix}… and dropped at the end.`
    : `${name} (${source}), started for the demo on ${hosts.join(' and ')}, port ${port}. It ends with the demo.`;
}

async function onServer(
  server: EmbeddedServer,
  fleet: Fleet,
  workspace: string,
  narrator: Narrator,
  signal: AbortSignal,
): Promise<void> {
  const { central, scratch, encryptionKey } = fleet;
  const variables = {
    CENTRAL_DATABASE_URL: `${serverUrl(central)}/${central.database}`,
    DB_ENCRYPTION_KEY: encryptionKey,
    // A given server may be elsewhere and have no certificate; the data of the demo is not worth protecting.
    FANFOLD_TLS: 'off',
    FANFOLD_SCRATCH_URL: `${serverUrl(scratch)}/${scratch.database}`,
    // The login for the address of the tenant that the command provisions.
    FANFOLD_ADMIN_URL: serverUrl({ ...server, host: firstToProvision(fleet).login.host }),
  };
  const fanfold = createFanfold({ folder: workspace, variables, narrator, signal });
  const isMadeLater = ({ condition }: DemoTenant) => condition === 'provisioned';
  const loginsOf = (tenants: readonly DemoTenant[]) => tenants.map(({ login }) => login);
  const logins = {
    made: [central, scratch, ...loginsOf(fleet.tenants.filter((tenant) => !isMadeLater(tenant)))],
    later: loginsOf(fleet.tenants.filter(isMadeLater)),
  };
  const onDrop = (error?: unknown) => {
    if (error !== undefined) {
      narrator.say(signal.aborted ? '\nClearing up…' : '\nSomething went wrong: clearing up…');
      return;
    }
    narrator.step('Clean up');
    narrator.say(cleanUpText(server, 2 + fleet.tenants.length));
  };
  await usingDatabases(server, logins, { signal, onDrop }, () =>
    tellStory({ server, fleet, workspace, fanfold, narrator, signal }),
  );
}

function cleanUpText(server: EmbeddedServer, databases: number): string {
  const all = `${databases} databases and users`;
  const folder = 'the folder with the runs and their reports';
  return isGiven(server)
    ? `${all} are dropped, and ${folder} is removed.`
    : `The server ends, and with it ${all} go. So does ${folder}.`;
}
