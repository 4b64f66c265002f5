import { FanfoldError } from '../../../core/errors.ts';
import type { NotificationChannel } from '../../../core/notify/create-teller.ts';
import { webhookBody } from '../../../core/notify/webhook-body.ts';

/** A receiver that takes longer is as good as down. */
const TIMEOUT_MS = 5_000;

/**
 * A webhook that gets each notification by POST. Throws `NotifyUrlInvalid` if the text is not an address for
 * that. Path and query of the address may be a token, so that no message has more of it than its origin.
 */
export function createWebhook(address: string, timeoutMs = TIMEOUT_MS): NotificationChannel {
  const url = parseAddress(address);
  const { origin, username, password } = url;
  const name = `The webhook at ${origin}`;
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'fanfold',
    ...(username !== '' && { authorization: basic(username, password) }),
  };
  // fetch refuses an address with a login.
  const target = new URL(url);
  target.username = '';
  target.password = '';
  return {
    name,
    async send(notification) {
      const body = JSON.stringify(webhookBody(target, notification));
      const signal = AbortSignal.timeout(timeoutMs);
      let response: Response;
      try {
        // A redirect would send the notification to somebody else.
        response = await fetch(target, {
          method: 'POST',
          headers,
          body,
          redirect: 'manual',
          signal,
        });
        await response.body?.cancel();
      } catch (error) {
        throw failed(`it cannot be reached (${reasonOf(error, timeoutMs)}).`, true);
      }
      const { status } = response;
      if (response.ok) return;
      if (status >= 300 && status < 400) {
        throw failed(`it answered with a redirect (HTTP ${status}), which is not followed.`, false);
      }
      throw failed(`it answered with HTTP ${status}.`, isTransient(status));
    },
  };
}

function parseAddress(address: string): URL {
  let url: URL;
  try {
    url = new URL(address.trim());
  } catch {
    throw invalid('The address of --notify is not a URL.');
  }
  if (url.protocol === 'https:' || url.protocol === 'http:') return url;
  throw invalid(`The address of --notify begins with ${JSON.stringify(url.protocol)}.`);
}

function invalid(message: string): FanfoldError {
  return new FanfoldError(
    'NotifyUrlInvalid',
    `${message} It may hold a token, so it is not shown.`,
    {
      fault: 'usage',
      nextStep:
        'Give the whole address of a webhook, such as https://hooks.slack.com/services/…, with --notify or FANFOLD_NOTIFY_URL.',
    },
  );
}

function failed(why: string, retryable: boolean): FanfoldError {
  return new FanfoldError('NotificationFailed', why, {
    fault: 'configuration',
    retryable,
    nextStep:
      'Check the address in --notify or FANFOLD_NOTIFY_URL. The run itself is not affected.',
  });
}

function basic(username: string, password: string): string {
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

/** Too early, too many or a fault of the server's. */
function isTransient(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** A code such as ECONNREFUSED: messages may quote the address. */
function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as { readonly name?: unknown; readonly cause?: unknown };
  if (name === 'TimeoutError') return `no answer within ${timeoutMs / 1_000} s`;
  const { code } = (cause ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'the connection failed';
}
