import { Command, Option } from 'commander';
import { moveTenant } from '../../core/credentials/move-tenant.ts';
import { FanfoldError } from '../../core/errors.ts';
import { serverName, type Tenant } from '../../core/tenant.ts';
import type { App } from '../app.ts';
import { confirmLot } from '../ask/confirm-lot.ts';
import { readSecret } from '../ask/read-secret.ts';
import { changeLot } from '../change-lot.ts';
import { EXIT } from '../exit-codes.ts';
import type { KeptRunsWiring } from '../kept-runs.ts';
import {
  addConnectionOptions,
  type ConnectionSetupOptions,
} from '../options/connection-options.ts';
import { examples } from '../options/examples.ts';
import { addOfOptions, checkNamedOnce, type OfOptions } from '../options/of-options.ts';
import { wholeNumber } from '../options/parse-number.ts';
import { addConcurrencyOption, CONCURRENCY } from '../options/run-options.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { lotOf, lotSource } from '../tenant-lot.ts';
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
    .summary('point a tenant at another host, database or user')
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
  addConnectionOptions(addConcurrencyOption(addOfOptions(command)));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold tenant:move acme-corp --host db2.example.com',
        'fanfold tenant:move acme-corp --user acme2 --password-stdin < password.txt',
        'fanfold tenant:move --of last --cause 3 --host db2.example.com',
      ),
    )
    .action(
      app.action((name: string | undefined, options: Options) =>
        usingScreen(app.host, (screen) => move(app, name, options, screen)),
      ),
    );
}

async function move(
  app: App<Needs>,
  name: string | undefined,
  options: Options,
  screen: Screen,
): Promise<number> {
  const { host, wiring } = app;
  const { port, database, user, passwordStdin = false, concurrency = CONCURRENCY } = options;
  const names = name === undefined ? [] : [name];
  checkNamedOnce(names, options, 'fanfold tenant:move <slug> --host <host>');
  const parts = { host: options.host, port, database, user };
  if (Object.values(parts).every((part) => part === undefined)) throw nothingToMove();
  const tools = await wiring.credentials(options);
  return wiring.usingCentral(options, async ({ directory, credentials: registry }) => {
    const source = lotSource(directory);
    const lot = await lotOf(app, source, names, options);
    if (lot.count > 1 && database !== undefined) throw oneDatabase(lot.count);
    const question = 'Change the address of each of them, if its database answers there?';
    if (!(await confirmLot(host, screen, lot, question, options.yes))) {
      screen.print(['Nothing was changed.']);
      return EXIT.failed;
    }
    const password = passwordStdin ? await readSecret(host, 'Password') : undefined;
    return changeLot(app, screen, {
      lot,
      source,
      concurrency,
      json: false,
      ...(password !== undefined && { secrets: [password] }),
      whenLeft: 'Each row has either its old or its new address; run the command again.',
      change: async ({ tenant: before }) => {
        const moving = { ...tools, registry };
        const after = await moveTenant({ id: before.id, ...parts, password }, moving);
        return `is at ${where(after)} now, and was at ${where(before)}`;
      },
    });
  });
}

function where({ address }: Tenant): string {
  return `${address.user}@${serverName(address)}/${address.database}`;
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
