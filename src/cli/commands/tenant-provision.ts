import { Command, Option } from 'commander';
import { FanfoldError } from '../../core/errors.ts';
import type { NoteCode } from '../../core/note-codes.ts';
import { type DoomedParts, lookAtProvisioning } from '../../core/operator/undo-operations.ts';
import { beginProvisioning } from '../../core/provision/begin-provisioning.ts';
import { type ProvisionOutcome, provisionTenant } from '../../core/provision/provision-tenant.ts';
import { undoProvisioning } from '../../core/provision/undo-provisioning.ts';
import { serverName } from '../../core/tenant.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import type { App } from '../app.ts';
import { confirmByName } from '../ask/confirm-by-name.ts';
import { EXIT } from '../exit-codes.ts';
import { usingInterruption } from '../interruption.ts';
import { usingMigrationCode } from '../migration-code.ts';
import { refuseLocalOptions } from '../options/aws-options.ts';
import { examples } from '../options/examples.ts';
import { wholeNumber } from '../options/parse-number.ts';
import {
  addProvisioningOptions,
  type ProvisioningOptions,
} from '../options/provisioning-options.ts';
import { jsonLine } from '../output/json-line.ts';
import { printable } from '../output/printable.ts';
import { provisionLines, STEP_WORDS, shownProvisioning } from '../output/provision-lines.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';
import type { ProvisioningWiring } from '../wiring/wire-provisioning.ts';
import type { RemoteWiring } from '../wiring/wire-remote.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

/** The groups of the wiring that this command uses. */
type Needs = CentralWiring &
  MigrationFilesWiring &
  ProcessWiring &
  ProvisioningWiring &
  RemoteWiring &
  TenantsWiring;

interface Options extends ProvisioningOptions {
  readonly name?: string;
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly undo?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly aws?: string;
}

/** `tenant:provision <slug>`: creates a tenant, or removes one that was never ACTIVE. */
export function tenantProvision(app: App<Needs>): Command {
  const command = new Command('tenant:provision')
    .description(
      'Creates a tenant: its row, a user with a random password that nobody sees, a database, and all migrations; then the tenant is ACTIVE. With provisioning.pool in the configuration it gets a database of the pool, if --database and --user are not given. If interrupted, the same command resumes. If it fails, everything it created is removed and the tenant is FAILED. The administrator of the server comes from FANFOLD_ADMIN_URL or FANFOLD_ADMIN_FILE.',
    )
    .argument('<slug>', 'unique name to type, such as acme-corp')
    .option('--name <name>', 'name to show (default: the slug)')
    .option('--host <host>', 'host name or address of the database server')
    .addOption(
      new Option('--port <port>', 'port of the database server (default: 3306)').argParser(
        wholeNumber(1, 65_535),
      ),
    )
    .option('--database <database>', 'name of the database (default: from the slug)')
    .option('--user <user>', 'name of the user (default: from the slug)')
    .option('--undo', 'remove a tenant that was never ACTIVE: user, database and row')
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print the outcome as one line of JSON');
  return addProvisioningOptions(command)
    .optionsGroup('AWS:')
    .option(
      '--aws <stack>',
      'run on the state machine ProvisionTenant of this stack and follow it; with --undo: by a function',
    )
    .addHelpText(
      'after',
      examples(
        'fanfold tenant:provision acme-corp --name "Acme Corp" --host db1',
        'fanfold tenant:provision acme-corp',
        'fanfold tenant:provision acme-corp --undo',
        'fanfold tenant:provision acme-corp --host db1 --aws Fanfold',
        'fanfold tenant:provision acme-corp --undo --aws Fanfold',
      ),
    )
    .action(
      app.action((slug: string, options: Options) =>
        usingScreen(app.host, async (screen) => {
          if (options.undo === true) return undo(app, command, slug, options, screen);
          const { aws } = options;
          if (aws !== undefined) {
            refuseLocalOptions(command);
            const { provisionRemotely } = await import('../remote/provision-remotely.ts');
            const { json, name, host, port, database, user } = options;
            const request = { slug, name, host, port, database, user };
            return provisionRemotely(app, request, { aws, json }, screen);
          }
          return provision(app, slug, options, screen);
        }),
      ),
    );
}

async function provision(
  { host, wiring }: App<Needs>,
  slug: string,
  options: Options,
  screen: Screen,
): Promise<number> {
  const bundle = await wiring.loadBundle(options);
  const whenLeft = `Resume with: ${printable(commandSpan('tenant:provision', slug))}`;
  return wiring.usingCentral(options, async ({ provisioning: registry, pool }) => {
    const keepsPool = (wiring.poolSize() ?? 0) > 0;
    const parts = await wiring.provisioning(registry, bundle, options);
    const provisioning = keepsPool ? { ...parts, pool } : parts;
    const id = await beginProvisioning({ ...options, slug }, provisioning);
    const strayErrors = await wiring.strayErrors();
    const { json = false } = options;
    const outcome = await usingInterruption({ host, screen, wiring, whenLeft }, (signal) =>
      usingMigrationCode({ host, screen, strayErrors, json }, () =>
        provisionTenant(id, provisioning, signal, (step) => {
          if (!json) screen.note([`⏳ ${STEP_WORDS[step]}`]);
        }),
      ),
    );
    screen.print(
      options.json === true
        ? [jsonLine(shownProvisioning(outcome))]
        : provisionLines(slug, outcome, screen.out),
    );
    if (outcome.status === 'interrupted') screen.note([whenLeft]);
    if (POOL_NOTES.some((code) => hasNote(outcome, code))) {
      screen.note([`Fill the pool again: ${commandSpan('tenant:pool', '--refill')}`]);
    }
    return EXIT_OF[outcome.status];
  });
}

/** A command ends too soon to fill the pool itself, as a service does. */
const POOL_NOTES: readonly NoteCode[] = ['FromPool', 'PoolEmpty'];

function hasNote(outcome: ProvisionOutcome, code: NoteCode): boolean {
  return outcome.status === 'active' && outcome.notes.some((note) => note.code === code);
}

const EXIT_OF: Record<ProvisionOutcome['status'], number> = {
  active: EXIT.ok,
  failed: EXIT.failed,
  interrupted: EXIT.interrupted,
};

/** Removes a tenant that was never ACTIVE, here or on AWS. */
interface Undoing {
  /** Throws `TenantUnknown` and `TenantNotUndoable`. */
  look(slug: string): Promise<DoomedParts>;
  /** Resolves to why the server could not be asked. */
  undo(id: string): Promise<{ readonly code: string; readonly message: string } | undefined>;
}

async function undo(
  app: App<Needs>,
  command: Command,
  slug: string,
  options: Options,
  screen: Screen,
): Promise<number> {
  const { wiring } = app;
  const { aws } = options;
  if (aws !== undefined) {
    refuseLocalOptions(command);
    const operator = await wiring.remoteOperator(aws, 'undo', (message) => screen.warn(message));
    const undoing: Undoing = {
      look: () => operator.ask('look-at-provisioning', { slug }),
      undo: async (tenantId) => (await operator.ask('undo-provisioning', { tenantId })).notAsked,
    };
    return undoWith(undoing, app, slug, options, screen);
  }
  const bundle = await wiring.loadBundle(options);
  return wiring.usingCentral(options, ({ provisioning: registry }) => {
    const undoing: Undoing = {
      look: () => lookAtProvisioning({ slug }, { registry }),
      async undo(id) {
        const row = await registry.read(id);
        if (row === undefined) throw tenantUnknown(slug);
        const provisioning = await wiring.provisioning(registry, bundle, options);
        return (await undoProvisioning(row, provisioning)).notAsked;
      },
    };
    return undoWith(undoing, app, slug, options, screen);
  });
}

async function undoWith(
  undoing: Undoing,
  { host }: App<Needs>,
  slug: string,
  options: Options,
  screen: Screen,
): Promise<number> {
  const parts = await undoing.look(slug);
  const question = `${droppedWith(parts)} The row of "${slug}" will be deleted.`;
  if (options.yes !== true && !(await confirmByName(host, question, slug))) {
    screen.note(['Nothing was changed.']);
    return EXIT.usage;
  }
  const { id } = parts;
  const notAsked = await undoing.undo(id);
  const gone = {
    claimed: 'its row',
    account: 'user and row',
    database: 'user, database and row',
  };
  screen.print([
    options.json === true
      ? jsonLine({ type: 'tenant-taken-away', id, slug, notAsked: notAsked?.code })
      : notAsked === undefined
        ? `✅ Removed ${printable(slug)}: ${gone[parts.mark ?? 'claimed']}.`
        : `✅ ${printable(`Removed ${slug}: its row. Its server could not be asked; at most a user without privileges is left there. ${notAsked.message}`)}`,
  ]);
  return EXIT.ok;
}

/** The objects that will be dropped on the server, by how far provisioning came; never those that existed before. */
function droppedWith({ address, migrationUser, mark }: DoomedParts): string {
  if (address.user === '') return `Nothing was created for it at ${serverName(address)}.`;
  const users = [address.user, ...(migrationUser === undefined ? [] : [migrationUser])];
  const named = users.map((user) => `"${user}"`).join(' and ');
  const all = `${users.length === 1 ? 'The user' : 'The users'} ${named}`;
  const where = `at ${serverName(address)}`;
  switch (mark) {
    case 'database':
      return `${all} and the database "${address.database}" ${where} will be dropped.`;
    case 'account':
      return `${all} ${where} will be dropped.`;
    default:
      return `${all} ${where} will be dropped if provisioning has created ${users.length === 1 ? 'it' : 'them'}.`;
  }
}

function tenantUnknown(slug: string): FanfoldError {
  return new FanfoldError('TenantUnknown', `There is no tenant with the slug "${slug}".`, {
    fault: 'usage',
    nextStep: 'List the tenants: `fanfold tenant:list`',
  });
}
