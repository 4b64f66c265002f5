import { expect, it } from 'vitest';
import { type Standing, settleRun } from '../../../src/core/run/settle-run.ts';

const fine: Standing = {
  stopped: false,
  canary: false,
  failedInWave: 0,
  retryableInWave: 0,
  roundsLeft: 0,
  wavesLeft: 0,
  failed: 0,
};
const failing: Standing = { ...fine, failedInWave: 2, retryableInWave: 1, failed: 2 };

it.each<[string, Standing, string]>([
  ['all well', fine, 'done'],
  ['all well, more waves', { ...fine, wavesLeft: 1 }, 'wave'],
  ['all well in this wave, not in an earlier one', { ...fine, failed: 1 }, 'failed'],
  ['failures, nothing left to try', failing, 'failed'],
  ['failures within tolerance, more waves', { ...failing, wavesLeft: 1 }, 'wave'],
  ['retryable failures and rounds', { ...failing, roundsLeft: 1, wavesLeft: 1 }, 'round'],
  ['permanent failures and rounds', { ...failing, retryableInWave: 0, roundsLeft: 1 }, 'failed'],
  ['a canary that failed', { ...failing, canary: true, wavesLeft: 1 }, 'canary'],
  ['a canary that failed is not retried', { ...failing, canary: true, roundsLeft: 3 }, 'canary'],
  ['a canary that is well', { ...fine, canary: true, wavesLeft: 1 }, 'wave'],
  ['stopped', { ...failing, stopped: true, roundsLeft: 1, wavesLeft: 1 }, 'stopped'],
  ['stopped though all is well', { ...fine, stopped: true }, 'stopped'],
])('%s', (_, standing, settlement) => {
  expect(settleRun(standing)).toBe(settlement);
});
