import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onlineProgramMissing } from '../../../core/safety/online/online-errors.ts';
import type {
  OnlineProgram,
  OnlineTask,
  ProgramEnd,
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
import { spiritArguments } from './spirit-arguments.ts';
import { mayResumeSpirit, spiritReason, spiritWords } from './spirit-failure.ts';
import { spiritProgress } from './spirit-progress.ts';
import { spiritSettings } from './spirit-settings.ts';

const NEEDED = ['--buffered', '--skip-force-kill', '--strict', '--tls-ca', '--lock-wait-timeout'];
/** Such as `2026/12/01 12:00:00 INFO Starting spirit migration …`. */
const LOG_LINE = /^\S+ \S+ (?:INFO|WARN|ERROR) /;
/** Spirit asks three times for a lock that others hold. So often it is started again, to ask once more. */
const LOCK_ROUNDS = 10;

/** Spirit, as a program on this machine. */
export function createSpiritProgram(options: ProgramOptions): OnlineProgram {
  return {
    name: 'Spirit',
    async run(task, isTimeUp, onProgress) {
      const unfit = `it does not take ${NEEDED.join(', ')}, as version 0.12.0 does`;
      const help = await askProgram(options, ['migrate', '--help'], unfit);
      if (NEEDED.some((each) => !help.includes(each)))
        throw onlineProgramMissing(options.path, unfit);
      return usingPrivateFolder((folder) => rounds(task, isTimeUp, folder, onProgress));
    },
  };

  async function rounds(
    task: OnlineTask,
    isTimeUp: () => boolean,
    folder: string,
    onProgress: (progress: ProgramProgress) => void,
  ): Promise<ProgramEnd> {
    const { user, password, host } = task.login;
    const text = spiritSettings(user, password);
    if (text === undefined) {
      const said = 'Its file of settings cannot have this password: it has %( or a line break.';
      return { end: 'failed', said, mayResume: false };
    }
    const certificates = await certificateFile(folder, options, host);
    const settings = join(folder, 'client.cnf');
    for (let round = 1; ; round++) {
      await writeFile(settings, text, { mode: 0o600 });
      const { code, wasStopped, words } = await once(
        spiritArguments(task, { settings, certificates }),
        settings,
        isTimeUp,
        onProgress,
      );
      if (code === 0) return { end: 'changed' };
      if (wasStopped) return { end: 'stopped' };
      if (words.lockedOut && round < LOCK_ROUNDS && !isTimeUp()) continue;
      const said = wordsOf(spiritReason(words), password, code);
      return { end: 'failed', said, mayResume: mayResumeSpirit(words) };
    }
  }

  async function once(
    args: readonly string[],
    settings: string,
    isTimeUp: () => boolean,
    onProgress: (progress: ProgramProgress) => void,
  ) {
    const progressOf = spiritProgress(() => performance.now());
    const { add, words } = spiritWords();
    let hasRead = false;
    const onLine = (line: string) => {
      // It has read the login by its first line, so that the file need not stay for hours.
      if (!hasRead && LOG_LINE.test(line)) {
        hasRead = true;
        void rm(settings, { force: true });
      }
      add(line);
      const progress = progressOf(line);
      if (progress !== undefined) onProgress(progress);
    };
    // Times of the binary log are written in the time zone of the process, those of its sessions in UTC.
    const env = { ...options.env, TZ: 'UTC' };
    const ended = await runWatched(options.path, args, env, onLine, isTimeUp);
    return { ...ended, words: words() };
  }
}
