import type { RunControl } from '../../core/backfill/run-control.ts';
import { FanfoldError } from '../../core/errors.ts';
import { eachWave } from '../../core/list/each-wave.ts';
import type { Rollout } from '../../core/rollout/rollout.ts';
import { readRuns } from '../../core/run/read-runs.ts';
import type { RoundRef, RunRecord, RunState } from '../../core/run-store.ts';
import type {
  ApprovalToken,
  EndTeller,
  RoundSummary,
  RunBundle,
  StepRunStore,
  StoredDecision,
} from '../../core/states/step-ports.ts';
import { outcomeRestSchema } from '../../core/wire/outcome-schema.ts';
import { RUN_STORE_PREFIXES } from '../../core/wire/run-store-prefixes.ts';
import type { RoundItem } from '../../core/wire/step-data.ts';
import { readStoredRun, storedRun } from '../../core/wire/stored-run.ts';
import type { Bucket } from './bucket.ts';
import { completeSummary } from './complete-summary.ts';
import { HTML, JSON_LINES, JSON_TEXT } from './content-types.ts';
import { toJsonLines } from './json-lines.ts';
import { openOutcomeParts } from './outcome-parts.ts';
import { readRefusals } from './read-refusals.ts';
import { readMapOutcomes, readRoundOutcomes } from './read-round-outcomes.ts';
import { roundOfFolder, runKeys } from './run-keys.ts';
import {
  damaged,
  roundNotReduced,
  runExists,
  runNotListed,
  runUnknown,
} from './run-store-error.ts';

/** A run store in an S3 bucket, for the states of the state machine and for `--aws`. */
export function createS3RunStore(bucket: Bucket): StepRunStore {
  /** Outcome lines that the bucket refused, by round. This process still returns them when it reads outcomes. */
  const unwritten = new Map<string, string[]>();

  const jsonOf = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const writeJson = (key: string, value: unknown) =>
    bucket.writeText(key, jsonOf(value), JSON_TEXT);

  async function readJson<Value>(key: string): Promise<Value | undefined> {
    const text = await bucket.readText(key);
    if (text === undefined) return undefined;
    try {
      return JSON.parse(text) as Value;
    } catch (error) {
      throw damaged(bucket.name, key, 'is not valid JSON', error);
    }
  }

  /** Writes a value if the key does not exist, and returns the stored value. */
  async function keepFirst<Value>(key: string, value: Value): Promise<Value> {
    if (await bucket.createText(key, jsonOf(value), JSON_TEXT)) return value;
    const kept = await readJson<Value>(key);
    if (kept !== undefined) return kept;
    // Another request was writing the key at that moment and failed.
    throw new FanfoldError(
      'RunStoreUnwritable',
      `The run store s3://${bucket.name} cannot be written: two requests wrote ${key} at the same time.`,
      { fault: 'configuration', retryable: true, nextStep: 'Try again.' },
    );
  }

  async function writeLines(key: string, values: AsyncIterable<unknown>): Promise<number> {
    let count = 0;
    const lines = toJsonLines(values, () => {
      count += 1;
    });
    await bucket.writeStream(key, lines, JSON_LINES);
    return count;
  }

  async function* readJsonLines<Value>(key: string): AsyncGenerator<Value, void, undefined> {
    for await (const line of bucket.readLines(key)) {
      try {
        yield JSON.parse(line) as Value;
      } catch (error) {
        throw damaged(bucket.name, key, 'is not valid JSON', error);
      }
    }
  }

  async function readRecord(runId: string): Promise<RunRecord | undefined> {
    const { request } = runKeys(runId);
    const stored = await readJson<unknown>(request);
    return stored === undefined ? undefined : recordOf(request, stored);
  }

  function recordOf(request: string, stored: unknown): RunRecord {
    const record = readStoredRun(stored);
    if (record === undefined) throw damaged(bucket.name, request, 'is not the record of a run');
    return record;
  }

  const store: StepRunStore = {
    location: (runId) => `s3://${bucket.name}/${runKeys(runId).folder}`,

    async createRun(run) {
      const { request } = runKeys(run.id);
      const isNew = await bucket.createText(request, jsonOf(storedRun(run)), JSON_TEXT);
      if (!isNew) throw runExists(run.id, store.location(run.id));
    },

    async openRun(run) {
      const { request } = runKeys(run.id);
      const record = recordOf(request, await keepFirst(request, storedRun(run)));
      const { arn, startedAt } = run.execution;
      const isSame = record.execution?.arn === arn && record.execution.startedAt === startedAt;
      if (!isSame) throw runExists(run.id, store.location(run.id));
      return record;
    },

    async readRun(runId) {
      const record = await readRecord(runId);
      if (record === undefined) throw runUnknown(runId, bucket.name);
      return record;
    },

    async listRuns() {
      const { ids, unreadable } = await readRuns(await namesOfRuns(bucket), readRecord);
      if (unreadable !== undefined) throw unreadable.error;
      return [...ids];
    },

    writeWaves: (runId, members) =>
      eachWave(members, (wave, ids) => store.writeWave(runId, wave, ids)),

    // Async, so that an invalid id is reported by this call and not by the first line.
    writeWave: async (runId, wave, ids) => writeLines(runKeys(runId).wave(wave), ids),

    async *readWave(runId, wave) {
      yield* readJsonLines<string>(runKeys(runId).wave(wave));
    },

    async openOutcomes(runId, wave, round) {
      const keys = runKeys(runId);
      const ref = { wave, round };
      const earlier = await keysOf(bucket, keys.listedParts(ref));
      const refused: string[] = [];
      unwritten.set(keys.resultsOf(ref), refused);
      return openOutcomeParts({
        bucket,
        keyOf: (part) => keys.listed(ref, part),
        earlier,
        unwritten: refused,
      });
    },

    async listRounds(runId) {
      const rounds: RoundRef[] = [];
      for await (const folder of bucket.listFolders(runKeys(runId).results)) {
        const round = roundOfFolder(folder);
        if (round !== undefined) rounds.push(round);
      }
      return rounds;
    },

    async *readOutcomes(runId, wave, round) {
      const keys = runKeys(runId);
      const ref = { wave, round };
      const refused = unwritten.get(keys.resultsOf(ref)) ?? [];
      yield* readRoundOutcomes(bucket, keys, ref, refused);
    },

    async readRest(runId, key) {
      // The key is of a file that others may have written.
      if (!key.startsWith(runKeys(runId).rests)) return undefined;
      const rest = outcomeRestSchema.safeParse(await readJson<unknown>(key));
      return rest.success ? rest.data : undefined;
    },

    writeState: async (runId, state) => writeJson(runKeys(runId).state, state),

    async readState(runId) {
      const state = await readJson<RunState>(runKeys(runId).state);
      if (state !== undefined) return state;
      await store.readRun(runId);
      throw runNotListed(runId);
    },

    writeLeft: async (runId, ids) => writeLines(runKeys(runId).left, ids),
    writeRollout: async (runId, rollout) => writeJson(runKeys(runId).rollout, rollout),
    readRollout: async (runId) => readJson<Rollout>(runKeys(runId).rollout),
    writeControl: async (runId, control) => writeJson(runKeys(runId).control, control),
    readControl: async (runId) => readJson<RunControl>(runKeys(runId).control),
    writeApprovalToken: async (runId, token) => writeJson(runKeys(runId).approvalToken, token),
    readApprovalToken: async (runId) => readJson<ApprovalToken>(runKeys(runId).approvalToken),
    writeSummary: async (runId, summary) => writeJson(runKeys(runId).summary, summary),
    writeReport: async (runId, html) => bucket.writeText(runKeys(runId).report, html, HTML),

    writeBundle: async (runId, bundle) => writeJson(runKeys(runId).bundle, bundle),
    readBundle: async (runId) => readJson<RunBundle>(runKeys(runId).bundle),

    async writeItems(runId, round, items) {
      const key = runKeys(runId).items(round);
      return { key, count: await writeLines(key, items) };
    },

    async writeRest(runId, round, keeps) {
      const keys = runKeys(runId);
      async function* kept() {
        for await (const item of readJsonLines<RoundItem>(keys.items(round))) {
          if (keeps(item)) yield item;
        }
      }
      const key = keys.rest(round);
      return { key, count: await writeLines(key, kept()) };
    },

    async writeItemsOfRun(runId, items) {
      const key = runKeys(runId).itemsOfRun;
      return { key, count: await writeLines(key, items) };
    },

    async deleteItems(runId, round) {
      const keys = runKeys(runId);
      await bucket.delete([keys.items(round), keys.rest(round), keys.itemsOfRun]);
    },

    shapesPrefix: (runId, redriveCount) => runKeys(runId).shapes(redriveCount),

    readRefusals: async (runId, redriveCount) =>
      readRefusals(bucket, runKeys(runId).shapes(redriveCount)),

    probePrefix: (runId, round) => runKeys(runId).probeResults(round),

    async *readProbed(runId, round) {
      yield* readMapOutcomes(bucket, runKeys(runId).probeResults(round));
    },

    resultsPrefix: (runId, round) => runKeys(runId).mapResults(round),

    writeRoundSummary: async (runId, summary) =>
      keepFirst<RoundSummary>(runKeys(runId).roundSummary(summary.round), summary),

    async readRoundSummary(runId, round) {
      const summary = await readJson<RoundSummary>(runKeys(runId).roundSummary(round));
      if (summary === undefined) throw roundNotReduced(runId, round);
      // A redriven execution resumes with data that an earlier deployment may have written.
      const { ofRound, ofRun } = summary;
      return { ...summary, ofRound: completeSummary(ofRound), ofRun: completeSummary(ofRun) };
    },

    async decideOnce(runId, round, decision) {
      const key = runKeys(runId).decision(round, decision.redriveCount);
      return (await keepFirst<StoredDecision>(key, decision)).decision;
    },

    async markEnd(runId, redriveCount, by) {
      return (await keepFirst<{ by: EndTeller }>(runKeys(runId).end(redriveCount), { by })).by;
    },

    async readDecisions(runId, round) {
      const keys = await keysOf(bucket, runKeys(runId).decisions(round));
      const decisions = await Promise.all(keys.map((key) => readJson<StoredDecision>(key)));
      return decisions.filter((decision) => decision !== undefined);
    },
  };
  return store;
}

async function namesOfRuns(bucket: Bucket): Promise<string[]> {
  const names: string[] = [];
  const { runs } = RUN_STORE_PREFIXES;
  for await (const folder of bucket.listFolders(runs)) names.push(folder.slice(runs.length, -1));
  return names;
}

async function keysOf(bucket: Bucket, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const { key } of bucket.list(prefix)) keys.push(key);
  return keys;
}
