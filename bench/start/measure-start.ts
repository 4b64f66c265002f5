import type { Command, Program } from '../programs/program.ts';
import { type Cost, runMeasured } from '../programs/run-measured.ts';
import { createDatabases, PREFIX } from '../scratch-databases.ts';
import type { ServerLogin } from '../server-login.ts';

/** Commands that are measured, in their order in the table. */
export const TASKS = ['help', 'nothing to do', 'one pending'] as const;

export type Task = (typeof TASKS)[number];

export interface StartSample extends Cost {
  readonly task: Task;
  /** Name of the program; `node` is a process that does nothing. */
  readonly name: string;
  readonly round: number;
}

export interface StartOptions {
  readonly rounds: number;
  /** Folder for the processes. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onRound: (round: number) => void;
}

/** The database of a program in a round. */
export function startDatabase(name: string, round: number): string {
  return `${PREFIX}start_${name.replaceAll('-', '_')}_${round}`;
}

/** A process that does nothing, which every program on Node is at least. */
const NOTHING: Command = { file: process.execPath, args: ['-e', '0'] };

/**
 * Measures one process of each program at a time, in turns. Round 0 does not count: it fills the caches of compiled
 * code, and those of the operating system.
 */
export async function measureStart(
  login: ServerLogin,
  programs: readonly Program[],
  help: Readonly<Record<string, Command>>,
  { rounds, folder, signal, onRound }: StartOptions,
): Promise<StartSample[]> {
  const samples: StartSample[] = [];
  for (let round = 0; round <= rounds; round++) {
    onRound(round);
    const add = async (task: Task, name: string, command: Command) => {
      const cost = await runMeasured(command, folder, signal);
      if (round > 0) samples.push({ task, name, round, ...cost });
    };
    for (const [name, command] of Object.entries({ node: NOTHING, ...help })) {
      await add('help', name, command);
    }
    for (const task of ['one pending', 'nothing to do'] as const) await add(task, 'node', NOTHING);
    const names = programs.map(({ name }) => startDatabase(name, round));
    await createDatabases(login, names, signal);
    for (const [index] of programs.entries()) {
      const program = programs[(index + round) % programs.length] as Program;
      const database = startDatabase(program.name, round);
      await runMeasured(program.migrate(database, 'fresh'), folder, signal);
      await add('one pending', program.name, program.migrate(database, 'one-pending'));
      await add('nothing to do', program.name, program.migrate(database, 'nothing-to-do'));
    }
  }
  return samples;
}
