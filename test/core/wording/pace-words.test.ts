import { expect, it } from 'vitest';
import { PACE_REASONS } from '../../../src/core/pace/pace-reason.ts';
import { paceWords } from '../../../src/core/wording/pace-words.ts';

it('a pace is told with its number and its reason', () => {
  expect(paceWords({ atATime: 24, why: 'no-gain' })).toBe(
    '24 tenants at a time: more were not faster',
  );
  expect(paceWords({ atATime: 1, why: 'refused' })).toBe(
    '1 tenant at a time: a server refused more connections',
  );
});

it('every reason of a pace has words of its own', () => {
  const words = PACE_REASONS.map((why) => paceWords({ atATime: 2, why }));
  expect(new Set(words).size).toBe(PACE_REASONS.length);
});
