import { expect, it, vi } from 'vitest';
import { createRemoteTextReporter } from '../../src/cli/output/remote-text-reporter.ts';
import { fleetBackfillsWatch } from '../../src/cli/remote/fleet-backfills.ts';
import type { RemoteOperator } from '../../src/core/remote/remote-operator.ts';
import type { FleetBackfills } from '../../src/core/status/fleet-status.ts';

const reading = (slug: string, rowsDone: number, isRunning: boolean) => ({
  status: 'read' as const,
  tenant: { id: slug, slug, name: slug, database: slug, host: 'db:3306' },
  standing: { at: null, pending: [] },
  notes: [],
  backfills: [
    {
      ...{ migration: 'fill', rowsDone, rowsChanged: rowsDone, rowsExpected: 1_000, isRunning },
      ...(isRunning && { rowsPerSecond: 50 }),
    },
  ],
});

/** A function of the stack with two pages of a tenant each. */
function watching(pages = [[reading('a', 400, true)], [reading('b', 0, false)]]) {
  const clock = { ms: 0 };
  const controller = new AbortController();
  const asked: unknown[] = [];
  const read: FleetBackfills[] = [];
  const failed: Error[] = [];
  let fault: Error | undefined;
  const ask = async (_: string, request: { readonly page?: { readonly after: string } }) => {
    asked.push(request);
    if (fault !== undefined) throw fault;
    clock.ms += 3_000;
    const at = request.page === undefined ? 0 : 1;
    const next = at === 0 && pages.length > 1 ? { after: 'a', health: {} } : undefined;
    return { readings: pages[at] ?? [], next };
  };
  const look = fleetBackfillsWatch({
    operator: async () => ({ ask }) as unknown as RemoteOperator,
    clock: { now: () => clock.ms },
    signal: controller.signal,
    onRead: (backfills) => read.push(backfills),
    onFailed: (error) => failed.push(error),
  });
  const turn = async () => {
    look({ hosts: ['db'] });
    await vi.waitFor(() => Promise.resolve());
    await new Promise(setImmediate);
  };
  return { clock, controller, asked, read, failed, turn, break: (error: Error) => (fault = error) };
}

it('sums up the backfills of all pages, and looks again only after ten times the time that it took', async () => {
  const { clock, asked, read, turn } = watching();
  await turn();
  expect(read).toEqual([
    { tenants: 2, running: 1, rowsDone: 400, rowsExpected: 2_000, rowsPerSecond: 50 },
  ]);
  expect(asked).toMatchObject([{ hosts: ['db'] }, { page: { after: 'a' } }]);
  clock.ms += 59_000;
  await turn();
  expect(asked).toHaveLength(2);
  clock.ms += 2_000;
  await turn();
  expect(asked).toHaveLength(4);
});

it('says nothing as long as no backfill has begun', async () => {
  const { read, turn } = watching([[reading('a', 0, false)]]);
  await turn();
  expect(read).toEqual([]);
});

it('gives up after an error, such as a missing right, and tells it once', async () => {
  const { clock, failed, turn, asked, break: breakIt } = watching();
  breakIt(new Error('not authorized'));
  await turn();
  clock.ms += 1_000_000;
  await turn();
  expect(failed.map(({ message }) => message)).toEqual(['not authorized']);
  expect(asked).toHaveLength(1);
});

it('tells nothing once the run is over', async () => {
  const { controller, read, failed, turn } = watching();
  controller.abort();
  await turn();
  expect([read, failed]).toEqual([[], []]);
});

it('is a line of a log at most every 30 seconds', () => {
  const notes: string[] = [];
  const clock = { ms: 0 };
  const screen = { draws: false, note: (lines: string[]) => notes.push(...lines) };
  const report = createRemoteTextReporter({
    screen: screen as never,
    verbose: false,
    now: () => clock.ms,
    wording: {} as never,
  });
  const event = {
    ...{ type: 'fleet-backfills' as const, runId: 'run-1', tenants: 5, running: 2 },
    ...{ rowsDone: 400, rowsExpected: 2_000, rowsPerSecond: 50 },
  };
  report(event);
  report(event);
  clock.ms += 31_000;
  report({ ...event, rowsDone: 1_950 });
  expect(notes).toEqual([
    '⏳ 2 backfills: 400 of about 2,000 rows, 50/s, 32 s left',
    '⏳ 2 backfills: 1,950 of about 2,000 rows, 50/s, 1.0 s left',
  ]);
});
