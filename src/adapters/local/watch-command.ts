import { type ChildProcess, spawn } from 'node:child_process';
import type { WatchVerdict } from '../../core/rollout/rollout.ts';
import { cutToBytes } from '../../core/wording/cut-to-bytes.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';

/** A command that has not ended by then shows nothing. */
const LIMIT_MS = 10 * 60_000;
const SHOWN_BYTES = 300;
/** The end of what a command printed is kept, whatever it prints. */
const KEPT_CHARACTERS = 4_096;

/**
 * Runs a command in the user's shell and reads all is well from its exit code 0. The command itself is
 * not named in the verdict, because it may contain a token. Never rejects; the signal ends the command.
 */
export function runWatchCommand(
  command: string,
  signal: AbortSignal,
  limitMs = LIMIT_MS,
): Promise<WatchVerdict> {
  return new Promise((resolve) => {
    // A separate process group, so that programs that the shell started end with it.
    const child = spawn(command, {
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const keep = (text: string) => {
      output = (output + text).slice(-KEPT_CHARACTERS);
    };
    child.stdout?.setEncoding('utf8').on('data', keep);
    child.stderr?.setEncoding('utf8').on('data', keep);
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      killGroup(child);
    }, limitMs);
    const end = () => killGroup(child);
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    const settle = (verdict: WatchVerdict) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve(verdict);
    };
    child.once('error', ({ message }) => {
      settle(isNotWell(`could not be started: ${message}`, ''));
    });
    child.once('close', (code, killedBy) => {
      if (isLate) {
        return settle(isNotWell(`did not end within ${formatDuration(limitMs)}`, output));
      }
      if (code === 0) return settle({ isWell: true });
      const how = code === null ? `was ended by ${killedBy}` : `ended with exit code ${code}`;
      return settle(isNotWell(how, output));
    });
  });
}

function isNotWell(how: string, output: string): WatchVerdict {
  const last = output.trim().split('\n').at(-1)?.trim() ?? '';
  const said = last === '' ? '.' : `: ${cutToBytes(last, SHOWN_BYTES)}`;
  const message = `The command of --watch ${how}${said}`;
  return { isWell: false, message: /[.!?]$/.test(message) ? message : `${message}.` };
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}
