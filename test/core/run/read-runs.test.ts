import { expect, it } from 'vitest';
import { readRuns } from '../../../src/core/run/read-runs.ts';
import type { RunRecord } from '../../../src/core/run-store.ts';

const FIRST = '20261123T055712Z-aaaaaa';
const SECOND = '20261123T055713Z-bbbbbb';

function reading(records: Readonly<Record<string, string | Error | undefined>>) {
  return readRuns(Object.keys(records), async (id) => {
    const startedAt = records[id];
    if (startedAt instanceof Error) throw startedAt;
    return startedAt === undefined ? undefined : ({ id, startedAt } as RunRecord);
  });
}

it('readRuns lists runs by the time at which they began, the newest first', async () => {
  const { ids } = await reading({ [FIRST]: '2026-11-23T06', [SECOND]: '2026-11-23T05' });
  expect(ids).toEqual([FIRST, SECOND]);
});

it('readRuns omits files that are not runs, and runs that were killed before they began', async () => {
  const { ids, unreadable } = await reading({
    ...{ '.notes.txt': '2026', [FIRST]: undefined, [SECOND]: '2026-11-23T05' },
  });
  expect(ids).toEqual([SECOND]);
  expect(unreadable).toBeUndefined();
});

it('readRuns reports a run whose record cannot be read, since it may be the newest', async () => {
  const error = new Error('It is damaged.');
  const { ids, unreadable } = await reading({ [FIRST]: error, [SECOND]: '2026-11-23T05' });
  expect(ids).toEqual([SECOND]);
  expect(unreadable).toEqual({ id: FIRST, error });
});
