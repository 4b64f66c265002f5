import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onlineProgramMissing } from '../../core/safety/online/online-errors.ts';
import { ghostTables } from '../../core/safety/online/online-leftovers.ts';
import type {
  OnlineProgram,
  OnlineTask,
  ProgramProgress,
} from '../../core/safety/online/online-program.ts';
import { type GhostFiles, ghostArguments } from './ghost-arguments.ts';
import { ghostProgress } from './ghost-progress.ts';
import { runWatched } from './run-watched.ts';

const run = promisify(execFile);

export interface GhostProgramOptions {
  /** A path, or a name to look for in `PATH`. */
  readonly path: string;
  /** The certificates to trust for a host, in PEM; `undefined` for a connection that is not encrypted. */
  readonly certificatesFor: (host: string) => string | readonly string[] | undefined;
  /** The environment of this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

const [USER, PASSWORD] = ['FANFOLD_ONLINE_USER', 'FANFOLD_ONLINE_PASSWORD'];
const SETTINGS = `[client]\nuser=\${${USER}}\npassword=\${${PASSWORD}}\n`;

/** gh-ost, as a program on this machine. */
export function createGhostProgram({
  path,
  certificatesFor,
  env,
}: GhostProgramOptions): OnlineProgram {
  return {
    name: 'gh-ost',
    tablesOf: ghostTables,
    async run(task, isTimeUp, onProgress) {
      await checkProgram(path, env);
      const folder = await mkdtemp(join(tmpdir(), 'fanfold-online-'));
      try {
        return await runGhost(
          task,
          isTimeUp,
          await filesIn(folder, certificatesFor(task.login.host)),
          onProgress,
        );
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };

  async function runGhost(
    task: OnlineTask,
    isTimeUp: () => boolean,
    files: GhostFiles,
    onProgress: (progress: ProgramProgress) => void,
  ) {
    const { user, password } = task.login;
    let said = '';
    let hasCopied = false;
    const progressOf = ghostProgress(() => performance.now());
    const onLine = (line: string) => {
      const progress = progressOf(line);
      if (progress !== undefined) onProgress(progress);
      hasCopied ||= progress !== undefined;
      const [, words] = /^\S+ \S+ (?:FATAL|ERROR) (.+)$/.exec(line) ?? [];
      if (words !== undefined) said = password === '' ? words : words.replaceAll(password, '***');
    };
    const secrets = { ...env, [USER]: user, [PASSWORD]: password };
    const args = ghostArguments(task, files);
    const { code, wasStopped } = await runWatched(path, args, secrets, onLine, isTimeUp);
    if (code === 0) return { end: 'changed' } as const;
    if (wasStopped) return { end: 'stopped' } as const;
    const mayResume = hasCopied && !/SQL warnings/i.test(said);
    return {
      end: 'failed',
      said: said === '' ? `It ended with ${code}.` : sentence(said),
      mayResume,
    } as const;
  }
}

/** Throws `OnlineProgramMissing` unless the program is there and has the options that Fanfold relies on. */
async function checkProgram(path: string, env: GhostProgramOptions['env']): Promise<void> {
  const needed = ['--checkpoint', '--resume', '--panic-on-warnings'];
  try {
    await run(path, ['--check-flag', ...needed], { env, timeout: 20_000 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw onlineProgramMissing(path, 'there is no such program');
    if (code === 'EACCES') throw onlineProgramMissing(path, 'it is not executable');
    const why = `it does not take ${needed.join(', ')}`;
    throw onlineProgramMissing(path, why);
  }
}

async function filesIn(
  folder: string,
  certificates: string | readonly string[] | undefined,
): Promise<GhostFiles> {
  const settings = join(folder, 'client.cnf');
  await writeFile(settings, SETTINGS, { mode: 0o600 });
  const files = { settings, socket: join(folder, 'ghost.sock') };
  if (certificates === undefined) return { ...files, certificates: undefined };
  const path = join(folder, 'ca.pem');
  await writeFile(path, [certificates].flat().join('\n'), { mode: 0o600 });
  return { ...files, certificates: path };
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
