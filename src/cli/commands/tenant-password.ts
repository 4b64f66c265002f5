import { Command, Option } from 'commander';
import {
  makePassword,
  type PasswordOwner,
  setPassword,
} from '../../core/credentials/set-password.ts';
import { FanfoldError } from '../../core/errors.ts';
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
import { addConcurrencyOption, CONCURRENCY } from '../options/run-options.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { lotOf } from '../tenant-lot.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { CredentialsWiring } from '../wiring/wire-credentials.ts';
import type { ProcessWiring } from '../wiring/wire-process.ts';

/** The groups of the wiring that this command uses. */
type Needs = CentralWiring & CredentialsWiring & KeptRunsWiring & ProcessWiring;

interface Options extends ConnectionSetupOptions, OfOptions {
  readonly generate?: boolean;
  readonly migrationUser?: boolean;
  readonly accountsFrom?: string;
  readonly concurrency?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** `tenant:password <slug|id>`: stores the password of a tenant's user, or sets a new one. */
export function tenantPassword(app: App<Needs>): Command {
  const command = new Command('tenant:password')
    .summary('store the password of a tenant, or set a new one')
    .description(
      "Reads a password, connects to the tenant's database with it, and stores it encrypted if that works; otherwise the row stays unchanged. With --generate, the administrator of the server (FANFOLD_ADMIN_URL or FANFOLD_ADMIN_FILE) sets a new random password that nobody sees, unless the stored one works. To replace a password that works, use tenant:rotate-password.",
    )
    .argument('[slug|id...]', 'tenants')
    .option('--generate', 'set a new random password, as administrator of the server')
    .option('--migration-user', 'the password of the separate user for migrations')
    .addOption(
      new Option(
        '--accounts-from <host>',
        'with --generate: host of the account, if the user has several',
      ),
    )
    .option('--yes', 'do not ask for confirmation')
    .option('--json', 'print only JSON on standard output, one event per line');
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
  app: App<Needs>,
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
      ? 'Set a new password for each of them, unless the stored one works?'
      : 'Store the same password for each of them, if its database accepts it?';
    if (!(await confirmLot(host, screen, lot, question, options.yes))) {
      screen.print(['Nothing was changed.']);
      return EXIT.failed;
    }
    const given = generate ? undefined : await readSecret(host, 'Password');
    if (given === '') throw passwordMissing();
    return changeLot(app, screen, {
      lot,
      directory,
      concurrency,
      json,
      ...(given !== undefined && { secrets: [given] }),
      whenLeft: 'Each row has either its old or its new password; run the command again.',
      change: async ({ tenant: { id } }) => {
        if (given !== undefined) {
          await setPassword(id, owner, given, { ...tools, registry });
          return 'has a new stored password, which its database accepts';
        }
        const { accountsFrom } = options;
        const made = await makePassword(id, owner, { ...tools, registry, accountsFrom });
        return made === 'set'
          ? 'has a new password, which its database accepts'
          : 'keeps its stored password, which works';
      },
    });
  });
}

function passwordMissing(): FanfoldError {
  return new FanfoldError('PasswordMissing', 'No password was given.', {
    fault: 'usage',
    nextStep: 'Type it, or pipe it in: `fanfold tenant:password <slug> < password.txt`',
  });
}

function accountWithoutGenerate(): FanfoldError {
  return new FanfoldError(
    'OptionsExclude',
    '--accounts-from needs --generate: storing a given password changes no account.',
    { fault: 'usage', nextStep: 'Add --generate, or leave --accounts-from out.' },
  );
}
