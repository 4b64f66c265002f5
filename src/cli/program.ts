import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { App } from './app.ts';
import { approve, reject } from './commands/approve.ts';
import { completion } from './commands/completion.ts';
import { config } from './commands/config.ts';
import { follow } from './commands/follow.ts';
import { init } from './commands/init.ts';
import { migrateAllTenants } from './commands/migrate-all-tenants.ts';
import { migrateBaseline } from './commands/migrate-baseline.ts';
import { migrateDoctor } from './commands/migrate-doctor.ts';
import { migrateLatest } from './commands/migrate-latest.ts';
import { migrateLint } from './commands/migrate-lint.ts';
import { migrateMake } from './commands/migrate-make.ts';
import { migratePlan } from './commands/migrate-plan.ts';
import { migrateResolve } from './commands/migrate-resolve.ts';
import { migrateRetry } from './commands/migrate-retry.ts';
import { migrateRollback } from './commands/migrate-rollback.ts';
import { migrateRollbackRun } from './commands/migrate-rollback-run.ts';
import { migrateRollbackTenants } from './commands/migrate-rollback-tenants.ts';
import { migrateStatus } from './commands/migrate-status.ts';
import { migrateTenant } from './commands/migrate-tenant.ts';
import { runs } from './commands/runs.ts';
import { schema } from './commands/schema.ts';
import { secretsEncrypt } from './commands/secrets-encrypt.ts';
import { secretsRotate } from './commands/secrets-rotate.ts';
import { stop } from './commands/stop.ts';
import { tenantAdd } from './commands/tenant-add.ts';
import { tenantList } from './commands/tenant-list.ts';
import { tenantMove } from './commands/tenant-move.ts';
import { tenantPassword } from './commands/tenant-password.ts';
import { tenantProvision } from './commands/tenant-provision.ts';
import { tenantRotatePassword } from './commands/tenant-rotate-password.ts';
import { tenantStatus } from './commands/tenant-status.ts';
import { throttle } from './commands/throttle.ts';
import { addEnvironmentOption, readsConfig, useConfig } from './options/config-options.ts';
import { createLook, type OutputStream } from './output/look.ts';
import { createPalette, plainPalette } from './output/palette.ts';
import { printable } from './output/printable.ts';
import { renderCommands } from './output/render-commands.ts';
import { wrapText } from './output/wrap-text.ts';
import type { Wiring } from './wiring/create-wiring.ts';

const GROUPS = {
  'Getting started:': [init, config],
  'Migrating tenants:': [
    migrateMake,
    migrateLint,
    migratePlan,
    migrateTenant,
    migrateAllTenants,
    migrateStatus,
    migrateRetry,
    approve,
    reject,
    runs,
  ],
  'Rolling back and repairing:': [
    migrateRollbackRun,
    migrateRollbackTenants,
    migrateDoctor,
    migrateResolve,
    migrateBaseline,
  ],
  'Runs on AWS:': [follow, stop, throttle],
  'Tenants:': [
    tenantList,
    tenantProvision,
    tenantAdd,
    tenantMove,
    tenantStatus,
    tenantPassword,
    tenantRotatePassword,
  ],
  'Central database:': [migrateLatest, migrateRollback, secretsEncrypt, secretsRotate],
  'Tools:': [schema, completion],
};

const ENVIRONMENT = `
Environment variables, also read from .env in the current folder:
  CENTRAL_DATABASE_URL    mysql://user:password@host:3306/database
  DB_ENCRYPTION_KEY       32-byte key of the tenant passwords, or a key ring as
                          JSON (DB_ENCRYPTION_KEY_FILE: a file that contains it)
  DB_ENCRYPTION_FORMAT    v2 binds new passwords to their row (default: v1)
  FANFOLD_ADMIN_URL       mysql://admin:password@host:3306, to create databases
                          and users (FANFOLD_ADMIN_FILE: a JSON file by server)
  FANFOLD_ENV             environment in fanfold.config.ts
  FANFOLD_DEBUG=1         print stack traces, to report a bug
  NO_COLOR, FORCE_COLOR   turn colors off, or on without a terminal
  AWS_REGION, AWS_PROFILE, and all other variables of the AWS SDK, for --aws

Exit codes:
  0 success   1 a tenant failed   2 wrong command line
  3 configuration or central database   130 interrupted`;

/** Creates the whole command line. Parse errors are thrown as `CommanderError`s. */
export function createProgram(app: App<Wiring>): Command {
  const { host } = app;
  const shown = (text: string, stream: OutputStream) =>
    renderCommands(text, host.invocation, createPalette(stream));
  const program = new Command('fanfold')
    .description('Schema migrations for fleets with one MySQL database per tenant.')
    .usage('<command> [options]')
    .version(packageJson.version, '-V, --version', 'show the version')
    .helpCommand('help [command]', 'show the help of a command')
    .helpOption('-h, --help', 'show this help')
    // Without arguments, which are in the help of the command, the list fits into 80 columns.
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .exitOverride()
    .showHelpAfterError('Add --help to the command for its options and examples.')
    .configureOutput({
      writeOut: (text) => host.stdout.write(shown(text, host.stdout)),
      writeErr: (text) => host.stderr.write(shown(text, host.stderr)),
      getOutHelpWidth: () => host.stdout.columns ?? 80,
      getErrHelpWidth: () => host.stderr.columns ?? 80,
      outputError: (text, write) => write(errorText(text, app)),
    })
    .addHelpText('after', ENVIRONMENT);
  for (const [heading, commands] of Object.entries(GROUPS)) {
    for (const create of commands) {
      const command = create(app).copyInheritedSettings(program).helpGroup(heading);
      // Rendered before it is wrapped, which would break a command to type into lines.
      command.description(renderCommands(command.description(), host.invocation, plainPalette));
      for (const part of command.commands) part.copyInheritedSettings(command);
      for (const each of command.commands.length > 0 ? command.commands : [command]) {
        if (readsConfig(each)) addEnvironmentOption(each);
      }
      program.addCommand(command);
    }
  }
  return program.hook('preAction', async (_program, command) => {
    if (readsConfig(command)) await useConfig(app, command);
  });
}

/** Commander's message about a wrong command line, in the form of the other errors. */
function errorText(text: string, { host }: App): string {
  const { palette, width } = createLook(host.stderr);
  const lines = text
    .replace(/^error: /, 'Error: ')
    .trimEnd()
    .split('\n');
  const wrapped = lines.flatMap((line) => wrapText(printable(line), width));
  return `${wrapped.map(palette.bad).join('\n')}\n\n`;
}
