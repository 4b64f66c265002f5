import { expect, it } from 'vitest';
import { isTimeZone } from '../../../src/core/rollout/time-zone.ts';

it.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['+01:00', false],
  ['Europe/Atlantis', false],
  ['', false],
])('the name of a time zone is recognized: %j is %s', (name, known) => {
  expect(isTimeZone(name)).toBe(known);
});
