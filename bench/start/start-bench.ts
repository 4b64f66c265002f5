import {
  centralOfBench,
  type InstalledFanfold,
  installFanfold,
  migrateDatabase,
  migrateTenant,
} from '../programs/fanfold-command.ts';
import { knexCommand } from '../programs/knex-command.ts';
import type { Peers } from '../programs/peer-packages.ts';
import type { Command, MissingProgram, Program } from '../programs/program.ts';
import { knexScript } from '../programs/script-programs.ts';
import { sqlPrograms } from '../programs/sql-programs.ts';
import { writeMigrations } from '../programs/write-migrations.ts';
import { createDatabases, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';
import { measureStart, type StartOptions, startDatabase } from './measure-start.ts';
import { startTable } from './start-table.ts';

const CENTRAL = `${PREFIX}start_central`;

/** Measures the start of our command beside that of others, and returns the table. */
export async function startBench(
  login: ServerLogin,
  peers: Peers,
  options: StartOptions,
): Promise<string> {
  const { folder, rounds, signal } = options;
  await writeMigrations(folder);
  const installed = await installFanfold(folder);
  await createDatabases(login, [CENTRAL], signal);
  const tenants = Array.from({ length: rounds + 1 }, (_, round) =>
    startDatabase('fanfold-central', round),
  );
  const central = await centralOfBench(installed, login, folder, CENTRAL, tenants);
  const programs = [
    migrateDatabase(installed, login, folder),
    migrateTenant(central),
    await knexScript(login, folder),
    await knexCommand(login, folder),
    ...sqlPrograms(login, folder, peers),
  ];
  const runnable = programs.filter((program): program is Program => !('missing' in program));
  const help = helpOf(installed, runnable);
  return startTable(await measureStart(login, runnable, help, options), programs);
}

/** The commands that print a help, by program. */
function helpOf(
  { command, project }: InstalledFanfold,
  programs: readonly (Program | MissingProgram)[],
): Record<string, Command> {
  const found = programs.flatMap((program): [string, Command][] => {
    if ('missing' in program) return [];
    const { file, args, env } = program.migrate('none', 'fresh');
    if (program.name === 'fanfold') {
      const given = { file, args: [command, '--help'], cwd: project };
      return [[program.name, env === undefined ? given : { ...given, env }]];
    }
    if (program.name === 'knex') return [[program.name, { file, args: [args[0] ?? '', '--help'] }]];
    return program.name in FLAGS
      ? [[program.name, { file, args: [FLAGS[program.name] ?? ''] }]]
      : [];
  });
  return Object.fromEntries(found);
}

const FLAGS: Readonly<Record<string, string>> = {
  dbmate: '--help',
  goose: '--help',
  'golang-migrate': '-help',
};
