import { Command, Option } from 'commander';
import type { PasswordRow } from '../../core/encryption/password-v2.ts';
import { FanfoldError } from '../../core/errors.ts';
import { resolveName } from '../../core/list/resolve-names.ts';
import type { App } from '../app.ts';
import { readSecret } from '../ask/read-secret.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';
import { addTlsOptions, type TlsSetupOptions } from '../options/setup-options.ts';
import type { CentralWiring } from '../wiring/wire-central.ts';
import type { CredentialsWiring } from '../wiring/wire-credentials.ts';

interface Options extends TlsSetupOptions {
  readonly tenant?: string;
  readonly migrationUser?: string;
}

/** Version 1 is not bound to a row. */
const NO_ROW: PasswordRow = { id: '', address: { host: '', port: 0, database: '', user: '' } };

/** `secrets:encrypt`: encrypts a password as the central database stores it. */
export function secretsEncrypt({
  host,
  wiring,
  action,
}: App<CentralWiring & CredentialsWiring>): Command {
  const command = new Command('secrets:encrypt')
    .description(
      'Encrypts a password with DB_ENCRYPTION_KEY and prints it as the central database stores it. Type the password (it is not shown) or pipe it in; as an argument, other users of the machine could see it.',
    )
    .addOption(
      new Option(
        '--tenant <slug|id>',
        'tenant that the password is for; required if DB_ENCRYPTION_FORMAT is v2, which binds it to that row',
      ),
    )
    .option(
      '--migration-user <user>',
      'encrypt the password of this user, for the column migrationPassword',
    );
  return addTlsOptions(command)
    .addHelpText(
      'after',
      examples(
        'fanfold secrets:encrypt',
        'fanfold secrets:encrypt < password.txt',
        'fanfold secrets:encrypt --tenant acme-corp < password.txt',
      ),
    )
    .action(
      action(async (options: Options) => {
        // A wrong key or name is reported before somebody types the password.
        const sealer = await wiring.passwordEncryption();
        const { tenant, migrationUser } = options;
        if (sealer.format === 'v2' && tenant === undefined) throw tenantMissing();
        const { id, address } =
          tenant === undefined
            ? NO_ROW
            : await wiring.usingCentral(options, ({ directory }) => resolveName(directory, tenant));
        const row = { id, address: { ...address, user: migrationUser ?? address.user } };
        const password = await readSecret(host, 'Password');
        if (password === '') host.stderr.write('Note: the password is empty.\n');
        host.stdout.write(`${await sealer.seal(row, password)}\n`);
        return EXIT.ok;
      }),
    );
}

function tenantMissing(): FanfoldError {
  return new FanfoldError(
    'RequestInvalid',
    'DB_ENCRYPTION_FORMAT is v2, which binds a password to a row, and no tenant was named.',
    {
      fault: 'usage',
      nextStep:
        'Name the tenant: `fanfold secrets:encrypt --tenant <slug>`. For a new tenant use tenant:add.',
    },
  );
}
