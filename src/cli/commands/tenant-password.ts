import { Command, Option } from 'commander';
import {
  makePassword,
  type PasswordOwner,
  setPassword,
} from '../../core/credentials/set-password.ts';
import { FanfoldError } from '../../core/errors.ts';
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
import { addConcurrencyOption, CONCURRENCY } from '../options/run-options.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { readSecret } from '../read-secret.ts';
import { lotOf } from '../tenant-lot.ts';

interface Options extends ConnectionSetupOptions, OfOptions {
  readonly generate?: boolean;
  readonly migrationUser?: boolean;
  readonly accountsFrom?: string;
  readonly concurrency?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `tenant:password <slug|id>`: stores the password that a tenant's user has, or gives it a new one. */
export function tenantPassword(app: App): Command {
  const command = new Command('tenant:password')
    .summary('store the password that a tenant has, or give it a new one')
    .description(
      "Reads a password from standard input, connects with it, and stores it encrypted if the tenant's database opens; else the row stays as it was. With --generate the administrator of the server (FANFOLD_ADMIN_URL or FANFOLD_ADMIN_FILE) gives the user a new random one that nobody sees, unless the stored one works. To replace one that works: tenant:rotate-password.",
    )
    .argument('[slug|id...]', 'which tenants')
    .option('--generate', 'a new one, set by an administrator')
    .option('--migration-user', 'that of the user that migrates, if the tenant has one of its own')
    .addOption(
      new Option('--accounts-from <host>', 'which account, if the user has several: its host'),
    )
    .option('--yes', 'do not ask')
    .option('--json', 'one JSON event a line on standard output, and nothing else there');
  addConnectionOptions(addConcurrencyOption(addOfOptions(command)));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold tenant:password acme-corp',
        'fanfold tenant:password acme-corp < password.txt',
        'fanfold tenant:password acme-corp --generate',
        'fanfold tenant:password --of last --cause 2 --generate',
      ),
    )
    .action(
      app.action((names: string[], options: Options) =>
        usingScreen(app.host, (screen) => storePasswords(app, names, options, screen)),
      ),
    );
}

async function storePasswords(
  app: App,
  names: readonly string[],
  options: Options,
  screen: Screen,
): Promise<number> {
  const { host, wiring } = app;
  const { generate = false, json = false, concurrency = CONCURRENCY } = options;
  checkNamedOnce(names, options, 'fanfold tenant:password <slug>');
  if (options.accountsFrom !== undefined && !generate) throw accountWithoutGenerate();
  const owner: PasswordOwner = options.migrationUser === true ? 'migration' : 'application';
  const tools = await wiring.credentials(options);
  return wiring.usingCentral(options, async ({ directory, credentials: registry }) => {
    const lot = await lotOf(app, directory, names, options);
    const question = generate
      ? 'Give each of them a new password, unless the stored one works?'
      : 'Store one password for all of them, wherever it opens the database?';
    if (!(await confirmLot(host, screen, lot, question, options.yes))) {
      screen.print(['Nothing was changed.']);
      return EXIT.failed;
    }
    const given = generate ? undefined : await readSecret(host, 'Password');
    if (!generate && given === undefined) return EXIT.interrupted;
    if (given === '') throw passwordMissing();
    return changeLot(app, screen, {
      lot,
      directory,
      concurrency,
      json,
      ...(given !== undefined && { secrets: [given] }),
      whenLeft: 'Each row has the password that it had, or the new one; run it again.',
      change: async ({ tenant: { id } }) => {
        if (given !== undefined) {
          await setPassword(id, owner, given, { ...tools, registry });
          return 'has its password stored: the database opens with it';
        }
        const { accountsFrom } = options;
        const made = await makePassword(id, owner, { ...tools, registry, accountsFrom });
        return made === 'set'
          ? 'has a new password, which opens its database and is stored'
          : 'keeps its password, which works';
      },
    });
  });
}

function passwordMissing(): FanfoldError {
  return new FanfoldError('PasswordMissing', 'Standard input holds no password.', {
    fault: 'usage',
    nextStep: 'Type it, or pipe it in: `fanfold tenant:password <slug> < password.txt`',
  });
}

function accountWithoutGenerate(): FanfoldError {
  return new FanfoldError(
    'OptionsExclude',
    '--accounts-from names the account that gets a new password, and a given one changes no account.',
    { fault: 'usage', nextStep: 'Add --generate, or leave it out.' },
  );
}
