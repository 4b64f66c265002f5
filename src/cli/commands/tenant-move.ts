import { Command, Option } from 'commander';
import { type Move, moveTenant } from '../../core/credentials/move-tenant.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { RemoteOperator } from '../../core/remote/remote-operator.ts';
import { type DatabaseAddress, serverName } from '../../core/tenant.ts';
import type { App } from '../app.ts';
import { confirmLot } from '../ask/confirm-lot.ts';
import { readSecret } from '../ask/read-secret.ts';
import { EXIT } from '../exit-codes.ts';
import { BY_A_FUNCTION, refuseLocalOptions } from '../options/aws-options.ts';
import {
  addConnectionOptions,
  type ConnectionSetupOptions,
} from '../options/connection-options.ts';
import { examples } from '../options/examples.ts';
import { addOfOptions, checkNamedOnce, type OfOptions } from '../options/of-options.ts';
import { wholeNumber } from '../options/parse-number.ts';
import { addConcurrencyOption, CONCURRENCY } from '../options/run-options.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { remoteTenants } from '../remote/remote-tenants.ts';
import type { KeptRunsWiring } from '../runs/kept-runs.ts';
import { changeLot } from '../tenants/change-lot.ts';
import {
  type LotRow,
  type LotSource,
  lotOf,
  lotSource,
  type TenantLot,
} from '../tenants/tenant-lot.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { CredentialsWiring } from '../wiring/wire-credentials.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';

/** The groups of the wiring that this command uses. */
type Needs = CentralWiring & CredentialsWiring & KeptRunsWiring & ProcessWiring;

interface Options extends ConnectionSetupOptions, OfOptions {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly passwordStdin?: boolean;
  readonly concurrency?: number;
  readonly yes?: boolean;
}

/** `tenant:move <slug|id>`: changes the address of a tenant whose database has moved. */
export function tenantMove(app: App<Needs>): Command {
  const command = new Command('tenant:move')
    .description(
      'Changes the stored address of a tenant database, after connecting there with the password of the tenant. Encrypts the password again, because version 2 binds it to the address. Moves no data. Suspend the tenant first, if you can.',
    )
    .argument('[slug|id]', 'tenant')
    .option('--host <host>', 'new host')
    .addOption(new Option('--port <port>', 'new port').argParser(wholeNumber(1, 65_535)))
    .option('--database <database>', 'new database')
    .option('--user <user>', 'new user')
    .option('--password-stdin', 'read a new password from standard input')
    .option('--yes', 'do not ask for confirmation');
  addConnectionOptions(addConcurrencyOption(addOfOptions(command, BY_A_FUNCTION)));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold tenant:move acme-corp --host db2.example.com',
        'fanfold tenant:move acme-corp --user acme2 --password-stdin < password.txt',
        'fanfold tenant:move --of last --cause 3 --host db2.example.com',
        'fanfold tenant:move acme-corp --host db2.example.com --aws Fanfold',
      ),
    )
    .action(
      app.action((name: string | undefined, options: Options) =>
        usingScreen(app.host, (screen) => move(app, command, name, options, screen)),
      ),
    );
}

async function move(
  app: App<Needs>,
  command: Command,
  name: string | undefined,
  options: Options,
  screen: Screen,
): Promise<number> {
  const { wiring } = app;
  const { aws, host, port, database, user } = options;
  const names = name === undefined ? [] : [name];
  checkNamedOnce(names, options, 'fanfold tenant:move <slug> --host <host>');
  const parts = { host, port, database, user };
  if (Object.values(parts).every((part) => part === undefined)) throw nothingToMove();
  if (aws !== undefined) {
    refuseLocalOptions(command);
    const operator = await wiring.remoteOperator(aws, 'move', (message) => screen.warn(message));
    const source = remoteTenants(operator);
    const lot = await lotOf(app, source, names, options);
    return moveLot(app, { lot, source, parts, moveOne: moveOnAws(operator) }, options, screen);
  }
  const tools = await wiring.credentials(options);
  return wiring.usingCentral(options, async ({ directory, credentials: registry }) => {
    const source = lotSource(directory);
    const lot = await lotOf(app, source, names, options);
    const moveOne: MoveOne = async (change) => {
      const { from, tenant } = await moveTenant(change, { ...tools, registry });
      return { from, to: tenant.address };
    };
    return moveLot(app, { lot, source, parts, moveOne }, options, screen);
  });
}

/** Moves one tenant, here or on AWS. */
type MoveOne = (
  change: Move,
) => Promise<{ readonly from: DatabaseAddress; readonly to: DatabaseAddress }>;

function moveOnAws(operator: RemoteOperator): MoveOne {
  return ({ id: tenantId, ...change }) => operator.ask('move-tenant', { tenantId, ...change });
}

interface LotMove<Row extends LotRow> {
  readonly lot: TenantLot<Row>;
  readonly source: LotSource<Row>;
  readonly parts: Omit<Move, 'id' | 'password'>;
  readonly moveOne: MoveOne;
}

async function moveLot<Row extends LotRow>(
  app: App<Needs>,
  { lot, source, parts, moveOne }: LotMove<Row>,
  { passwordStdin = false, concurrency = CONCURRENCY, yes }: Options,
  screen: Screen,
): Promise<number> {
  const { host } = app;
  if (lot.count > 1 && parts.database !== undefined) throw oneDatabase(lot.count);
  const question = 'Change the address of each of them, if its database answers there?';
  if (!(await confirmLot(host, screen, lot, question, yes))) {
    screen.print(['Nothing was changed.']);
    return EXIT.failed;
  }
  const password = passwordStdin ? await readSecret(host, 'Password') : undefined;
  if (password === '') throw passwordMissing();
  return changeLot(app, screen, {
    lot,
    source,
    concurrency,
    json: false,
    ...(password !== undefined && { secrets: [password] }),
    whenLeft: 'Each row has either its old or its new address; run the command again.',
    change: async ({ tenant: { id } }) => {
      const { from, to } = await moveOne({ id, ...parts, password });
      return `is at ${where(to)} now, and was at ${where(from)}`;
    },
  });
}

function where(address: DatabaseAddress): string {
  return `${address.user}@${serverName(address)}/${address.database}`;
}

function passwordMissing(): FanfoldError {
  return new FanfoldError('PasswordMissing', 'No password was given.', {
    fault: 'usage',
    nextStep: 'Pipe it in: `fanfold tenant:move <slug> … --password-stdin < password.txt`',
  });
}

function nothingToMove(): FanfoldError {
  return new FanfoldError('RequestInvalid', 'No new address was given.', {
    fault: 'usage',
    nextStep: 'Add at least one of --host, --port, --database and --user.',
  });
}

function oneDatabase(count: number): FanfoldError {
  return new FanfoldError(
    'RequestInvalid',
    `--database would give ${count} tenants the same database.`,
    { fault: 'usage', nextStep: 'Move them one by one, or leave --database out.' },
  );
}
