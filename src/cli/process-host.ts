import { fstatSync } from 'node:fs';
import type { Host } from './host.ts';

/** The real process as a host. */
export function createProcessHost(): Host {
  ignoreClosedPipes();
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    pipesOutput: isPipe(process.stdout.fd),
    env: process.env,
    onSignal(listener) {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
    onStrayRejection(listener) {
      process.on('unhandledRejection', listener);
      return () => process.off('unhandledRejection', listener);
    },
    leave: (exitCode) => process.exit(exitCode),
  };
}

function isPipe(descriptor: number): boolean {
  try {
    const file = fstatSync(descriptor);
    return file.isFIFO() || file.isSocket();
  } catch {
    // Closed from the start: `>&-`.
    return false;
  }
}

/**
 * `fanfold tenant:list | head` closes our output while we write. That is no reason to stop, least of
 * all in the middle of a run: what is written from then on goes nowhere.
 */
function ignoreClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
