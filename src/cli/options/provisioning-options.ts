import { type Command, Option } from 'commander';
import { addSetupOptions, type SetupOptions } from './setup-options.ts';

/** How databases and users of tenants are created. */
export interface ProvisioningOptions extends SetupOptions {
  readonly auth?: 'password' | 'iam';
  readonly collation?: string;
  readonly accountsFrom?: string;
  readonly privileges?: string;
  readonly migrationPrivileges?: string;
  readonly requireTls?: boolean;
}

/** Adds the options for creating databases and users of tenants, and for reaching them. */
export function addProvisioningOptions(command: Command): Command {
  command
    .optionsGroup('Database and user:')
    .addOption(
      new Option('--auth <how>', 'how users log in: iam is that of Amazon RDS (default: password)')
        .choices(['password', 'iam'])
        .env('FANFOLD_AUTH'),
    )
    .addOption(
      new Option(
        '--collation <name>',
        "utf8mb4 collation of the database (default: the server's)",
      ).env('FANFOLD_COLLATION'),
    )
    .addOption(
      new Option('--accounts-from <host>', 'hosts that users may log in from, such as 10.1.%')
        .env('FANFOLD_ACCOUNTS_FROM')
        .default('%'),
    )
    .addOption(
      new Option(
        '--privileges <list>',
        'privileges of users in their database, separated by commas (default: ALL; only on rows if a second user migrates)',
      ).env('FANFOLD_PRIVILEGES'),
    )
    .addOption(
      new Option(
        '--migration-privileges <list>',
        'create a second user for migrations with these privileges, such as ALL',
      ).env('FANFOLD_MIGRATION_PRIVILEGES'),
    )
    .option('--require-tls', 'create users that must connect with TLS (default: if TLS is used)')
    .option('--no-require-tls', 'create users that may connect without TLS');
  return addSetupOptions(command);
}
