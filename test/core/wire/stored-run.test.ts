import { expect, it } from 'vitest';
import {
  isRunNewer,
  RUN_FORMAT,
  readStoredRun,
  storedRun,
} from '../../../src/core/wire/stored-run.ts';
import { requestOf } from '../../support/fleet.ts';
import { thrownBy } from '../../support/thrown-by.ts';

const RUN = { id: 'run-1', request: requestOf(), startedAt: '2026-11-29T20:00:00.000Z' };

it('a stored run is read as it was written, also from before runs had a format', () => {
  expect(readStoredRun(JSON.parse(JSON.stringify(storedRun(RUN))))).toEqual(RUN);
  expect(readStoredRun(RUN)).toEqual(RUN);
});

it('a stored run of a later version is refused', () => {
  const error = thrownBy(() => readStoredRun({ ...RUN, format: RUN_FORMAT + 1 }));
  expect(error).toMatchObject({ code: 'RunNewer', message: expect.stringContaining('run-1') });
  expect(isRunNewer(error)).toBe(true);
  expect(isRunNewer(new Error('another one'))).toBe(false);
});

it.each([null, undefined, 7, {}, { id: 'run-1' }])('a stored run is not read from %j', (value) => {
  expect(readStoredRun(value)).toBeUndefined();
});
