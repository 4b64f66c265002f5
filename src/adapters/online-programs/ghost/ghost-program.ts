import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  OnlineProgram,
  OnlineTask,
  ProgramProgress,
} from '../../../core/safety/online/online-program.ts';
import {
  askProgram,
  certificateFile,
  type ProgramOptions,
  usingPrivateFolder,
  wordsOf,
} from '../program-run.ts';
import { runWatched } from '../run-watched.ts';
import { type GhostFiles, ghostArguments } from './ghost-arguments.ts';
import { ghostProgress } from './ghost-progress.ts';

const [USER, PASSWORD] = ['FANFOLD_ONLINE_USER', 'FANFOLD_ONLINE_PASSWORD'];
const SETTINGS = `[client]\nuser=\${${USER}}\npassword=\${${PASSWORD}}\n`;
const NEEDED = ['--checkpoint', '--resume', '--panic-on-warnings'];

/** gh-ost, as a program on this machine. */
export function createGhostProgram(options: ProgramOptions): OnlineProgram {
  return {
    name: 'gh-ost',
    async run(task, isTimeUp, onProgress) {
      const unfit = `it does not take ${NEEDED.join(', ')}`;
      await askProgram(options, ['--check-flag', ...NEEDED], unfit);
      return usingPrivateFolder(async (folder) =>
        runGhost(task, isTimeUp, await filesIn(folder, task.login.host), onProgress),
      );
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
      if (words !== undefined) said = words;
    };
    const secrets = { ...options.env, [USER]: user, [PASSWORD]: password };
    const args = ghostArguments(task, files);
    const { code, wasStopped } = await runWatched(options.path, args, secrets, onLine, isTimeUp);
    if (code === 0) return { end: 'changed' } as const;
    if (wasStopped) return { end: 'stopped' } as const;
    const mayResume = hasCopied && !/SQL warnings/i.test(said);
    return { end: 'failed', said: wordsOf(said, password, code), mayResume } as const;
  }

  async function filesIn(folder: string, host: string): Promise<GhostFiles> {
    const settings = join(folder, 'client.cnf');
    await writeFile(settings, SETTINGS, { mode: 0o600 });
    const certificates = await certificateFile(folder, options, host);
    return { settings, socket: join(folder, 'ghost.sock'), certificates };
  }
}
