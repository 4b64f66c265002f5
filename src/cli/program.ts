import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { App } from './app.ts';
import { COMMAND_GROUPS, type CommandEntry } from './command-groups.ts';
import { addEnvironmentOption, readsConfig, useConfig } from './options/config-options.ts';
import { createLook, type OutputStream } from './output/look.ts';
import { createPalette, plainPalette } from './output/palette.ts';
import { printable } from './output/printable.ts';
import { renderCommands } from './output/render-commands.ts';
import { wrapText } from './output/wrap-text.ts';
import type { Wiring } from './wiring/create-wiring.ts';

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

/**
 * Creates the command line. Parse errors are thrown as `CommanderError`s.
 *
 * @param argv the words of the command line: commands that are not among them have a name and a summary, and
 *   nothing else. `all` loads every command.
 */
export async function createProgram(
  app: App<Wiring>,
  argv: readonly string[] | 'all',
): Promise<Command> {
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
  const entries = Object.values(COMMAND_GROUPS).flat();
  const isNamed = ({ name }: CommandEntry) => argv === 'all' || argv.includes(name);
  const isWanted = entries.some((entry) => entry.seesAll && isNamed(entry)) ? () => true : isNamed;
  for (const [heading, group] of Object.entries(COMMAND_GROUPS)) {
    for (const entry of group) {
      const command = isWanted(entry) ? await loaded(entry, app, program) : new Command(entry.name);
      program.addCommand(command.summary(entry.summary).helpGroup(heading));
    }
  }
  return program.hook('preAction', async (_program, command) => {
    if (readsConfig(command)) await useConfig(app, command);
  });
}

async function loaded(entry: CommandEntry, app: App<Wiring>, program: Command): Promise<Command> {
  const create = await entry.load();
  const command = create(app).copyInheritedSettings(program);
  // Rendered before it is wrapped, which would break a command to type into lines.
  command.description(renderCommands(command.description(), app.host.invocation, plainPalette));
  for (const part of command.commands) part.copyInheritedSettings(command);
  for (const each of command.commands.length > 0 ? command.commands : [command]) {
    if (readsConfig(each)) addEnvironmentOption(each);
  }
  return command;
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
