import { expect, it } from 'vitest';
import {
  JOURNAL_FORMAT,
  readRowState,
  writeRowState,
} from '../../src/adapters/mysql/bookkeeping/journal-format.ts';
import { RUN_FORMAT, readStoredRun, storedRun } from '../../src/core/wire/stored-run.ts';
import { recordOf } from '../support/run-store-contract.ts';

const row = (state: string | null) => ({ migration: '1_create_users', state });

it('a version that reads only earlier formats refuses the journal rows of this one', () => {
  const state = writeRowState({ lock: 7 });
  expect(() => readRowState(row(state), JOURNAL_FORMAT - 1)).toThrow(
    expect.objectContaining({
      code: 'JournalNewer',
      fault: 'tenant',
      retryable: false,
      message: `A later version of Fanfold has written the journal of this database: "1_create_users" is recorded in format ${JOURNAL_FORMAT}, and this version reads formats up to ${JOURNAL_FORMAT - 1}. Nothing was changed.`,
    }),
  );
  expect(readRowState(row(state))).toMatchObject({ lock: 7 });
});

it('journal rows without a number, as earlier versions wrote them, are read', () => {
  expect(readRowState(row(null), 0)).toBeUndefined();
  expect(readRowState(row('{"lock":7}'), 0)).toEqual({ lock: 7 });
});

it('a version that reads only earlier formats refuses the runs of this one', () => {
  const stored = storedRun(recordOf('run-1'));
  expect(() => readStoredRun(stored, RUN_FORMAT - 1)).toThrow(
    expect.objectContaining({ code: 'RunNewer', fault: 'configuration' }),
  );
  expect(readStoredRun(stored)).toEqual(recordOf('run-1'));
});

it('a run without a number, as earlier versions wrote it, is read', () => {
  expect(readStoredRun(recordOf('run-1'))).toEqual(recordOf('run-1'));
});

it('a file that is not the record of a run is not taken for one of a later version', () => {
  for (const value of [null, 7, 'text', [], {}, { format: 2 }]) {
    expect(readStoredRun(value)).toBeUndefined();
  }
});
