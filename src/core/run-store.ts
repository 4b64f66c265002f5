import type { RunStop } from './events.ts';
import type { Note, Outcome, OutcomeRest } from './outcome.ts';
import type { Summary } from './reduce/summary.ts';
import type { RunRequest } from './request.ts';
import type { RolloutStore } from './rollout/rollout.ts';

/** The identity of an execution. Its ARN alone may be reused later, or by another state machine of the same name. */
export interface RunExecution {
  readonly arn: string;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
}

/** A run as it is known from its start. Created once; a run id is never used again. */
export interface RunRecord {
  readonly id: string;
  readonly request: RunRequest;
  /** Absent on AWS, where the run begins before its bundle is known, which is then kept beside it. */
  readonly bundleHash?: string | undefined;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** The execution that the run is, on AWS. */
  readonly execution?: RunExecution | undefined;
  /** Notes about the run as a whole from its start. */
  readonly notes?: readonly Note[] | undefined;
}

/** A wave of a run as it was listed. */
export interface Wave {
  /** Tenants in the wave's list. */
  readonly size: number;
  /** Whether one failure in it ends the run. */
  readonly canary: boolean;
  /** Whether it holds the tenants that became `ACTIVE` while the run was under way. */
  readonly late?: true | undefined;
}

/** The progress of a run. */
export interface RunState {
  readonly status: 'running' | 'succeeded' | 'failed' | 'interrupted';
  /** In order, the first wave first; none is empty. */
  readonly waves: readonly Wave[];
  /** Waves entered so far. */
  readonly wavesEntered: number;
  /** Set if the run ended before all its tenants were started. */
  readonly stopped?: RunStop | undefined;
  /**
   * Tenants of each round, by `<wave>-<round>`, that were migrated, but not recorded in the central database;
   * null if their number is unknown. Kept on AWS, where another process sums up.
   */
  readonly notRecorded?: Readonly<Record<string, number | null>> | undefined;
  /** ISO 8601, UTC; absent while the run is under way or if it crashed. */
  readonly finishedAt?: string | undefined;
}

/** A member of a wave's list, in the order of the list. */
export interface WaveMember {
  /** From 1, without gaps. */
  readonly wave: number;
  /** The same for all members of a wave. */
  readonly canary: boolean;
  readonly id: string;
}

/** One pass over (part of) a wave. */
export interface RoundRef {
  readonly wave: number;
  /** From 1; the later ones are retries. */
  readonly round: number;
}

/** Appends the outcomes of one round. */
export interface OutcomeSink {
  /**
   * The outcome is stored, or on its way, when this returns; it waits if the store is slower.
   * Throws `RunStoreUnwritable` from the first write on that failed.
   */
  append(outcome: Outcome): Promise<void>;
  /** Stores what is on its way; throws as `append` does. The sink is closed in any case. */
  close(): Promise<void>;
}

/**
 * The store of runs, under the same keys in a local folder and on S3. Writes are whole
 * or absent. Every method refuses an id that is not a run id (`RunIdInvalid`, fault `usage`), throws
 * `RunStoreUnwritable` or `RunStoreUnreadable` (`configuration`) if the store fails, and those
 * that read throw `RunUnknown` (`usage`) if there is no such run.
 */
export interface RunStore extends RolloutStore {
  /** The place where a run is kept, for people. */
  location(runId: string): string;
  /** Throws `RunExists` (`usage`): an id is used once. */
  createRun(run: RunRecord): Promise<void>;
  readRun(runId: string): Promise<RunRecord>;
  /** Newest first. Throws if a run cannot be read: it may be the newest. */
  listRuns(): Promise<string[]>;
  /** Writes the waves' id lists; members come wave by wave. */
  writeWaves(runId: string, members: AsyncIterable<WaveMember>): Promise<Wave[]>;
  /** Writes the list of one more wave, or replaces it, and counts its ids. */
  writeWave(runId: string, wave: number, ids: AsyncIterable<string>): Promise<number>;
  readWave(runId: string, wave: number): AsyncIterable<string>;
  openOutcomes(runId: string, wave: number, round: number): Promise<OutcomeSink>;
  /** The rounds of which there are outcomes, in no particular order. */
  listRounds(runId: string): Promise<RoundRef[]>;
  /**
   * Outcomes of one round in the order in which they came; a line that was cut by a crash is left
   * out. What `append` was given is read back by the same store even if writing it failed.
   */
  readOutcomes(runId: string, wave: number, round: number): AsyncIterable<Outcome>;
  /**
   * Migrations that an outcome leaves out, by the key that it names; `undefined` if they are gone. Absent in a store
   * whose outcomes are always whole.
   */
  readRest?(runId: string, key: string): Promise<OutcomeRest | undefined>;
  writeState(runId: string, state: RunState): Promise<void>;
  /** Throws `RunNotListed` (`usage`) if the run ended before its waves were written. */
  readState(runId: string): Promise<RunState>;
  /** Writes the ids that the run leaves to a retry, and counts them. */
  writeLeft(runId: string, ids: AsyncIterable<string>): Promise<number>;
  writeSummary(runId: string, summary: Summary): Promise<void>;
  writeReport(runId: string, html: string): Promise<void>;
}
