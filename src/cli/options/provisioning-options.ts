import { type Command, Option } from 'commander';
import { addSetupOptions, type SetupOptions } from './setup-options.ts';

/** How databases and users of tenants are made. */
export interface ProvisioningOptions extends SetupOptions {
  readonly collation?: string;
  readonly accountsFrom?: string;
  readonly privileges?: string;
  readonly requireTls?: boolean;
}

/** Adds how databases and users of tenants are made, and how they are reached. */
export function addProvisioningOptions(command: Command): Command {
  command
    .optionsGroup('Database and user:')
    .addOption(
      new Option(
        '--collation <name>',
        "collation of the database, of utf8mb4 (default: the server's)",
      ).env('FANFOLD_COLLATION'),
    )
    .addOption(
      new Option('--accounts-from <host>', 'where users may log in from: %, 10.1.%, a host name')
        .env('FANFOLD_ACCOUNTS_FROM')
        .default('%'),
    )
    .addOption(
      new Option('--privileges <list>', 'what users may do in their database, with commas')
        .env('FANFOLD_PRIVILEGES')
        .default('ALL'),
    )
    .option(
      '--require-tls',
      'make users that the server refuses without TLS (default: wherever TLS is used)',
    )
    .option('--no-require-tls', 'make users that the server lets in without TLS');
  return addSetupOptions(command);
}
