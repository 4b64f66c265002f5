import { expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/outcome.ts';
import { everyOutcome } from '../../../src/core/reduce/every-outcome.ts';
import { idOf, refOf } from '../../support/fleet.ts';

it('everyOutcome yields the last outcome of every tenant, and those that were not heard of', async () => {
  const outcome = (position: number, status: 'unchanged' | 'unknown'): Outcome =>
    ({
      ...{ wave: 1, position, tenant: refOf(position), tries: 1, durationMs: 1, notes: [] },
      ...(status === 'unknown' ? { status, reason: 'It is lost.' } : { status }),
    }) as Outcome;
  const rounds = [[outcome(0, 'unknown'), outcome(1, 'unchanged')], [outcome(0, 'unchanged')]];
  const store = {
    listRounds: async () => [
      { wave: 1, round: 1 },
      { wave: 1, round: 2 },
    ],
    async *readOutcomes(_: string, _wave: number, round: number) {
      yield* rounds[round - 1] ?? [];
    },
    async *readWave() {
      yield* [0, 1, 2].map(idOf);
    },
  };
  const found: Outcome[] = [];
  for await (const each of everyOutcome(store, 'run-1', [{ size: 3 }], 'skipped')) found.push(each);
  expect(found.map(({ tenant, status }) => `${tenant.id.at(-1)} ${status}`).sort()).toEqual([
    '0 unchanged',
    '1 unchanged',
    '2 skipped',
  ]);
  for await (const each of everyOutcome(store, 'run-1', [{ size: 3 }], 'unknown')) {
    if (each.tenant.id === idOf(2)) expect(each.status).toBe('unknown');
  }
});
