import { expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-codes.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import { tryAgain } from '../../../src/core/in-process/try-again.ts';
import { fakeClock } from '../../support/fake-clock.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

function given(...errors: readonly Error[]) {
  const left = [...errors];
  const clock = fakeClock();
  const stop = new AbortController();
  const work = async () => {
    const error = left.shift();
    if (error !== undefined) throw error;
    return 'done';
  };
  const retry = { attempts: 3, baseMs: 500, capMs: 20_000 };
  const options = { retry, clock, random: () => 0.5, stop: stop.signal };
  return { clock, stop, run: () => tryAgain(work, options) };
}

function error(retryable: boolean): FanfoldError {
  const options = { fault: 'configuration', nextStep: 'Wait.', retryable } as const;
  return new FanfoldError('CentralDatabaseLost' as ErrorCode, 'Lost.', options);
}

it('an operation is tried again after transient errors', async () => {
  const { clock, run } = given(error(true), error(true));
  expect(await run()).toBe('done');
  expect(clock.sleeps).toEqual([250, 500]);
});

it('tryAgain gives up after the last attempt', async () => {
  const { run } = given(error(true), error(true), error(true));
  expect(await rejectionOf(run())).toMatchObject({ code: 'CentralDatabaseLost' });
});

it('an operation is not tried again after a permanent error, nor after a stop', async () => {
  const permanent = given(error(false));
  await rejectionOf(permanent.run());
  const unexpected = given(new Error('Boom.'));
  await rejectionOf(unexpected.run());
  const stopped = given(error(true));
  stopped.stop.abort();
  await rejectionOf(stopped.run());
  expect([...permanent.clock.sleeps, ...unexpected.clock.sleeps, ...stopped.clock.sleeps]).toEqual(
    [],
  );
});
