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

it('reads a run as it was written, and one from before runs had a format', () => {
  expect(readStoredRun(JSON.parse(JSON.stringify(storedRun(RUN))))).toEqual(RUN);
  expect(readStoredRun(RUN)).toEqual(RUN);
});

it('refuses a run that a later version has written', () => {
  const error = thrownBy(() => readStoredRun({ ...RUN, format: RUN_FORMAT + 1 }));
  expect(error).toMatchObject({ code: 'RunNewer', message: expect.stringContaining('run-1') });
  expect(isRunNewer(error)).toBe(true);
  expect(isRunNewer(new Error('another one'))).toBe(false);
});

it.each([null, undefined, 7, {}, { id: 'run-1' }])('does not take %j for a run', (value) => {
  expect(readStoredRun(value)).toBeUndefined();
});
