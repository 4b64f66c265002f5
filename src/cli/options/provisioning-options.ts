import { type Command, Option } from 'commander';
import { addSetupOptions, type SetupOptions } from './setup-options.ts';

/** How databases and users of tenants are made. */
export interface ProvisioningOptions extends SetupOptions {
  readonly collation?: string;
  readonly accountsFrom?: string;
  readonly privileges?: string;
  readonly migrationPrivileges?: string;
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
      new Option(
        '--privileges <list>',
        'what users may do in their database, with commas (default: ALL; beside a user that migrates, to work with rows)',
      ).env('FANFOLD_PRIVILEGES'),
    )
    .addOption(
      new Option(
        '--migration-privileges <list>',
        'make a second user that migrates, with these privileges, such as ALL',
      ).env('FANFOLD_MIGRATION_PRIVILEGES'),
    )
    .option(
      '--require-tls',
      'make users that the server refuses without TLS (default: wherever TLS is used)',
    )
    .option('--no-require-tls', 'make users that the server lets in without TLS');
  return addSetupOptions(command);
}
