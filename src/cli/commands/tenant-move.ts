import { Command, Option } from 'commander';
import { moveTenant } from '../../core/credentials/move-tenant.ts';
import { FanfoldError } from '../../core/errors.ts';
import { serverName, type Tenant } from '../../core/tenant.ts';
import type { App } from '../app.ts';
import { changeLot } from '../change-lot.ts';
import { confirmLot } from '../confirm-lot.ts';
import { EXIT } from '../exit-codes.ts';
import {
  addConnectionOptions,
  type ConnectionSetupOptions,
} from '../options/connection-options.ts';
import { examples } from '../options/examples.ts';
import { addOfOptions, checkNamedOnce, type OfOptions } from '../options/of-options.ts';
import { wholeNumber } from '../options/parse-number.ts';
import { addConcurrencyOption, CONCURRENCY } from '../options/run-options.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { readSecret } from '../read-secret.ts';
import { lotOf } from '../tenant-lot.ts';

interface Options extends ConnectionSetupOptions, OfOptions {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly passwordStdin?: boolean;
  readonly concurrency?: number;
  readonly yes?: boolean;
}

/** `tenant:move <slug|id>`: another address for a tenant whose database is there already. */
export function tenantMove(app: App): Command {
  const command = new Command('tenant:move')
    .summary('point a tenant at another host, database or user')
    .description(
      'Changes where the database of a tenant is, once it answers there to the password of the tenant, and encrypts the password anew: in version 2 it is bound to the address. Moves no data; best done while the tenant is SUSPENDED.',
    )
    .argument('[slug|id]', 'which tenant')
    .option('--host <host>', 'the new host')
    .addOption(new Option('--port <port>', 'the new port').argParser(wholeNumber(1, 65_535)))
    .option('--database <database>', 'the new name of the database')
    .option('--user <user>', 'the new user')
    .option('--password-stdin', 'read a new password from standard input')
    .option('--yes', 'do not ask');
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
  app: App,
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
    const lot = await lotOf(app, directory, names, options);
    if (lot.count > 1 && database !== undefined) throw oneDatabase(lot.count);
    const question = 'Point each of them there, if its database answers there?';
    if (!(await confirmLot(host, screen, lot, question, options.yes))) {
      screen.print(['Nothing was changed.']);
      return EXIT.failed;
    }
    const password = passwordStdin ? await readSecret(host, 'Password') : undefined;
    if (passwordStdin && password === undefined) return EXIT.interrupted;
    return changeLot(app, screen, {
      lot,
      directory,
      concurrency,
      json: false,
      ...(password !== undefined && { secrets: [password] }),
      whenLeft: 'Each row has its old address, or the new one; run it again.',
      change: async ({ tenant: before }) => {
        const moving = { ...tools, registry };
        const after = await moveTenant({ id: before.id, ...parts, password }, moving);
        return `is at ${where(after)} now; it was at ${where(before)}`;
      },
    });
  });
}

function where({ address }: Tenant): string {
  return `${address.user}@${serverName(address)}/${address.database}`;
}

function nothingToMove(): FanfoldError {
  return new FanfoldError('RequestInvalid', 'Nothing was said of where the tenant is to be.', {
    fault: 'usage',
    nextStep: 'Name what changes: --host, --port, --database, --user.',
  });
}

function oneDatabase(count: number): FanfoldError {
  return new FanfoldError(
    'RequestInvalid',
    `--database would point ${count} tenants at one database.`,
    { fault: 'usage', nextStep: 'Move them one by one, or leave --database out.' },
  );
}
