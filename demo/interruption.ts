/**
 * One Ctrl-C may arrive twice: the terminal signals every process in it, and npm passes its own signal on. A
 * signal that follows within this time is the same one.
 */
const SAME_SIGNAL_MS = 300;

/** Signals that end a process from outside: Ctrl-C, `kill`, a terminal that closes. */
const SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** 128 + SIGINT. */
export const INTERRUPTED_EXIT_CODE = 130;

/** Thrown if the demo was interrupted. */
export class Interrupted extends Error {}

/**
 * A signal that is aborted with {@link Interrupted} when somebody interrupts the demo or stops reading its
 * output. A second interruption ends the process at once.
 */
export function listenForInterruption(): AbortSignal {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const interrupt = () => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      controller.abort(new Interrupted('The demo was interrupted.'));
    } else if (performance.now() - firstAt >= SAME_SIGNAL_MS) {
      leave();
    }
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  for (const stream of [process.stdout, process.stderr]) {
    // `npm run demo | head`, or a terminal that is gone.
    stream.on('error', () => {
      if (firstAt === undefined) interrupt();
    });
  }
  return controller.signal;
}

function leave(): never {
  process.stderr.write(
    'Quit at once. A server of the demo ends with it; on one that FANFOLD_MYSQL_URL names,\n' +
      'databases and users called demo_… may be left.\n',
  );
  process.exit(INTERRUPTED_EXIT_CODE);
}
