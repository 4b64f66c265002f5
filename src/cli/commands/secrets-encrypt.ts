import { Command, Option } from 'commander';
import type { PasswordRow } from '../../core/encryption/password-v2.ts';
import { FanfoldError } from '../../core/errors.ts';
import { resolveName } from '../../core/list/resolve-names.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { examples } from '../options/examples.ts';
import { addTlsOptions, type TlsSetupOptions } from '../options/setup-options.ts';
import { readSecret } from '../read-secret.ts';

interface Options extends TlsSetupOptions {
  readonly tenant?: string;
  readonly migrationUser?: string;
}

/** Version 1 is bound to no row. */
const NO_ROW: PasswordRow = { id: '', address: { host: '', port: 0, database: '', user: '' } };

/** `secrets:encrypt`: a password as the central database keeps it. */
export function secretsEncrypt({ host, wiring, action }: App): Command {
  const command = new Command('secrets:encrypt')
    .summary('encrypt a tenant password')
    .description(
      'Encrypts a password with DB_ENCRYPTION_KEY and prints it as the central database keeps it. The password is typed without an echo, or piped in; it is never an argument, which other users of the machine could see.',
    )
    .addOption(
      new Option(
        '--tenant <slug|id>',
        'the row that it is for; needed where DB_ENCRYPTION_FORMAT is v2, which binds it to that row',
      ),
    )
    .option(
      '--migration-user <user>',
      'encrypt for the column migrationPassword of that row, whose user this is',
    );
  return addTlsOptions(command)
    .addHelpText(
      'after',
      examples(
        'fanfold secrets:encrypt',
        'fanfold secrets:encrypt < password.txt',
        'pass show db/acme | fanfold secrets:encrypt --tenant acme-corp',
      ),
    )
    .action(
      action(async (options: Options) => {
        // A wrong key or name shows before somebody has typed the password.
        const sealer = await wiring.passwordEncryption();
        const { tenant, migrationUser } = options;
        if (sealer.format === 'v2' && tenant === undefined) throw tenantMissing();
        const { id, address } =
          tenant === undefined
            ? NO_ROW
            : await wiring.usingCentral(options, ({ directory }) => resolveName(directory, tenant));
        const row = { id, address: { ...address, user: migrationUser ?? address.user } };
        const password = await readSecret(host, 'Password');
        if (password === undefined) return EXIT.interrupted;
        if (password === '') host.stderr.write('Note: the password is empty.\n');
        host.stdout.write(`${await sealer.seal(row, password)}\n`);
        return EXIT.ok;
      }),
    );
}

function tenantMissing(): FanfoldError {
  return new FanfoldError(
    'RequestInvalid',
    'Passwords are written in version 2, which binds them to a row, and no tenant was named.',
    {
      fault: 'usage',
      nextStep:
        'Name the tenant: `fanfold secrets:encrypt --tenant <slug>`. A new one gets its row and its password by tenant:add.',
    },
  );
}
