import { Command, Option } from 'commander';
import {
  makePassword,
  type PasswordOwner,
  storePassword,
} from '../../core/credentials/store-password.ts';
import { FanfoldError } from '../../core/errors.ts';
import type { RemoteOperator } from '../../core/remote/remote-operator.ts';
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
  addConnectionOptions(addConcurrencyOption(addOfOptions(command, BY_A_FUNCTION)));
  return command
    .addHelpText(
      'after',
      examples(
        'fanfold tenant:password acme-corp',
        'fanfold tenant:password acme-corp < password.txt',
        'fanfold tenant:password acme-corp --generate',
        'fanfold tenant:password --of last --cause 2 --generate',
        'fanfold tenant:password acme-corp --generate --aws Fanfold',
      ),
    )
    .action(
      app.action((names: string[], options: Options) =>
        usingScreen(app.host, (screen) => storePasswords(app, command, names, options, screen)),
      ),
    );
}

async function storePasswords(
  app: App<Needs>,
  command: Command,
  names: readonly string[],
  options: Options,
  screen: Screen,
): Promise<number> {
  const { wiring } = app;
  const { aws, generate = false } = options;
  checkNamedOnce(names, options, 'fanfold tenant:password <slug>');
  if (options.accountsFrom !== undefined && !generate) throw accountWithoutGenerate();
  if (aws !== undefined) {
    refuseLocalOptions(command, ['accountsFrom']);
    const operator = await wiring.remoteOperator(aws, 'passwords', (message) => {
      screen.warn(message);
    });
    const source = remoteTenants(operator);
    const lot = await lotOf(app, source, names, options);
    return changePasswords(app, { lot, source, ...passwordsOnAws(operator) }, options, screen);
  }
  const tools = await wiring.credentials(options);
  return wiring.usingCentral(options, async ({ directory, credentials: registry }) => {
    const source = lotSource(directory);
    const lot = await lotOf(app, source, names, options);
    const passwords: Passwords = {
      async store(id, owner, password) {
        await storePassword(id, owner, password, { ...tools, registry });
      },
      make: (id, owner, accountsFrom) =>
        makePassword(id, owner, { ...tools, registry, accountsFrom }),
    };
    return changePasswords(app, { lot, source, ...passwords }, options, screen);
  });
}

/** Changes the password of one tenant, here or on AWS. */
interface Passwords {
  store(id: string, owner: PasswordOwner, password: string): Promise<void>;
  make(
    id: string,
    owner: PasswordOwner,
    accountsFrom: string | undefined,
  ): Promise<'set' | 'works already'>;
}

function passwordsOnAws(operator: RemoteOperator): Passwords {
  return {
    async store(tenantId, owner, password) {
      await operator.ask('store-password', { tenantId, owner, password });
    },
    async make(tenantId, owner, accountsFrom) {
      return (await operator.ask('make-password', { tenantId, owner, accountsFrom })).made;
    },
  };
}

interface PasswordChange<Row extends LotRow> extends Passwords {
  readonly lot: TenantLot<Row>;
  readonly source: LotSource<Row>;
}

async function changePasswords<Row extends LotRow>(
  app: App<Needs>,
  { lot, source, store, make }: PasswordChange<Row>,
  options: Options,
  screen: Screen,
): Promise<number> {
  const { host } = app;
  const { generate = false, json = false, concurrency = CONCURRENCY, accountsFrom } = options;
  const owner: PasswordOwner = options.migrationUser === true ? 'migration' : 'application';
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
    source,
    concurrency,
    json,
    ...(given !== undefined && { secrets: [given] }),
    whenLeft: 'Each row has either its old or its new password; run the command again.',
    change: async ({ tenant: { id } }) => {
      if (given !== undefined) {
        await store(id, owner, given);
        return 'has a new stored password, which its database accepts';
      }
      return (await make(id, owner, accountsFrom)) === 'set'
        ? 'has a new password, which its database accepts'
        : 'keeps its stored password, which works';
    },
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
