import type { RunControl } from '../../src/core/backfill/run-control.ts';
import { FanfoldError } from '../../src/core/errors.ts';
import type { Outcome } from '../../src/core/outcome.ts';
import type { Summary } from '../../src/core/reduce/summary.ts';
import type { ApprovalDecision, ApprovalStore, Rollout } from '../../src/core/rollout/rollout.ts';
import { checkRunId } from '../../src/core/run/run-id.ts';
import type { RoundRef, RunRecord, RunState, Wave } from '../../src/core/run-store.ts';
import type { Refusal } from '../../src/core/safety/gate/refusals.ts';
import type {
  ApprovalToken,
  EndTeller,
  RoundSummary,
  RunBundle,
  StepRunStore,
  StoredDecision,
} from '../../src/core/states/step-ports.ts';
import type { RoundItem } from '../../src/core/wire/step-data.ts';

/** The stored parts of a run. */
export interface KeptRun {
  readonly record: RunRecord;
  waves?: string[][];
  state?: RunState;
  left?: string[];
  summary?: Summary;
  report?: string;
  bundle?: RunBundle;
  readonly outcomes: Map<string, Outcome[]>;
  /** Results of the Map's children. */
  readonly results: Map<string, Outcome[]>;
  /** Results of the probe's children. */
  readonly probed: Map<string, Outcome[]>;
  readonly items: Map<string, RoundItem[]>;
  /** The items that the probe left to the Map. */
  readonly rest: Map<string, RoundItem[]>;
  /** The items of all waves, whose shapes are read. */
  itemsOfRun?: RoundItem[];
  /** Findings of the batches that read shapes, by redrive count. */
  readonly refusals: Map<number, readonly Refusal[]>;
  readonly roundSummaries: Map<string, RoundSummary>;
  readonly decisions: Map<string, StoredDecision[]>;
  readonly approvals: Map<number, ApprovalDecision>;
  readonly ends: Map<number, EndTeller>;
  rollout?: Rollout;
  approvalToken?: ApprovalToken;
  control?: RunControl;
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
  | 'readOutcomes'
  | 'writeItems'
  | 'writeRoundSummary'
  | 'decideOnce';

export interface MemoryRunStore extends StepRunStore, ApprovalStore {
  readonly runs: ReadonlyMap<string, KeptRun>;
  /** Puts what a Map would leave behind: replaces the results of the round. */
  putResults(runId: string, round: RoundRef, outcomes: readonly Outcome[]): void;
  /** Puts what a probe would leave behind. */
  putProbed(runId: string, round: RoundRef, outcomes: readonly Outcome[]): void;
  /** From the `nth` time on, the call throws `RunStoreUnwritable`. */
  failFrom(call: StoreCall, nth: number): void;
}

/** A run store that keeps runs in memory, and fails if a test requests that. */
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
  const roundKey = ({ wave, round }: RoundRef) => keyOf(wave, round);
  const begin = (record: RunRecord) =>
    runs.set(record.id, {
      record,
      outcomes: new Map(),
      results: new Map(),
      probed: new Map(),
      items: new Map(),
      rest: new Map(),
      refusals: new Map(),
      roundSummaries: new Map(),
      decisions: new Map(),
      approvals: new Map(),
      ends: new Map(),
    });

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
      begin(record);
    },
    async openRun(record) {
      checkRunId(record.id);
      happens('createRun');
      const there = runs.get(record.id)?.record;
      if (there === undefined) begin(record);
      const { execution = undefined } = there ?? record;
      const isSame =
        execution?.arn === record.execution.arn &&
        execution.startedAt === record.execution.startedAt;
      if (!isSame) throw usage('RunExists', `There is a run "${record.id}" already.`);
      return there ?? record;
    },
    async writeRollout(runId, rollout) {
      runOf(runId).rollout = structuredClone(rollout);
    },
    readRollout: async (runId) => runOf(runId).rollout,
    async writeControl(runId, control) {
      runOf(runId).control = control;
    },
    readControl: async (runId) => runOf(runId).control,
    async decideApproval(runId, decision) {
      const { approvals } = runOf(runId);
      const kept = approvals.get(decision.wave) ?? decision;
      approvals.set(decision.wave, kept);
      return kept;
    },
    readApproval: async (runId, wave) => runOf(runId).approvals.get(wave),
    async writeApprovalToken(runId, token) {
      runOf(runId).approvalToken = token;
    },
    readApprovalToken: async (runId) => runOf(runId).approvalToken,
    async writeBundle(runId, bundle) {
      runOf(runId).bundle = bundle;
    },
    readBundle: async (runId) => runOf(runId).bundle,
    async writeItems(runId, round, items) {
      happens('writeItems');
      const written: RoundItem[] = [];
      for await (const item of items) written.push(structuredClone(item));
      runOf(runId).items.set(roundKey(round), written);
      return { count: written.length, key: `runs/${runId}/items/${roundKey(round)}.jsonl` };
    },
    async writeRest(runId, round, keeps) {
      const { items, rest } = runOf(runId);
      const kept = (items.get(roundKey(round)) ?? []).filter(keeps);
      rest.set(roundKey(round), kept);
      return { count: kept.length, key: `runs/${runId}/items/${roundKey(round)}-rest.jsonl` };
    },
    async writeItemsOfRun(runId, items) {
      const written: RoundItem[] = [];
      for await (const item of items) written.push(structuredClone(item));
      runOf(runId).itemsOfRun = written;
      return { count: written.length, key: `runs/${runId}/items/all-waves.jsonl` };
    },
    shapesPrefix: (runId, redriveCount) => `runs/${runId}/shapes/${redriveCount}`,
    readRefusals: async (runId, redriveCount) => runOf(runId).refusals.get(redriveCount),
    async deleteItems(runId, round) {
      runOf(runId).items.delete(roundKey(round));
      runOf(runId).rest.delete(roundKey(round));
      delete runOf(runId).itemsOfRun;
    },
    probePrefix(runId, round) {
      checkRunId(runId);
      return `runs/${runId}/results/${roundKey(round)}/probe`;
    },
    async *readProbed(runId, round) {
      yield* runOf(runId).probed.get(roundKey(round)) ?? [];
    },
    putProbed(runId, round, outcomes) {
      runOf(runId).probed.set(roundKey(round), structuredClone([...outcomes]));
    },
    resultsPrefix(runId, round) {
      checkRunId(runId);
      return `runs/${runId}/results/${roundKey(round)}/`;
    },
    putResults(runId, round, outcomes) {
      runOf(runId).results.set(roundKey(round), structuredClone([...outcomes]));
    },
    async writeRoundSummary(runId, summary) {
      happens('writeRoundSummary');
      const { roundSummaries } = runOf(runId);
      const kept = roundSummaries.get(roundKey(summary.round)) ?? structuredClone(summary);
      roundSummaries.set(roundKey(summary.round), kept);
      return kept;
    },
    async readRoundSummary(runId, round) {
      const summary = runOf(runId).roundSummaries.get(roundKey(round));
      if (summary !== undefined) return summary;
      throw new FanfoldError('RoundNotReduced', `Nothing is known of round ${roundKey(round)}.`, {
        fault: 'configuration',
        nextStep: 'Start a new run.',
      });
    },
    async decideOnce(runId, round, { redriveCount, decision }) {
      happens('decideOnce');
      const { decisions } = runOf(runId);
      const taken = decisions.get(roundKey(round)) ?? [];
      const kept = taken.find((one) => one.redriveCount === redriveCount);
      if (kept !== undefined) return kept.decision;
      decisions.set(roundKey(round), [...taken, { redriveCount, decision }]);
      return decision;
    },
    async markEnd(runId, redriveCount, by) {
      const { ends } = runOf(runId);
      const kept = ends.get(redriveCount) ?? by;
      ends.set(redriveCount, kept);
      return kept;
    },
    readDecisions: async (runId, round) => runOf(runId).decisions.get(roundKey(round)) ?? [],
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
    async writeWave(runId, wave, ids) {
      const list: string[] = [];
      for await (const id of ids) list.push(id);
      const run = runOf(runId);
      run.waves = [...(run.waves ?? [])];
      run.waves[wave - 1] = list;
      return list.length;
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
      const { outcomes, results } = runOf(runId);
      return [...new Set([...outcomes.keys(), ...results.keys()])].map((key) => {
        const [wave = 0, round = 0] = key.split('-').map(Number);
        return { wave, round };
      });
    },
    async *readOutcomes(runId, wave, round) {
      happens('readOutcomes');
      const { outcomes, results } = runOf(runId);
      yield* outcomes.get(keyOf(wave, round)) ?? [];
      yield* results.get(keyOf(wave, round)) ?? [];
      yield* runOf(runId).probed.get(keyOf(wave, round)) ?? [];
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

function usage(code: 'RunUnknown' | 'RunNotListed' | 'RunExists', message: string): FanfoldError {
  return new FanfoldError(code, message, { fault: 'usage', nextStep: 'Name another run.' });
}
