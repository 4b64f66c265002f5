import { describe, expect, it } from 'vitest';
import {
  hasSecondPass,
  passOfRun,
  takesBackfills,
} from '../../../src/core/backfill/pass-of-run.ts';
import type { Phase } from '../../../src/core/backfill/phase.ts';

const migrate = (phase: Phase | undefined, maxPerHost?: number) =>
  ({ command: 'migrate', phase, maxPerHost }) as const;

describe('a pass over a fleet', () => {
  it.each<[Phase | undefined, 'first' | 'second', object]>([
    [undefined, 'first', { takesBackfills: false, request: { maxPerHost: undefined } }],
    ['schema', 'second', { takesBackfills: false, request: { maxPerHost: undefined } }],
    ['backfills', 'first', { takesBackfills: true, request: { maxPerHost: 1 } }],
    [
      'all',
      'first',
      { takesBackfills: false, leavesBackfills: true, request: { phase: 'schema' } },
    ],
    ['all', 'second', { takesBackfills: true, request: { phase: 'all', maxPerHost: 1 } }],
  ])('with the phase %s, in the %s pass', (phase, pass, expected) => {
    expect(passOfRun(migrate(phase), pass)).toMatchObject(expected);
  });

  it('has as many backfills on a server as the request allows', () => {
    expect(passOfRun(migrate('all', 3), 'second').request.maxPerHost).toBe(3);
  });

  it('of a plan shows the whole request', () => {
    const plan = { command: 'plan', phase: 'all', maxPerHost: undefined } as const;
    expect(passOfRun(plan, 'first')).toEqual({ request: plan, takesBackfills: false });
    expect([hasSecondPass(plan), takesBackfills(plan)]).toEqual([false, false]);
  });
});
