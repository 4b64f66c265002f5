import { expect, it } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import { createTeller } from '../../../src/core/notify/create-teller.ts';
import type { RunChangeFacts } from '../../../src/core/notify/run-change.ts';
import type { Note } from '../../../src/core/outcome.ts';
import { fakeClock } from '../../support/fake-clock.ts';

const run = { runId: 'run-1', command: 'migrate' } as const;
const started: RunChangeFacts = { change: 'started' };
const baking: RunChangeFacts = {
  change: 'baking',
  wave: 1,
  waves: 2,
  until: '2026-11-23T06:00:00Z',
};
const held: RunChangeFacts = { change: 'held', wave: 1, waves: 2, reason: 'Slow.' };

function failure(retryable: boolean): FanfoldError {
  return new FanfoldError('NotificationFailed', 'it answered with HTTP 503.', {
    fault: 'configuration',
    retryable,
    nextStep: 'Check it.',
  });
}

/** A channel that fails as often as the list says, `undefined` meaning that it does not. */
function given(answers: readonly (Error | undefined)[]) {
  const attempts: string[] = [];
  const warnings: Note[] = [];
  const clock = fakeClock();
  const left = [...answers];
  const channel = {
    name: 'The webhook at https://example.com',
    async send({ change }: { readonly change: string }) {
      attempts.push(change);
      const error = left.shift();
      if (error !== undefined) throw error;
    },
  };
  const teller = createTeller(run, {
    channels: [channel],
    clock,
    warn: (note) => warnings.push(note),
  });
  return { teller, attempts, warnings, clock };
}

it('notifications are sent in order, each again after a failure that may pass', async () => {
  const { teller, attempts, warnings, clock } = given([undefined, failure(true)]);
  for (const facts of [started, baking, held]) await teller.tell(facts);
  await teller.settled();
  expect(attempts).toEqual(['started', 'baking', 'baking', 'held']);
  expect(clock.sleeps).toEqual([1_000]);
  expect(warnings).toEqual([]);
});

it('a receiver that is down gets three attempts, then one for each notification, and at most two warnings', async () => {
  const { teller, attempts, warnings } = given(Array.from({ length: 9 }, () => failure(true)));
  for (const facts of [started, baking, held]) await teller.tell(facts);
  await teller.settled();
  expect(attempts).toEqual(['started', 'started', 'started', 'baking', 'held']);
  expect(warnings.map(({ message }) => message)).toEqual([
    'The webhook at https://example.com was not told "started": it answered with HTTP 503. Check it.',
    'The webhook at https://example.com did not get 3 notifications of this run.',
  ]);
});

it('a receiver that is back gets three attempts again', async () => {
  const { teller, attempts } = given([
    ...Array.from({ length: 3 }, () => failure(true)),
    undefined,
    failure(true),
  ]);
  for (const facts of [started, baking, held]) await teller.tell(facts);
  await teller.settled();
  expect(attempts).toEqual(['started', 'started', 'started', 'baking', 'held', 'held']);
});

it.each([
  ['an answer that stays the same', failure(false)],
  ['an error that nobody expected', new TypeError('a bug')],
])('a notification is not sent again after %s', async (_, error) => {
  const { teller, attempts, warnings } = given([error]);
  await teller.tell(started);
  await teller.settled();
  expect(attempts).toEqual(['started']);
  expect(warnings).toHaveLength(1);
});
