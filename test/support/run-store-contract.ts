import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/core/outcome.ts';
import { emptySummary } from '../../src/core/reduce/add-outcome.ts';
import type { RunRecord, RunState, RunStore, WaveMember } from '../../src/core/run-store.ts';
import { collect, failedOutcome, idOf, migratedOutcome, requestOf, stream } from './fleet.ts';
import { rejectionOf, thrownBy } from './thrown-by.ts';

/** A store that is empty, and another view of the same one, as a later process has it. */
export interface StoresUnderTest {
  readonly store: RunStore;
  readonly later: RunStore;
}

export function recordOf(id: string, startedAt = '2026-11-23T05:57:12.000Z'): RunRecord {
  const request = requestOf({ tenants: ['großer-kunde', 'a"b\\c'] });
  return { id, request, bundleHash: 'f00', startedAt };
}

/** The contract of every run store, wherever it keeps runs. */
export function describeRunStore(name: string, open: () => Promise<StoresUnderTest>): void {
  describe(name, () => {
    it('the run store returns the request that a run began with', async () => {
      const { store, later } = await open();
      await store.createRun(recordOf('run-1'));
      expect(await later.readRun('run-1')).toEqual(recordOf('run-1'));
      expect(store.location('run-1')).toContain('run-1');
    });

    it('the run store keeps how a run is held, and nothing of a run that never was', async () => {
      const { store, later } = await open();
      await store.createRun(recordOf('run-1'));
      expect(await store.readRollout('run-1')).toBeUndefined();
      const at = '2026-11-23T06:00:00.000Z';
      const decided = { wave: 2, verdict: 'approved', by: 'ada', why: 'fine', at } as const;
      const message = 'Wave 3 waits for a window (UTC).';
      const held = { wave: 3, gate: 'window', message, since: at, needsApproval: false } as const;
      await store.writeRollout('run-1', { held, decisions: [decided] });
      expect(await later.readRollout('run-1')).toEqual({ held, decisions: [decided] });
      await later.writeRollout('run-1', { decisions: [decided] });
      expect(await store.readRollout('run-1')).toEqual({ decisions: [decided] });
    });

    it('the run store accepts an id once, even from two callers at the same time', async () => {
      const { store, later } = await open();
      const results = await Promise.allSettled([
        store.createRun(recordOf('run-1')),
        later.createRun(recordOf('run-1', '2026-11-24T00:00:00.000Z')),
      ]);
      expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await rejectionOf(store.createRun(recordOf('run-1')))).toMatchObject({
        code: 'RunExists',
        fault: 'usage',
        message: expect.stringContaining('"run-1"'),
      });
    });

    it('the run store lists runs, the newest first', async () => {
      const { store, later } = await open();
      expect(await store.listRuns()).toEqual([]);
      await store.createRun(recordOf('b', '2026-11-22T00:00:00.000Z'));
      await store.createRun(recordOf('a', '2026-11-24T00:00:00.000Z'));
      await store.createRun(recordOf('c', '2026-11-23T00:00:00.000Z'));
      expect(await later.listRuns()).toEqual(['a', 'c', 'b']);
    });

    it.each([
      '',
      '.',
      '..',
      '../run-1',
      'a/b',
      'a\\b',
      '/etc',
      '.hidden',
      'a b',
      'ä',
      'a\u0000',
      'x'.repeat(81),
    ])('the run store refuses %j, which is not a run id', async (id) => {
      const { store } = await open();
      const error = { code: 'RunIdInvalid', fault: 'usage' };
      expect(thrownBy(() => store.location(id))).toMatchObject(error);
      expect(await rejectionOf(store.createRun(recordOf(id)))).toMatchObject(error);
      expect(await rejectionOf(store.readRun(id))).toMatchObject(error);
      expect(await rejectionOf(store.listRounds(id))).toMatchObject(error);
      expect(await rejectionOf(collect(store.readWave(id, 1)))).toMatchObject(error);
      expect(await rejectionOf(collect(store.readOutcomes(id, 1, 1)))).toMatchObject(error);
    });

    it('the run store does not return a run that does not exist', async () => {
      const { store } = await open();
      const error = {
        code: 'RunUnknown',
        fault: 'usage',
        message: expect.stringContaining('"run-9"'),
      };
      expect(await rejectionOf(store.readRun('run-9'))).toMatchObject(error);
      expect(await rejectionOf(store.readState('run-9'))).toMatchObject(error);
    });

    it('the run store keeps waves in the order of their lists', async () => {
      const { store, later } = await open();
      await store.createRun(recordOf('run-1'));
      const members: WaveMember[] = [
        { wave: 1, canary: true, id: idOf(7) },
        { wave: 2, canary: false, id: idOf(3) },
        { wave: 2, canary: false, id: 'an "odd" id\n' },
      ];
      expect(await store.writeWaves('run-1', stream(members))).toEqual([
        { size: 1, canary: true },
        { size: 2, canary: false },
      ]);
      expect(await collect(later.readWave('run-1', 1))).toEqual([idOf(7)]);
      expect(await collect(later.readWave('run-1', 2))).toEqual([idOf(3), 'an "odd" id\n']);
    });

    it('the run store accepts one more wave, also again', async () => {
      const { store, later } = await open();
      await store.createRun(recordOf('run-1'));
      await store.writeWaves('run-1', stream([{ wave: 1, canary: false, id: idOf(1) }]));
      expect(await store.writeWave('run-1', 2, stream([idOf(4), idOf(5)]))).toBe(2);
      expect(await store.writeWave('run-1', 2, stream([idOf(4)]))).toBe(1);
      expect(await collect(later.readWave('run-1', 1))).toEqual([idOf(1)]);
      expect(await collect(later.readWave('run-1', 2))).toEqual([idOf(4)]);
    });

    it('the run store keeps no waves without members', async () => {
      const { store } = await open();
      await store.createRun(recordOf('run-1'));
      expect(await store.writeWaves('run-1', stream<WaveMember>([]))).toEqual([]);
    });

    it('the run store passes on an error of the listing unchanged', async () => {
      const { store } = await open();
      await store.createRun(recordOf('run-1'));
      const lost = new Error('The central database is gone.');
      async function* members(): AsyncGenerator<WaveMember> {
        yield { wave: 1, canary: false, id: idOf(1) };
        throw lost;
      }
      expect(await rejectionOf(store.writeWaves('run-1', members()))).toBe(lost);
    });

    it('the run store replaces the state', async () => {
      const { store, later } = await open();
      await store.createRun(recordOf('run-1'));
      expect(await rejectionOf(store.readState('run-1'))).toMatchObject({
        code: 'RunNotListed',
        fault: 'usage',
      });
      const state: RunState = {
        status: 'running',
        waves: [{ size: 3, canary: true }],
        wavesEntered: 0,
      };
      await store.writeState('run-1', state);
      const ended: RunState = {
        ...state,
        status: 'failed',
        wavesEntered: 1,
        stopped: { reason: 'canary', message: 'It failed.' },
        finishedAt: '2026-11-23T06:00:00.000Z',
      };
      await store.writeState('run-1', ended);
      expect(await later.readState('run-1')).toEqual(ended);
    });

    it('the run store keeps outcomes by wave and round', async () => {
      const { store, later } = await open();
      await store.createRun(recordOf('run-1'));
      expect(await store.listRounds('run-1')).toEqual([]);
      const first: Outcome[] = [
        migratedOutcome(1),
        failedOutcome(2, { notes: [{ code: 'ahead', message: 'line\nbreak \u2028 "quoted"' }] }),
      ];
      const rounds = [
        { wave: 1, round: 1, outcomes: first },
        { wave: 1, round: 2, outcomes: [migratedOutcome(2)] },
        { wave: 12, round: 1, outcomes: [] },
      ];
      for (const { wave, round, outcomes } of rounds) {
        const sink = await store.openOutcomes('run-1', wave, round);
        for (const outcome of outcomes) await sink.append(outcome);
        await sink.close();
      }
      expect(
        (await later.listRounds('run-1')).sort((a, b) => a.wave - b.wave || a.round - b.round),
      ).toEqual(rounds.map(({ wave, round }) => ({ wave, round })));
      for (const { wave, round, outcomes } of rounds) {
        expect(await collect(later.readOutcomes('run-1', wave, round))).toEqual(outcomes);
      }
    });

    it('the run store keeps many outcomes that come without a pause', async () => {
      const { store, later } = await open();
      await store.createRun(recordOf('run-1'));
      const sink = await store.openOutcomes('run-1', 1, 1);
      const outcomes = Array.from({ length: 5_000 }, (_, number) => migratedOutcome(number));
      await Promise.all(outcomes.map((outcome) => sink.append(outcome)));
      await sink.close();
      expect(await collect(later.readOutcomes('run-1', 1, 1))).toEqual(outcomes);
    });

    it('the run store counts the remaining tenants while writing them, and keeps summary and report', async () => {
      const { store } = await open();
      await store.createRun(recordOf('run-1'));
      expect(await store.writeLeft('run-1', stream([idOf(1), idOf(2)]))).toBe(2);
      expect(await store.writeLeft('run-1', stream([]))).toBe(0);
      await store.writeSummary('run-1', emptySummary(3));
      await store.writeReport('run-1', '<!doctype html>');
    });
  });
}
