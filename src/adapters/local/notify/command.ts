import { spawn } from 'node:child_process';
import { FanfoldError } from '../../../core/errors.ts';
import type { NotificationChannel } from '../../../core/notify/create-teller.ts';
import type { RunNotification } from '../../../core/wire/notification-schema.ts';

type Variables = Readonly<Record<string, string | undefined>>;

const TIMEOUT_MS = 30_000;

/** Variables that a command which only sends a notification does not need. */
const SECRETS = new Set([
  'CENTRAL_DATABASE_URL',
  'DB_ENCRYPTION_KEY',
  'DB_ENCRYPTION_KEY_FILE',
  'FANFOLD_ADMIN_URL',
  'FANFOLD_ADMIN_FILE',
]);

/**
 * A command of the shell that is run for each notification, which it reads on standard input as JSON; its change,
 * run and text are in variables as well. It gets the environment without our secrets. What it prints
 * is dropped, since standard output belongs to the run.
 */
export function createNotifyCommand(
  command: string,
  env: Variables,
  timeoutMs = TIMEOUT_MS,
): NotificationChannel {
  return {
    name: 'The command of --notify-command',
    send: (notification) =>
      new Promise((resolve, reject) => {
        const child = spawn(command, {
          shell: true,
          // A separate process group, so that the time limit also ends programs that the shell has started.
          detached: process.platform !== 'win32',
          env: variablesFor(notification, env),
          stdio: ['pipe', 'ignore', 'ignore'],
        });
        let isLate = false;
        const timer = setTimeout(() => {
          isLate = true;
          endGroup(child.pid);
        }, timeoutMs);
        child.once('error', (error: NodeJS.ErrnoException) => {
          clearTimeout(timer);
          reject(failed(`it cannot be started (${error.code ?? 'unknown reason'}).`));
        });
        child.once('exit', (exitCode, signal) => {
          clearTimeout(timer);
          if (exitCode === 0) resolve();
          else if (isLate) reject(failed(`it did not end within ${timeoutMs / 1_000} s.`));
          else reject(failed(`it ended with ${signal ?? `exit code ${exitCode}`}.`));
        });
        // A command that reads nothing closes its input early.
        child.stdin?.on('error', () => {});
        child.stdin?.end(`${JSON.stringify(notification)}\n`);
      }),
  };
}

function variablesFor({ change, runId, text, wave }: RunNotification, env: Variables): Variables {
  const kept = Object.entries(env).filter(([name]) => !SECRETS.has(name));
  return {
    ...Object.fromEntries(kept),
    FANFOLD_CHANGE: change,
    FANFOLD_RUN_ID: runId,
    FANFOLD_TEXT: text,
    ...(wave !== undefined && { FANFOLD_WAVE: String(wave) }),
  };
}

function endGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Only once, because the effects of a failed command are unknown, and it may retry by itself. */
function failed(why: string): FanfoldError {
  return new FanfoldError('NotificationFailed', why, {
    fault: 'configuration',
    nextStep: 'Try the command by hand, with a line of JSON on its standard input.',
  });
}
