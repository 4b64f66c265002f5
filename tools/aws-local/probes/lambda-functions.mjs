// The Lambda functions that the probes invoke.
import { setTimeout as sleep } from 'node:timers/promises';

let calls = {};
/** Task tokens that `keep` was invoked with, in their order. */
export const tokens = [];
export const concurrency = { current: 0, max: 0 };

export function resetLambdaFunctions() {
  calls = {};
  tokens.length = 0;
  concurrency.current = concurrency.max = 0;
}

/** Number of calls of a function in this probe, including this one. */
const count = (key) => (calls[key] = (calls[key] ?? 0) + 1);
export const callsOf = (key) => calls[key] ?? 0;

const fail = (name, message) => {
  throw Object.assign(new Error(message), { name });
};

export const lambdaFunctions = {
  echo: (event) => event,
  double: (event) => ({ n2: (event.n ?? event) * 2 }),
  oddfails: ({ n }) => (n % 2 ? fail('OddError', `odd ${n}`) : { n }),
  failn1: ({ n }) => (n === 1 ? fail('OneError', 'one') : { n }),
  flaky: ({ key, rc }) =>
    count(key) < 3
      ? fail('TransientError', `try ${callsOf(key)}`)
      : { tries: callsOf(key), retryCount: rc },
  boom: () => fail('BoomError', 'kaput'),
  slow: async ({ ms = 3000 }) => {
    await sleep(ms);
    return 'done';
  },
  conc: async ({ n }) => {
    concurrency.current++;
    concurrency.max = Math.max(concurrency.max, concurrency.current);
    await sleep(60);
    concurrency.current--;
    return n;
  },
  throttled: () => {
    if (count('throttled') < 2)
      throw Object.assign(new Error('Rate exceeded'), {
        serviceError: true,
        name: 'TooManyRequestsException',
      });
    return 'ok';
  },
  /** Fails until it has been called `good` times with this `n`. */
  until: ({ n, good = 2 }) =>
    count(`until-${n}`) < good
      ? fail('NotYet', `call ${callsOf(`until-${n}`)} of ${n}`)
      : { n, calls: callsOf(`until-${n}`) },
  /** Keeps a task token for somebody who will answer. */
  keep: ({ token }) => {
    tokens.push(token);
    return 'the result of the function';
  },
  /** Keeps the token, and fails the first time. */
  keepOrFail: ({ token }) => {
    tokens.push(token);
    if (tokens.length === 1) fail('NotYet', 'not at the first time');
  },
  /** Fails until the execution is redriven. */
  settle: ({ redriveCount }) =>
    redriveCount ? { redriveCount } : fail('TenantMigrationsFailed', 'press redrive'),
};
