import type { Host } from './host.ts';
import type { Screen } from './output/screen.ts';

/**
 * Keeps a promise that a migration forgot to wait for from ending the process in the middle of a
 * run: its rejection is told, and the other tenants go on.
 */
export async function usingStrayRejections<Result>(
  host: Host,
  screen: Screen,
  work: () => Promise<Result>,
): Promise<Result> {
  const stopListening = host.onStrayRejection((reason) => {
    const message = reason instanceof Error ? reason.message : String(reason);
    screen.warn(
      `Note: a promise was rejected that nobody waited for; a migration may lack an await: ${message}`,
    );
  });
  try {
    return await work();
  } finally {
    stopListening();
  }
}
