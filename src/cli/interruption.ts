import { EXIT } from './exit-codes.ts';
import type { Host } from './host.ts';
import type { Screen } from './output/screen.ts';
import type { Wiring } from './wiring.ts';

export interface InterruptionOptions {
  readonly host: Host;
  readonly screen: Screen;
  readonly wiring: Pick<Wiring, 'now'>;
  /** How things stand where it was left at once. */
  readonly whenLeft: string;
}

/**
 * One Ctrl-C may arrive twice: the terminal signals the whole process group, and npm passes its own
 * signal on to its script. What follows this closely is the same one.
 */
const SAME_SIGNAL_MS = 300;

/**
 * Runs `work` so that the first Ctrl-C or SIGTERM only aborts the signal it is given, and the
 * second leaves at once, with a word on how things then stand.
 */
export async function usingInterruption<Result>(
  { host, screen, wiring, whenLeft }: InterruptionOptions,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const stopListening = host.onSignal(() => {
    if (firstAt === undefined) {
      firstAt = wiring.now();
      screen.warn('Interrupted: finishing what runs. Ctrl-C again leaves at once.');
      controller.abort();
      return;
    }
    if (wiring.now() - firstAt < SAME_SIGNAL_MS) return;
    screen.hideProgress();
    screen.warn(`Left at once. ${whenLeft}`);
    host.leave(EXIT.interrupted);
  });
  try {
    return await work(controller.signal);
  } finally {
    stopListening();
  }
}
