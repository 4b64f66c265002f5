import { EXIT } from './exit-codes.ts';
import type { Host } from './host.ts';
import type { Screen } from './output/screen.ts';

/**
 * One Ctrl-C may arrive twice: the terminal signals the whole process group, and npm passes its own
 * signal on to its script. What follows this closely is the same one.
 */
const SAME_SIGNAL_MS = 300;

/**
 * Runs `work` so that the first Ctrl-C or SIGTERM only aborts the signal it is given, and the
 * second leaves at once.
 */
export async function usingInterruption<Result>(
  host: Host,
  screen: Screen,
  now: () => number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const stopListening = host.onSignal(() => {
    if (firstAt === undefined) {
      firstAt = now();
      screen.note([
        screen.err.palette.warn('Interrupted: finishing what runs. Ctrl-C again leaves at once.'),
      ]);
      controller.abort();
      return;
    }
    if (now() - firstAt < SAME_SIGNAL_MS) return;
    screen.hideProgress();
    screen.note([
      screen.err.palette.warn(
        'Left at once. A statement that was running may go on in its server; run it again later.',
      ),
    ]);
    host.leave(EXIT.interrupted);
  });
  try {
    return await work(controller.signal);
  } finally {
    stopListening();
  }
}
