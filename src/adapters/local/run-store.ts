import { mkdir, readdir, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ControlStore, RunControl } from '../../core/backfill/run-control.ts';
import { FanfoldError } from '../../core/errors.ts';
import { eachWave } from '../../core/list/each-wave.ts';
import { OUTCOME_STATUSES, type Outcome } from '../../core/outcome.ts';
import type { ApprovalDecision, ApprovalStore, Rollout } from '../../core/rollout/rollout.ts';
import { type RunsRead, readRuns } from '../../core/run/read-runs.ts';
import type { RunRecord, RunState, RunStore } from '../../core/run-store.ts';
import { isRunNewer, readStoredRun, storedRun } from '../../core/wire/stored-run.ts';
import { commandSpan } from '../../core/wording/command-span.ts';
import { readLines, writeJsonLines } from './json-lines.ts';
import { makeFolder } from './make-folder.ts';
import { openOutcomeFile } from './outcome-file.ts';
import { type RunFiles, roundOfFile, runFiles, runsFolder } from './run-files.ts';
import {
  damaged,
  isMissing,
  isMissingFile,
  isThere,
  newestUnknown,
  unreadable,
  unwritable,
} from './run-store-error.ts';
import { writeFirst, writeWhole } from './write-whole.ts';

/** A run store in a folder of this machine, which is created with the first run. */
export function createLocalRunStore(folder: string): RunStore & ApprovalStore & ControlStore {
  /** Outcome lines that a full disk refused, by file. This process still returns them when it reads outcomes. */
  const unwritten = new Map<string, string[]>();
  // The path is resolved now because a migration may change the working directory of the process.
  const root = resolve(folder);
  const of = (runId: string) => runFiles(root, runId);

  const writing = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw unwritable(folder, error);
    }
  };
  const writeText = (path: string, text: string) =>
    writing(() => writeWhole(path, (file) => file.writeFile(text)));
  const writeJson = (path: string, value: unknown) =>
    writeText(path, `${JSON.stringify(value, null, 2)}\n`);

  const readText = async (path: string): Promise<string | undefined> => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (isMissingFile(error)) return undefined;
      throw unreadable(folder, error);
    }
  };
  const readJsonLines = async function* (path: string): AsyncGenerator<string, void, undefined> {
    try {
      yield* readLines(path);
    } catch (error) {
      throw unreadable(folder, error);
    }
  };

  const store: RunStore & ApprovalStore & ControlStore = {
    location: (runId) => runFiles(folder, runId).folder,

    createRun: (run) =>
      writing(async () => {
        const files = of(run.id);
        await makeFolder(runsFolder(root), 0o700);
        await makeRunFolder(files, run.id);
        await mkdir(files.results, { mode: 0o700 });
        await writeJson(files.request, storedRun(run));
      }),

    async readRun(runId) {
      const record = await readRecord(runId);
      if (record === undefined) throw runUnknown(runId, folder, (await runsThere()).ids);
      return record;
    },

    async listRuns() {
      const { ids, unreadable } = await runsThere();
      if (unreadable !== undefined) {
        const { id, error } = unreadable;
        throw isRunNewer(error) ? error : newestUnknown(id, ids, error);
      }
      return [...ids];
    },

    writeWaves: (runId, members) =>
      eachWave(members, (wave, ids) => store.writeWave(runId, wave, ids)),

    writeWave: (runId, wave, ids) =>
      writing(async () => {
        let count = 0;
        await writeWhole(of(runId).wave(wave), async (file) => {
          count = await writeJsonLines(file, ids);
        });
        return count;
      }),

    async *readWave(runId, wave) {
      const path = of(runId).wave(wave);
      for await (const line of readJsonLines(path)) yield parse<string>(line, path);
    },

    openOutcomes: (runId, wave, round) =>
      writing(async () => {
        const path = of(runId).outcomes({ wave, round });
        const refused: string[] = [];
        unwritten.set(path, refused);
        return openOutcomeFile(path, refused, (error) => unwritable(folder, error));
      }),

    async listRounds(runId) {
      const names = await namesIn(of(runId).results);
      return names.flatMap((name) => roundOfFile(name) ?? []);
    },

    async *readOutcomes(runId, wave, round) {
      const path = of(runId).outcomes({ wave, round });
      for await (const line of readJsonLines(path)) yield* outcomeOfLine(line);
      for (const line of unwritten.get(path) ?? []) yield* outcomeOfLine(line);
    },

    writeState: (runId, state) => writeJson(of(runId).state, state),

    async readState(runId) {
      const { state } = of(runId);
      const text = await readText(state);
      if (text !== undefined) return parse<RunState>(text, state);
      await store.readRun(runId);
      throw runNotListed(runId);
    },

    writeLeft: (runId, ids) =>
      writing(async () => {
        let count = 0;
        await writeWhole(of(runId).left, async (file) => {
          count = await writeJsonLines(file, ids);
        });
        return count;
      }),

    writeRollout: (runId, rollout) => writeJson(of(runId).rollout, rollout),

    async readRollout(runId) {
      const { rollout } = of(runId);
      const text = await readText(rollout);
      return text === undefined ? undefined : parse<Rollout>(text, rollout);
    },

    async decideApproval(runId, decision) {
      const path = of(runId).approval(decision.wave);
      await writing(() => writeFirst(path, `${JSON.stringify(decision, null, 2)}\n`));
      return (await readDecision(path)) ?? decision;
    },

    readApproval: (runId, wave) => readDecision(of(runId).approval(wave)),

    writeControl: (runId, control) => writeJson(of(runId).control, control),

    async readControl(runId) {
      const { control } = of(runId);
      const text = await readText(control);
      return text === undefined ? undefined : parse<RunControl>(text, control);
    },

    writeSummary: (runId, summary) => writeJson(of(runId).summary, summary),
    writeReport: (runId, html) => writeText(of(runId).report, html),
  };

  async function readDecision(path: string): Promise<ApprovalDecision | undefined> {
    const text = await readText(path);
    return text === undefined ? undefined : parse<ApprovalDecision>(text, path);
  }

  async function readRecord(runId: string): Promise<RunRecord | undefined> {
    const { request } = of(runId);
    const text = await readText(request);
    if (text === undefined) return undefined;
    const record = readStoredRun(parse(text, request));
    // After a power loss, a file system may have kept a file but not its contents.
    if (record === undefined) throw damaged(request);
    return record;
  }

  async function runsThere(): Promise<RunsRead> {
    return readRuns(await namesIn(runsFolder(root)), readRecord);
  }

  async function namesIn(path: string): Promise<string[]> {
    try {
      return await readdir(path);
    } catch (error) {
      if (isMissing(error)) return [];
      throw unreadable(folder, error);
    }
  }

  return store;
}

/** Creating the folder claims the id: only one process can. */
async function makeRunFolder(files: RunFiles, runId: string): Promise<void> {
  try {
    await mkdir(files.folder, { mode: 0o700 });
  } catch (error) {
    if (!isThere(error)) throw error;
    throw new FanfoldError('RunExists', `There already is a run "${runId}": ${files.folder}`, {
      fault: 'usage',
      nextStep: `Choose another id. To retry its tenants that failed or were not reached: ${commandSpan('migrate:retry', runId)}`,
    });
  }
}

/** A line that a crash left half written is not an outcome: its tenant counts as not reported. */
function outcomeOfLine(line: string): Outcome[] {
  try {
    const value = JSON.parse(line) as Outcome | null;
    return value !== null && OUTCOME_STATUSES.includes(value.status) ? [value] : [];
  } catch {
    return [];
  }
}

function parse<Value>(text: string, path: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (error) {
    throw damaged(path, error);
  }
}

const SHOWN_RUNS = 5;

function runUnknown(runId: string, folder: string, runs: readonly string[]): FanfoldError {
  const newest = runs.slice(0, SHOWN_RUNS).join(', ');
  return new FanfoldError('RunUnknown', `There is no run "${runId}" in ${folder}.`, {
    fault: 'usage',
    nextStep:
      runs.length === 0
        ? 'The folder has no runs: start one, or name the folder of the run with --run-store <dir>.'
        : `Name an existing run, newest first: ${newest}${runs.length > SHOWN_RUNS ? ', …' : '.'}`,
  });
}

function runNotListed(runId: string): FanfoldError {
  return new FanfoldError(
    'RunNotListed',
    `Run "${runId}" ended before its tenants were listed; no tenant was touched.`,
    { fault: 'usage', nextStep: 'There is nothing to retry: start a new run.' },
  );
}
