import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onlineProgramMissing } from '../../core/safety/online/online-errors.ts';

/** How a program of this machine is started. */
export interface ProgramOptions {
  /** A path, or a name to look for in `PATH`. */
  readonly path: string;
  /** The certificates to trust for a host, in PEM; `undefined` for a connection that is not encrypted. */
  readonly certificatesFor: (host: string) => string | readonly string[] | undefined;
  /** The environment of this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const START_MS = 20_000;
const run = promisify(execFile);

/**
 * Runs a program for what it says about itself.
 *
 * @param unfit the reason why it is of no use, for the case that it fails
 * @returns its output
 * @throws FanfoldError `OnlineProgramMissing`
 */
export async function askProgram(
  { path, env }: Pick<ProgramOptions, 'path' | 'env'>,
  args: readonly string[],
  unfit: string,
): Promise<string> {
  try {
    const { stdout, stderr } = await run(path, args, { env, timeout: START_MS });
    return stdout + stderr;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw onlineProgramMissing(path, 'there is no such program');
    if (code === 'EACCES') throw onlineProgramMissing(path, 'it is not executable');
    throw onlineProgramMissing(path, unfit);
  }
}

/** Gives `use` a folder that only this user reads, and removes it afterwards. */
export async function usingPrivateFolder<Result>(
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'fanfold-online-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the certificates to trust for a host into a file. `undefined` if the connection is not encrypted. */
export async function certificateFile(
  folder: string,
  { certificatesFor }: ProgramOptions,
  host: string,
): Promise<string | undefined> {
  const certificates = certificatesFor(host);
  if (certificates === undefined) return undefined;
  const path = join(folder, 'ca.pem');
  await writeFile(path, [certificates].flat().join('\n'), { mode: 0o600 });
  return path;
}

/** A program's own words as a sentence, without the password. */
export function wordsOf(said: string, password: string, code: number): string {
  const words = password === '' ? said : said.replaceAll(password, '***');
  if (words === '') return `It ended with ${code}.`;
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
