import { FanfoldError } from '../../src/core/errors.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { RunRecord, RunState, RunStore, Wave } from '../../src/core/ports.ts';
import type { Summary } from '../../src/core/reduce/summary.ts';
import { checkRunId } from '../../src/core/run/run-id.ts';

/** What was kept of a run. */
export interface KeptRun {
  readonly record: RunRecord;
  waves?: string[][];
  state?: RunState;
  left?: string[];
  summary?: Summary;
  report?: string;
  readonly outcomes: Map<string, Outcome[]>;
}

/** Calls that can be made to fail. */
export type StoreCall =
  | 'createRun'
  | 'writeWaves'
  | 'writeState'
  | 'openOutcomes'
  | 'append'
  | 'writeLeft'
  | 'writeSummary'
  | 'writeReport'
  | 'readOutcomes';

export interface MemoryRunStore extends RunStore {
  readonly runs: ReadonlyMap<string, KeptRun>;
  /** From the `nth` time on, the call throws `RunStoreUnwritable`. */
  failFrom(call: StoreCall, nth: number): void;
}

/** A run store that keeps runs in memory, and fails where a test asks for it. */
export function memoryRunStore(): MemoryRunStore {
  const runs = new Map<string, KeptRun>();
  const failing = new Map<StoreCall, number>();
  const counts = new Map<StoreCall, number>();

  const happens = (call: StoreCall) => {
    const count = (counts.get(call) ?? 0) + 1;
    counts.set(call, count);
    if (count < (failing.get(call) ?? Number.POSITIVE_INFINITY)) return;
    throw new FanfoldError('RunStoreUnwritable', `The run store cannot be written: ${call}.`, {
      fault: 'configuration',
      nextStep: 'Free some space.',
    });
  };
  const runOf = (runId: string): KeptRun => {
    checkRunId(runId);
    const run = runs.get(runId);
    if (run !== undefined) return run;
    throw usage('RunUnknown', `There is no run "${runId}".`);
  };
  const keyOf = (wave: number, round: number) => `${wave}-${round}`;

  return {
    runs,
    failFrom: (call, nth) => failing.set(call, nth),
    location(runId) {
      checkRunId(runId);
      return `memory:${runId}`;
    },
    async createRun(record) {
      checkRunId(record.id);
      happens('createRun');
      if (runs.has(record.id)) throw usage('RunExists', `There is a run "${record.id}" already.`);
      runs.set(record.id, { record, outcomes: new Map() });
    },
    readRun: async (runId) => runOf(runId).record,
    listRuns: async () =>
      [...runs.values()]
        .map(({ record }) => record)
        .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
        .map(({ id }) => id),
    async writeWaves(runId, members) {
      happens('writeWaves');
      const waves: Wave[] = [];
      const lists: string[][] = [];
      for await (const { wave, canary, id } of members) {
        lists[wave - 1] ??= [];
        const size = lists[wave - 1]?.push(id) ?? 0;
        waves[wave - 1] = { size, canary };
      }
      runOf(runId).waves = lists;
      return waves;
    },
    async *readWave(runId, wave) {
      yield* runOf(runId).waves?.[wave - 1] ?? [];
    },
    async openOutcomes(runId, wave, round) {
      happens('openOutcomes');
      const outcomes: Outcome[] = [];
      runOf(runId).outcomes.set(keyOf(wave, round), outcomes);
      return {
        async append(outcome) {
          outcomes.push(structuredClone(outcome));
          happens('append');
        },
        close: async () => {},
      };
    },
    async listRounds(runId) {
      return [...runOf(runId).outcomes.keys()].map((key) => {
        const [wave = 0, round = 0] = key.split('-').map(Number);
        return { wave, round };
      });
    },
    async *readOutcomes(runId, wave, round) {
      happens('readOutcomes');
      yield* runOf(runId).outcomes.get(keyOf(wave, round)) ?? [];
    },
    async writeState(runId, state) {
      happens('writeState');
      runOf(runId).state = state;
    },
    async readState(runId) {
      const { state } = runOf(runId);
      if (state === undefined) throw usage('RunNotListed', `Run "${runId}" listed no tenants.`);
      return state;
    },
    async writeLeft(runId, ids) {
      happens('writeLeft');
      const left: string[] = [];
      for await (const id of ids) left.push(id);
      runOf(runId).left = left;
      return left.length;
    },
    async writeSummary(runId, summary) {
      happens('writeSummary');
      runOf(runId).summary = summary;
    },
    async writeReport(runId, html) {
      happens('writeReport');
      runOf(runId).report = html;
    },
  };
}

function usage(code: string, message: string): FanfoldError {
  return new FanfoldError(code, message, { fault: 'usage', nextStep: 'Name another run.' });
}
