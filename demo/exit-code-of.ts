import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';

/**
 * Waits for the end of a process. If the demo is interrupted, passes that on, still waits
 * and throws then: no command outlives the demo, also if only the demo was signalled.
 */
export async function exitCodeOf(child: ChildProcess, signal: AbortSignal): Promise<number> {
  const interrupt = () => child.kill('SIGINT');
  const kill = () => child.kill('SIGKILL');
  signal.addEventListener('abort', interrupt);
  process.once('exit', kill);
  try {
    const [exitCode, killedBy] = (await once(child, 'close')) as
      | [exitCode: number, killedBy: null]
      | [exitCode: null, killedBy: NodeJS.Signals];
    signal.throwIfAborted();
    // The exit code by which a shell reports a command that was killed.
    return exitCode ?? 128 + constants.signals[killedBy];
  } finally {
    signal.removeEventListener('abort', interrupt);
    process.off('exit', kill);
  }
}
