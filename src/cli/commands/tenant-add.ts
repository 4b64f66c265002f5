import { Command, Option } from 'commander';
import { checkNewTenant, checkStatus } from '../../core/central/new-tenant.ts';
import { FanfoldError } from '../../core/errors.ts';
import { IAM_MARKER } from '../../core/iam/iam-marker.ts';
import { type DatabaseAddress, TENANT_STATUSES } from '../../core/tenant.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import type { App } from '../app.ts';
import { readSecret } from '../ask/read-secret.ts';
import { EXIT } from '../exit-codes.ts';
import {
  addConnectionOptions,
  type ConnectionSetupOptions,
} from '../options/connection-options.ts';
import { examples } from '../options/examples.ts';
import { wholeNumber } from '../options/parse-number.ts';
import { checkLines } from '../output/doctor-lines.ts';
import { printable } from '../output/printable.ts';
import { usingScreen } from '../output/screen.ts';
import { examineNewTenant } from '../tenants/examine-new-tenant.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { CredentialsWiring } from '../wiring/wire-credentials.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

/** The groups of the wiring that this command uses. */
type Needs = CentralWiring & CredentialsWiring & TenantsWiring;

interface Options extends ConnectionSetupOptions {
  readonly slug: string;
  readonly name?: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly status: string;
  readonly auth: 'password' | 'iam';
  readonly passwordStdin?: boolean;
  readonly unchecked?: boolean;
}

/** `tenant:add`: adds a row to the central database for a tenant whose database exists. */
export function tenantAdd(app: App<Needs>): Command {
  const { wiring } = app;
  const command = new Command('tenant:add')
    .description(
      'Adds a tenant whose database exists to the central database, after connecting to its database. The password comes from standard input, from FANFOLD_TENANT_PASSWORD or from a hidden prompt, and is stored encrypted with DB_ENCRYPTION_KEY.',
    )
    .requiredOption('--slug <slug>', 'unique name to type, such as acme-corp')
    .option('--name <name>', 'name to show (default: the slug)')
    .requiredOption('--host <host>', 'host name or address of the database server')
    .addOption(
      new Option('--port <port>', 'port of the database server')
        .argParser(wholeNumber(1, 65_535))
        .default(3306),
    )
    .requiredOption('--database <database>', 'name of the database')
    .requiredOption('--user <user>', 'user that logs in to the database')
    .addOption(
      new Option('--status <status>', `one of ${TENANT_STATUSES.join(', ')}`).default('ACTIVE'),
    )
    .addOption(
      new Option('--auth <how>', 'how the user logs in: iam is that of Amazon RDS')
        .choices(['password', 'iam'])
        .default('password'),
    )
    .option('--password-stdin', 'read the password from standard input')
    .option('--unchecked', 'add the tenant without connecting to its database');
  return addConnectionOptions(command)
    .addHelpText(
      'after',
      examples(
        'fanfold tenant:add --slug acme-corp --name "Acme Corp" \\\n    --host db1.example.com --database acme_corp_db --user acme',
        'fanfold tenant:add --slug beta --host 127.0.0.1 --database beta_db \\\n    --user beta --password-stdin < password.txt',
      ),
    )
    .action(
      app.action(async (options: Options) => {
        const { slug, name, host, port, database, user } = options;
        const draft = { slug, name, host, port, database, user };
        const status = checkStatus(options.status.toUpperCase());
        // Other mistakes are reported before somebody types the password.
        const checked = checkNewTenant({ ...draft, status });
        const seal = await sealOf(app, options, checked.address);
        return usingScreen(app.host, async (screen) => {
          if (options.unchecked !== true) {
            const setup = { ...options, migrations: '', tableName: 'knex_migrations' };
            const checks = await examineNewTenant(wiring, checked, seal, setup);
            const remarkable = checks.filter((check) => check.status !== 'ok');
            screen.print(remarkable.flatMap((check) => checkLines(check, screen.out)));
          }
          // Version 2 binds the password to the id, which the database may generate.
          const tenant = await wiring.usingCentral(options, ({ registry }) =>
            registry.add(checked, seal),
          );
          screen.print([`✅ Added ${printable(tenant.slug)} (${tenant.status}), id ${tenant.id}`]);
          screen.note([`Next: ${printable(commandSpan('migrate:tenant', tenant.slug))}`]);
          return EXIT.ok;
        });
      }),
    );
}

/** Makes the text that is stored in place of a password: its ciphertext, or the marker of a login by IAM. */
async function sealOf(app: App<Needs>, options: Options, address: DatabaseAddress) {
  if (options.auth === 'iam') {
    if (options.passwordStdin === true) throw passwordAndIam();
    return async () => IAM_MARKER;
  }
  const sealer = await app.wiring.passwordEncryption();
  const password = await passwordOf(app, options);
  return (id: string) => sealer.seal({ id, address }, password);
}

function passwordAndIam(): FanfoldError {
  return new FanfoldError(
    'RequestInvalid',
    'A user who logs in by IAM has no password: --auth iam and --password-stdin exclude each other.',
    { fault: 'usage', nextStep: 'Leave one of them out.' },
  );
}

async function passwordOf({ host }: App<Needs>, options: Options): Promise<string> {
  if (options.passwordStdin === true) return readSecret(host, 'Password');
  const fromEnvironment = host.env.FANFOLD_TENANT_PASSWORD;
  if (fromEnvironment !== undefined) return fromEnvironment;
  if (host.stdin.isTTY === true) {
    return readSecret(host, `Password of ${printable(options.user)}`);
  }
  throw new FanfoldError('PasswordMissing', 'No password was given for the database user.', {
    fault: 'usage',
    nextStep:
      'Pipe it in with --password-stdin, or set FANFOLD_TENANT_PASSWORD. An argument would show it to other users of the machine.',
  });
}
