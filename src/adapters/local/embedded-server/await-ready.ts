import { setTimeout as delay } from 'node:timers/promises';
import { FanfoldError } from '../../../core/errors.ts';
import type { Flavour } from './contract.ts';
import { identify } from './identify.ts';
import type { ServerLogin } from './server-login.ts';
import type { Supervised } from './supervise.ts';

const pollEveryMs = 50;

/**
 * Waits until a server that was just started accepts its account. If the server ends or takes longer than
 * `withinMs`, it is released, and `DatabaseServerDidNotStart` shows the end of its log.
 */
export async function awaitReady(
  supervised: Supervised,
  account: ServerLogin,
  source: string,
  withinMs: number,
): Promise<{ version: string; flavour: Flavour }> {
  const deadline = Date.now() + withinMs;
  let ended = false;
  supervised.ended.then(() => {
    ended = true;
  });
  let lastError: unknown;
  while (!ended && Date.now() < deadline) {
    try {
      return await identify(account);
    } catch (error) {
      // The connection is refused until the server listens; the last error becomes the cause.
      lastError = error;
      await delay(pollEveryMs);
    }
  }
  const log = await supervised.logTail();
  await supervised.release();
  throw didNotStart(
    source,
    ended ? 'ended' : `did not answer in ${withinMs / 1000} s`,
    log,
    lastError,
  );
}

function didNotStart(source: string, how: string, log: string, cause: unknown): FanfoldError {
  return new FanfoldError(
    'DatabaseServerDidNotStart',
    `The database server ${source} was started and ${how}. The end of its log:\n${log || '(empty)'}`,
    {
      fault: 'configuration',
      nextStep:
        'See the log above, or set FANFOLD_MYSQL_URL to the URL of a server that already runs.',
      cause,
    },
  );
}
