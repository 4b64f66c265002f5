import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Command } from './program.ts';

const run = promisify(execFile);

/** The cost of one process. */
export interface Cost {
  /** Processor time of the process and of those that it started, user and system, in milliseconds. */
  readonly cpuMs: number;
  readonly wallMs: number;
}

/** Marks the line with the times, after whatever the program has printed. */
const MARK = 'fanfold-bench-times';

/** Bash reports times of its children in milliseconds; Node has them of itself only. */
const TIMED = `TIMEFORMAT='${MARK} %U %S %R'; time "$@" >/dev/null`;

/** Runs a process and measures it. Throws with what it printed if it fails. */
export async function runMeasured(
  { file, args, env = {}, cwd }: Command,
  folder: string,
  signal: AbortSignal,
): Promise<Cost> {
  const { stderr } = await run('bash', ['-c', TIMED, 'bash', file, ...args], {
    cwd: cwd ?? folder,
    env: { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1', ...env },
    signal,
    maxBuffer: 1 << 26,
  });
  const [, user, system, real] =
    new RegExp(`${MARK} ([\\d.]+) ([\\d.]+) ([\\d.]+)`).exec(stderr) ?? [];
  if (real === undefined) throw new Error(`${file} was not measured: ${stderr}`);
  return { cpuMs: 1_000 * (Number(user) + Number(system)), wallMs: 1_000 * Number(real) };
}
