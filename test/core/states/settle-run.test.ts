import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../src/core/error-codes.ts';
import { FanfoldError } from '../../../src/core/errors.ts';
import type { Outcome } from '../../../src/core/outcome.ts';
import { recordOutcomes } from '../../../src/core/states/record-outcomes.ts';
import { reduceOutcomes } from '../../../src/core/states/reduce-outcomes.ts';
import { type SettleRunDependencies, settleRun } from '../../../src/core/states/settle-run.ts';
import {
  directoryOf,
  failedOutcome,
  fleetOf,
  idOf,
  migratedOutcome,
  requestOf,
} from '../../support/fleet.ts';
import { memoryRunStore } from '../../support/memory-run-store.ts';
import { EXECUTION, roundOf } from '../../support/step-run-store-contract.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const execution = { ...EXECUTION, name: 'run-1', redriveCount: 0 };
const round = roundOf();

/** A run of three tenants whose first round is through, of which one may have failed. */
async function reduced(
  outcomes: readonly Outcome[] = [0, 1, 2].map((number) => migratedOutcome(number)),
) {
  const store = memoryRunStore();
  const request = requestOf({ tenants: ['tenant-000', 'tenant-001', 'tenant-002'] });
  await store.openRun({
    id: 'run-1',
    request,
    startedAt: EXECUTION.startedAt,
    execution: EXECUTION,
  });
  await store.writeBundle('run-1', { hash: 'f00', migrations: [] });
  async function* ids() {
    for (const number of [0, 1, 2]) yield idOf(number);
  }
  await store.writeWave('run-1', 1, ids());
  const waves = [{ size: 3, canary: false }];
  await store.writeState('run-1', { status: 'running', waves, wavesEntered: 1 });
  store.putResults('run-1', round, outcomes);
  await reduceOutcomes({ execution, round, breakerTripped: false }, { store });
  let at = Date.parse('2026-11-23T07:00:00.000Z');
  const settle = (
    redriveCount = 0,
    notRecorded: number | null = 0,
    differing: Partial<SettleRunDependencies> = {},
  ) => {
    at += 1_000;
    return settleRun(
      { execution: { ...execution, redriveCount }, round, breakerTripped: false, notRecorded },
      {
        store,
        executions: { redriveCount: async () => 0 },
        renderReport: (_, { record, state }) => `${state.status} ${record.bundleHash}`,
        notify: async () => {},
        now: () => at,
        ...differing,
      },
    );
  };
  const kept = () => store.runs.get('run-1');
  return { store, settle, kept };
}

const failing = [migratedOutcome(0), failedOutcome(1), migratedOutcome(2)];

describe('a run that is settled', () => {
  it('ends, and says when and with which bundle', async () => {
    const { settle, kept } = await reduced();
    const first = await settle();
    expect(first).toMatchObject({
      decision: 'DONE',
      summary: { message: '3 of 3 tenants up to date.' },
    });
    expect(kept()).toMatchObject({
      report: 'succeeded f00',
      state: { status: 'succeeded', finishedAt: '2026-11-23T07:00:01.000Z' },
    });
    // Invoked again later, it says the same.
    expect(await settle()).toEqual(first);
    expect(kept()?.state?.finishedAt).toBe('2026-11-23T07:00:01.000Z');
  });

  it('a run that is settled goes by the larger redrive count, as either may be late', async () => {
    const late = await reduced(failing);
    await rejectionOf(late.settle());
    // Neither knows of the redrive yet: the failure is told again.
    expect(await rejectionOf(late.settle())).toMatchObject({ code: 'TenantMigrationsFailed' });
    const asked = { executions: { redriveCount: async () => 1 } };
    expect(await late.settle(0, 0, asked)).toMatchObject({
      decision: 'RUN',
      round: { wave: 1, round: 2, members: 'left' },
    });
    const early = await reduced(failing);
    await rejectionOf(early.settle());
    expect(await early.settle(1)).toMatchObject({ decision: 'RUN' });
  });

  it('a run that is settled gives a decision once more whose answer was lost, whatever was redriven meanwhile', async () => {
    const { settle, store, kept } = await reduced(failing);
    await rejectionOf(settle());
    store.failFrom('writeSummary', 1);
    expect(await rejectionOf(settle(1))).toMatchObject({ code: 'RunStoreUnwritable' });
    store.failFrom('writeSummary', Number.POSITIVE_INFINITY);
    expect(await settle(2)).toMatchObject({ round: { round: 2, members: 'left' } });
    expect(kept()?.decisions.get('1-1')).toHaveLength(2);
  });

  it('a run that is settled tells the same failure to both of two invocations', async () => {
    const { settle } = await reduced(failing);
    const [one, other] = await Promise.all([rejectionOf(settle()), rejectionOf(settle())]);
    expect(one).toEqual(other);
  });

  it('a run is not settled before it was reduced', async () => {
    const { store, settle } = await reduced();
    store.runs.get('run-1')?.roundSummaries.clear();
    expect(await rejectionOf(settle())).toMatchObject({ code: 'RoundNotReduced' });
  });

  it.each<[string, number | null, object]>([
    ['so many tenants', 2, { notes: { ReachedNotRecorded: 2 } }],
    ['nobody knows how many', null, { runNotes: [{ code: 'ReachedNotRecorded' }] }],
  ])(
    'a run that is settled warns if the central database could not be updated for %s',
    async (_, notRecorded, noted) => {
      const { settle, kept } = await reduced();
      expect(await settle(0, notRecorded)).toMatchObject({ decision: 'DONE' });
      await settle(0, notRecorded);
      expect(kept()).toMatchObject({
        summary: noted,
        state: { notRecorded: { '1-1': notRecorded } },
      });
    },
  );
});

describe('recording a round', () => {
  const fails = (retryable: boolean) =>
    new FanfoldError('CentralDatabaseLost' as ErrorCode, 'It is gone.', {
      fault: 'configuration',
      nextStep: 'Wait.',
      retryable,
    });

  it('the versions that a round has reached are recorded, and the same again', async () => {
    const { store } = await reduced(failing);
    const directory = directoryOf(fleetOf(3));
    for (let time = 0; time < 2; time += 1) {
      const result = await recordOutcomes({ execution, round }, { store, directory, now: () => 0 });
      expect(result).toEqual({ notRecorded: 0 });
    }
    expect(directory.reached).toEqual(new Map([0, 2].map((number) => [idOf(number), 'run-1 f00'])));
  });

  it('recording a round throws transient errors, and counts permanent ones', async () => {
    const { store } = await reduced();
    const now = () => 0;
    const directory = (error: Error) => ({
      recordReached: () => Promise.reject(error),
      forgetReached: async () => {},
    });
    const lost = fails(true);
    const event = { execution, round };
    expect(
      await rejectionOf(recordOutcomes(event, { store, directory: directory(lost), now })),
    ).toBe(lost);
    expect(await recordOutcomes(event, { store, directory: directory(fails(false)), now })).toEqual(
      {
        notRecorded: 3,
      },
    );
  });
});
