import { Command, Option } from 'commander';
import { moveTenant } from '../../core/credentials/move-tenant.ts';
import { FanfoldError } from '../../core/errors.ts';
import { resolveName } from '../../core/list/resolve-names.ts';
import { serverName, type Tenant } from '../../core/tenant.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import {
  addConnectionOptions,
  type ConnectionSetupOptions,
} from '../options/connection-options.ts';
import { examples } from '../options/examples.ts';
import { wholeNumber } from '../options/parse-number.ts';
import { printable } from '../output/printable.ts';
import { usingScreen } from '../output/screen.ts';
import { readSecret } from '../read-secret.ts';

interface Options extends ConnectionSetupOptions {
  readonly host?: string;
  readonly port?: number;
  readonly database?: string;
  readonly user?: string;
  readonly passwordStdin?: boolean;
}

/** `tenant:move <slug|id>`: another address for a tenant whose database is there already. */
export function tenantMove({ host, wiring, action }: App): Command {
  const command = new Command('tenant:move')
    .summary('point a tenant at another host, database or user')
    .description(
      'Changes where the database of a tenant is, once it answers there to the password of the tenant, and encrypts the password anew: in version 2 it is bound to the address. Moves no data; best done while the tenant is SUSPENDED.',
    )
    .argument('<slug|id>', 'which tenant')
    .option('--host <host>', 'the new host')
    .addOption(new Option('--port <port>', 'the new port').argParser(wholeNumber(1, 65_535)))
    .option('--database <database>', 'the new name of the database')
    .option('--user <user>', 'the new user')
    .option('--password-stdin', 'read a new password from standard input');
  return addConnectionOptions(command)
    .addHelpText(
      'after',
      examples(
        'npm run tenant:move acme-corp -- --host db2.example.com',
        'fanfold tenant:move acme-corp --user acme2 --password-stdin < password.txt',
      ),
    )
    .action(
      action(async (name: string, options: Options) => {
        const { port, database, user } = options;
        const parts = { host: options.host, port, database, user };
        if (Object.values(parts).every((part) => part === undefined)) throw nothingToMove();
        const tools = await wiring.credentials(options);
        const password =
          options.passwordStdin === true ? await readSecret(host, 'Password') : undefined;
        if (options.passwordStdin === true && password === undefined) return EXIT.interrupted;
        const [before, after] = await wiring.usingCentral(
          options,
          async ({ directory, credentials: registry }): Promise<[Tenant, Tenant]> => {
            const tenant = await resolveName(directory, name);
            const moving = { ...tools, registry };
            return [tenant, await moveTenant({ id: tenant.id, ...parts, password }, moving)];
          },
        );
        return usingScreen(host, async (screen) => {
          screen.print([
            `✅ ${printable(before.slug)} is at ${where(after)} now; it was at ${where(before)}`,
          ]);
          return EXIT.ok;
        });
      }),
    );
}

function where({ address }: Tenant): string {
  return printable(`${address.user}@${serverName(address)}/${address.database}`);
}

function nothingToMove(): FanfoldError {
  return new FanfoldError('RequestInvalid', 'Nothing was said of where the tenant is to be.', {
    fault: 'usage',
    nextStep: 'Name what changes: --host, --port, --database, --user.',
  });
}
