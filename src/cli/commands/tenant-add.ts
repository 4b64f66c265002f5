import { randomUUID } from 'node:crypto';
import { Command, Option } from 'commander';
import { checkNewTenant, checkStatus } from '../../core/central/new-tenant.ts';
import { FanfoldError } from '../../core/errors.ts';
import { TENANT_STATUSES } from '../../core/tenant.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';
import { wholeNumber } from '../options/parse-number.ts';
import { addTlsOptions, type TlsSetupOptions } from '../options/setup-options.ts';
import { printable } from '../output/printable.ts';
import { usingScreen } from '../output/screen.ts';
import { readSecret } from '../read-secret.ts';

interface Options extends TlsSetupOptions {
  readonly slug: string;
  readonly name?: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly status: string;
  readonly passwordStdin?: boolean;
}

/** `tenant:add`: a row of the central database for a tenant whose database is there already. */
export function tenantAdd(app: App): Command {
  const { wiring } = app;
  const command = new Command('tenant:add')
    .summary('add a tenant to the central database')
    .description(
      'Adds a tenant whose database exists already. Its password comes from standard input, from FANFOLD_TENANT_PASSWORD or from a hidden prompt, and is stored encrypted with DB_ENCRYPTION_KEY.',
    )
    .requiredOption('--slug <slug>', 'unique, what people type: acme-corp')
    .option('--name <name>', 'what people read (default: the slug)')
    .requiredOption('--host <host>', 'host name or address of the database server')
    .addOption(
      new Option('--port <port>', 'port of the database server')
        .argParser(wholeNumber(1, 65_535))
        .default(3306),
    )
    .requiredOption('--database <database>', 'name of the database')
    .requiredOption('--user <user>', 'who logs in there')
    .addOption(
      new Option('--status <status>', `one of ${TENANT_STATUSES.join(', ')}`).default('ACTIVE'),
    )
    .option('--password-stdin', 'read the password from standard input');
  return addTlsOptions(command)
    .addHelpText(
      'after',
      examples(
        'npm run tenant:add -- --slug acme-corp --name "Acme Corp" \\',
        '  --host db1.example.com --database acme_corp_db --user acme',
        'fanfold tenant:add --slug beta --host 127.0.0.1 --database beta_db \\',
        '  --user beta --password-stdin < password.txt',
      ),
    )
    .action(
      app.action(async (options: Options) => {
        const sealer = await wiring.passwordEncryption();
        const { slug, name, host, port, database, user } = options;
        // Version 2 binds the password to the id, so the row cannot wait for the registry to give it one.
        const draft = { id: randomUUID(), slug, name, host, port, database, user };
        const status = checkStatus(options.status.toUpperCase());
        // What is wrong with the rest shows before somebody has typed the password.
        checkNewTenant({ ...draft, status, encryptedPassword: 'not yet' });
        const password = await passwordOf(app, options);
        if (password === undefined) return EXIT.interrupted;
        const { id } = draft;
        const address = { host, port, database, user };
        const encryptedPassword = await sealer.seal({ id, address }, password);
        const tenant = await wiring.usingCentral(options, ({ registry }) =>
          registry.add(checkNewTenant({ ...draft, status, encryptedPassword })),
        );
        return usingScreen(app.host, async (screen) => {
          screen.print([`✅ Added ${printable(tenant.slug)} (${tenant.status}), id ${tenant.id}`]);
          screen.note([`Next: npm run migrate:tenant ${printable(tenant.slug)}`]);
          return EXIT.ok;
        });
      }),
    );
}

async function passwordOf({ host }: App, options: Options): Promise<string | undefined> {
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
