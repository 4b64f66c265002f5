import { expect, it } from 'vitest';
import { decideNextMove, type RoundFacts } from '../../../src/core/run/decide-next-move.ts';

const fine: RoundFacts = {
  resumed: false,
  stopped: false,
  canaryFailed: false,
  retryable: 0,
  roundsLeft: 0,
  wavesLeft: 0,
  open: 0,
};
const failing: RoundFacts = { ...fine, retryable: 1, open: 2 };

it.each<[string, RoundFacts, string]>([
  ['all well', fine, 'done'],
  ['all well, more waves', { ...fine, wavesLeft: 1 }, 'wave'],
  ['all well in this wave, not in an earlier one', { ...fine, open: 1 }, 'failed'],
  ['failures, nothing left to try', failing, 'failed'],
  ['failures within tolerance, more waves', { ...failing, wavesLeft: 1 }, 'wave'],
  ['retryable failures and rounds', { ...failing, roundsLeft: 1, wavesLeft: 1 }, 'round'],
  ['permanent failures and rounds', { ...failing, retryable: 0, roundsLeft: 1 }, 'failed'],
  ['a canary that failed', { ...failing, canaryFailed: true, wavesLeft: 1 }, 'canary'],
  [
    'a canary that failed is not retried',
    { ...failing, canaryFailed: true, roundsLeft: 3 },
    'canary',
  ],
  ['stopped', { ...failing, stopped: true, roundsLeft: 1, wavesLeft: 1 }, 'stopped'],
  ['resumed', { ...failing, resumed: true, wavesLeft: 1 }, 'left'],
  ['resumed after it was stopped', { ...failing, resumed: true, stopped: true }, 'left'],
  ['resumed after a canary', { ...failing, resumed: true, canaryFailed: true }, 'left'],
  ['resumed with nothing open', { ...fine, resumed: true, wavesLeft: 1 }, 'wave'],
  ['stopped though all is well', { ...fine, stopped: true }, 'stopped'],
])('the next move of a run is right for %s', (_, facts, move) => {
  expect(decideNextMove(facts)).toBe(move);
});
