import { EXIT } from './exit-codes.ts';
import type { Screen } from './output/screen.ts';
import type { Host } from './process/host.ts';
import type { ProcessWiring } from './wiring/wire-process.ts';

export interface InterruptionOptions {
  readonly host: Host;
  readonly screen: Screen;
  readonly wiring: Pick<ProcessWiring, 'now'>;
  /** The state after a second Ctrl-C. */
  readonly whenLeft: string;
}

/**
 * One Ctrl-C may arrive twice: the terminal signals the whole process group, and npm passes its own signal on
 * to its script. A second signal within this time is the same one.
 */
const SAME_SIGNAL_MS = 300;

/**
 * Runs `work` so that the first Ctrl-C or SIGTERM only aborts its signal, and the second ends the process at
 * once with a message about the state.
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
      screen.warn(
        'Interrupted: finishing what is in progress. Press Ctrl-C again to quit at once.',
      );
      controller.abort();
      return;
    }
    if (wiring.now() - firstAt < SAME_SIGNAL_MS) return;
    screen.hideProgress();
    screen.warn(`Quit at once. ${whenLeft}`);
    host.leave(EXIT.interrupted);
  });
  try {
    return await work(controller.signal);
  } finally {
    stopListening();
  }
}
