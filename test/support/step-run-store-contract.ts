import { describe, expect, it } from 'vitest';
import { emptySummary } from '../../src/core/reduce/add-outcome.ts';
import type { RoundSummary, StepRunStore } from '../../src/core/states/step-ports.ts';
import type { RoundItem, StepDecision, StepRound } from '../../src/core/wire/step-data.ts';
import { collect, migratedOutcome, requestOf, stream, tenantOf } from './fleet.ts';
import { recordOf } from './run-store-contract.ts';
import { rejectionOf, thrownBy } from './thrown-by.ts';

/** A store that is empty, and another view of the same one, as another function has it. */
export interface StepStoresUnderTest {
  readonly store: StepRunStore;
  readonly later: StepRunStore;
}

export const EXECUTION = {
  arn: 'arn:aws:states:eu-west-1:123456789012:execution:acme-migrations:run-1',
  startedAt: '2026-11-23T05:57:12.000Z',
};

export function roundOf(differing: Partial<StepRound> = {}): StepRound {
  return {
    wave: 1,
    round: 1,
    members: 'wave',
    automatic: 0,
    retriesFrom: 1,
    failedElsewhere: 0,
    ...differing,
  };
}

export function itemOf(number: number, differing: Partial<RoundItem> = {}): RoundItem {
  const { id, slug, name, status, address, encryptedPassword } = tenantOf(number);
  const tenant = { id, slug, name, status, address, encryptedPassword };
  return { wave: 1, position: number, tenant, ...differing };
}

function summaryOf(round: StepRound, total: number): RoundSummary {
  const waves = [{ size: total, reported: 0, settled: 0, failed: 0, retryable: 0 }];
  return { round, ofRound: emptySummary(total), ofRun: emptySummary(total), waves };
}

/** The further contract of a run store that the states of the machine share. */
export function describeStepRunStore(name: string, open: () => Promise<StepStoresUnderTest>): void {
  describe(name, () => {
    const opened = async () => {
      const stores = await open();
      await stores.store.openRun({ ...recordOf('run-1'), execution: EXECUTION });
      return stores;
    };

    it('the run store opens a run once, and again for the same execution', async () => {
      const { store, later } = await open();
      const run = {
        id: 'run-1',
        request: requestOf(),
        startedAt: EXECUTION.startedAt,
        execution: EXECUTION,
        notes: [{ code: 'AnotherRunRunning', message: 'So it is.' }],
      };
      expect(await store.openRun(run)).toEqual(run);
      const again = { ...run, request: requestOf({ maxConcurrency: 9 }) };
      expect(await later.openRun(again)).toEqual(run);
      expect(await later.readRun('run-1')).toEqual(run);
    });

    it.each([
      ['another machine', { arn: `${EXECUTION.arn}-2` }],
      ['another time', { startedAt: '2027-03-01T00:00:00.000Z' }],
    ])('the run store refuses the execution of that name of %s', async (_, differing) => {
      const { later } = await opened();
      const other = { ...recordOf('run-1'), execution: { ...EXECUTION, ...differing } };
      expect(await rejectionOf(later.openRun(other))).toMatchObject({
        code: 'RunExists',
        fault: 'usage',
        message: expect.stringContaining('"run-1"'),
      });
    });

    it('the run store opens a run for one of two executions at the same time', async () => {
      const { store, later } = await open();
      const other = { ...EXECUTION, arn: `${EXECUTION.arn}-2` };
      const results = await Promise.allSettled([
        store.openRun({ ...recordOf('run-1'), execution: EXECUTION }),
        later.openRun({ ...recordOf('run-1'), execution: other }),
      ]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    });

    it('a run that was created elsewhere is not taken for one of this store', async () => {
      const { store, later } = await open();
      await store.createRun(recordOf('run-1'));
      const run = { ...recordOf('run-1'), execution: EXECUTION };
      expect(await rejectionOf(later.openRun(run))).toMatchObject({ code: 'RunExists' });
    });

    it('the run store replaces the bundle', async () => {
      const { store, later } = await opened();
      expect(await store.readBundle('run-1')).toBeUndefined();
      const bundle = { hash: 'f00', migrations: [{ id: '1_a', checksum: 'c1' }] };
      await store.writeBundle('run-1', { hash: 'old', migrations: [] });
      await store.writeBundle('run-1', bundle);
      expect(await later.readBundle('run-1')).toEqual(bundle);
    });

    it('the run store writes the items of a round, whatever they contain, and deletes them', async () => {
      const { store, later } = await opened();
      const round = { wave: 1, round: 1 };
      const odd = itemOf(2, { before: { tries: 1, durationMs: 2, applied: [], notes: [] } });
      const first = await store.writeItems('run-1', round, stream([itemOf(1)]));
      const again = await later.writeItems('run-1', round, stream([itemOf(1), odd]));
      expect(first.count).toBe(1);
      expect(again).toEqual({ count: 2, key: first.key });
      const other = await store.writeItems('run-1', { wave: 1, round: 2 }, stream<RoundItem>([]));
      expect(other.count).toBe(0);
      expect(other.key).not.toBe(first.key);
      await store.deleteItems('run-1', round);
      await store.deleteItems('run-1', round);
    });

    it('the run store keeps a part of the items of a round beside all of them, any number of times', async () => {
      const { store, later } = await opened();
      const round = { wave: 1, round: 1 };
      const { key } = await store.writeItems(
        'run-1',
        round,
        stream([0, 1, 2].map((n) => itemOf(n))),
      );
      const rest = await store.writeRest('run-1', round, ({ position }) => position > 0);
      expect(rest.count).toBe(2);
      expect(rest.key).not.toBe(key);
      const again = await later.writeRest('run-1', round, ({ position }) => position === 1);
      expect(again).toEqual({ count: 1, key: rest.key });
      expect((await later.writeRest('run-1', round, () => false)).count).toBe(0);
      await store.deleteItems('run-1', round);
    });

    it('a probe has a place of its own for its results, and none before it has ended', async () => {
      const { store } = await opened();
      const round = { wave: 1, round: 1 };
      const [probe, map] = [store.probePrefix('run-1', round), store.resultsPrefix('run-1', round)];
      expect([probe.startsWith(`${map}/`), map.startsWith(probe)]).toEqual([false, false]);
      expect(await collect(store.readProbed('run-1', round))).toEqual([]);
    });

    it('the shapes of a run have items and results of their own, and none before they were read', async () => {
      const { store, later } = await opened();
      const round = { wave: 1, round: 1 };
      const { key } = await store.writeItems('run-1', round, stream([itemOf(0)]));
      await store.writeItemsOfRun('run-1', stream([itemOf(0)]));
      const all = await later.writeItemsOfRun('run-1', stream([itemOf(0), itemOf(1)]));
      expect(all.count).toBe(2);
      expect(all.key).not.toBe(key);
      const prefixes = [0, 1].map((redriveCount) => store.shapesPrefix('run-1', redriveCount));
      const taken = [store.probePrefix('run-1', round), store.resultsPrefix('run-1', round)];
      expect(new Set([...prefixes, ...taken]).size).toBe(4);
      expect(await later.readRefusals('run-1', 0)).toBeUndefined();
      await store.deleteItems('run-1', round);
    });

    it('the run store passes on an error of the listing of items unchanged', async () => {
      const { store } = await opened();
      const lost = new Error('The central database is gone.');
      async function* items(): AsyncGenerator<RoundItem> {
        yield itemOf(1);
        throw lost;
      }
      expect(await rejectionOf(store.writeItems('run-1', { wave: 1, round: 1 }, items()))).toBe(
        lost,
      );
    });

    it('each round has its own place for results', async () => {
      const { store } = await opened();
      const prefixes = [
        [1, 1],
        [1, 2],
        [1, 12],
        [11, 2],
        [2, 1],
      ].map(([wave = 0, round = 0]) => store.resultsPrefix('run-1', { wave, round }));
      for (const prefix of prefixes) {
        expect(prefixes.filter((other) => other.startsWith(prefix))).toEqual([prefix]);
      }
      expect(thrownBy(() => store.resultsPrefix('../x', { wave: 1, round: 1 }))).toMatchObject({
        code: 'RunIdInvalid',
      });
    });

    it('the run store keeps outcomes that were listed once they are whole, and replaces them', async () => {
      const { store, later } = await opened();
      for (const number of [1, 2]) {
        const sink = await store.openOutcomes('run-1', 1, 1);
        await sink.append(migratedOutcome(number));
        await sink.close();
      }
      expect(await collect(later.readOutcomes('run-1', 1, 1))).toEqual([migratedOutcome(2)]);
      expect(await later.listRounds('run-1')).toEqual([{ wave: 1, round: 1 }]);
      expect(await collect(later.readOutcomes('run-1', 1, 2))).toEqual([]);
    });

    it('the run store keeps the first summary of a round', async () => {
      const { store, later } = await opened();
      expect(await rejectionOf(store.readRoundSummary('run-1', roundOf()))).toMatchObject({
        code: 'RoundNotReduced',
        fault: 'configuration',
      });
      const first = summaryOf(roundOf(), 3);
      expect(await store.writeRoundSummary('run-1', first)).toEqual(first);
      expect(await later.writeRoundSummary('run-1', summaryOf(roundOf(), 4))).toEqual(first);
      expect(await later.readRoundSummary('run-1', { wave: 1, round: 1 })).toEqual(first);
      const second = summaryOf(roundOf({ round: 2 }), 5);
      expect(await later.writeRoundSummary('run-1', second)).toEqual(second);
    });

    it('the run store keeps the first decision by round and redrive count', async () => {
      const { store, later } = await opened();
      const round = { wave: 1, round: 1 };
      const fail: StepDecision = { decision: 'FAIL', message: 'So it is.' };
      const run: StepDecision = { decision: 'RUN', round: roundOf({ round: 2, members: 'left' }) };
      const done: StepDecision = { decision: 'DONE' };
      expect(await store.readDecisions('run-1', round)).toEqual([]);
      expect(await store.decideOnce('run-1', round, { redriveCount: 0, decision: fail })).toEqual(
        fail,
      );
      expect(await later.decideOnce('run-1', round, { redriveCount: 0, decision: done })).toEqual(
        fail,
      );
      expect(await later.decideOnce('run-1', round, { redriveCount: 12, decision: run })).toEqual(
        run,
      );
      const elsewhere = { redriveCount: 0, decision: done };
      await store.decideOnce('run-1', { wave: 1, round: 12 }, elsewhere);
      await store.decideOnce('run-1', { wave: 11, round: 1 }, elsewhere);
      const decisions = await later.readDecisions('run-1', round);
      expect(decisions.sort((a, b) => a.redriveCount - b.redriveCount)).toEqual([
        { redriveCount: 0, decision: fail },
        { redriveCount: 12, decision: run },
      ]);
    });

    it('the run store accepts the decision of one of two callers', async () => {
      const { store, later } = await opened();
      const round = { wave: 1, round: 1 };
      const decisions: StepDecision[] = [{ decision: 'DONE' }, { decision: 'FAIL', message: 'x' }];
      const [one, other] = await Promise.all(
        decisions.map((decision, index) =>
          [store, later][index]?.decideOnce('run-1', round, { redriveCount: 3, decision }),
        ),
      );
      expect(one).toEqual(other);
    });

    it('the run store keeps runs separate', async () => {
      const { store, later } = await opened();
      const execution = { ...EXECUTION, arn: `${EXECUTION.arn}-2` };
      await store.openRun({ ...recordOf('run-2', '2026-11-24T00:00:00.000Z'), execution });
      await store.writeRoundSummary('run-1', summaryOf(roundOf(), 1));
      expect(await rejectionOf(later.readRoundSummary('run-2', roundOf()))).toMatchObject({
        code: 'RoundNotReduced',
      });
      expect(await later.readDecisions('run-2', roundOf())).toEqual([]);
      expect(await later.listRuns()).toEqual(['run-2', 'run-1']);
    });
  });
}
