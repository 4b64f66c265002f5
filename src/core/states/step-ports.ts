import type { ControlStore } from '../backfill/run-control.ts';
import type { Outcome } from '../outcome.ts';
import type { RunDetails } from '../reduce/details/run-details.ts';
import type { Summary } from '../reduce/summary.ts';
import type { WaveStanding } from '../reduce/wave-standing.ts';
import type { WatchVerdict } from '../rollout/rollout.ts';
import type { RoundRef, RunExecution, RunRecord, RunStore } from '../run-store.ts';
import type { Refusal } from '../safety/gate/refusals.ts';
import type { RunNotification } from '../wire/notification-schema.ts';
import type { RoundItem, StepDecision, StepRound } from '../wire/step-data.ts';

/** The migrations that a run stands for, to hold what is deployed later against. */
export interface RunBundle {
  /** Of the bundle as the request cuts it. */
  readonly hash: string;
  /** In order. */
  readonly migrations: readonly { readonly id: string; readonly checksum: string }[];
}

/** The decision after a round, and with it about the run. Written once. */
export interface RoundSummary {
  readonly round: StepRound;
  /** Of this round alone. */
  readonly ofRound: Summary;
  /** Of the run so far; what was listed and not reported is in `total` and in none of the counts. */
  readonly ofRun: Summary;
  /** One for each listed wave, in order. */
  readonly waves: readonly WaveStanding[];
  /** Of the run so far, for its report; absent if an earlier deployment reduced the round. */
  readonly details?: RunDetails | undefined;
}

/** A decision about what follows a round, under the redrive count with which it was taken. */
export interface StoredDecision {
  readonly redriveCount: number;
  readonly decision: StepDecision;
}

/** A wait for an approval, as Step Functions knows it. The token alone gives nobody the right to use it. */
export interface ApprovalToken {
  readonly wave: number;
  readonly token: string;
}

/** The input that was written for a round's Map. */
export interface WrittenItems {
  readonly count: number;
  /** Key under which the Map finds them in the store. */
  readonly key: string;
}

/**
 * A run store that the states of the machine share. Each state may be invoked twice, so that all
 * that is written once comes back as it was first written. Outcomes of a round come from two sides:
 * the lister's own, through `openOutcomes`, which are complete once the sink is closed, and the
 * Map's result files under `resultsPrefix`. `readOutcomes` and `listRounds` know both.
 *
 * `readOutcomes` throws `ResultFileDamaged` (`configuration`), which names the file, if a result
 * file has a line that is not JSON. If the Map left no results it gives the lister's own.
 */
export interface StepRunStore extends RunStore, ControlStore {
  /**
   * Creates the run of an execution, or finds what the same execution has created. Throws `RunExists`
   * if the id is another execution's, or a run that was made elsewhere.
   */
  openRun(run: RunRecord & { readonly execution: RunExecution }): Promise<RunRecord>;
  /** Replaces the bundle. */
  writeBundle(runId: string, bundle: RunBundle): Promise<void>;
  /** `undefined` before the first round. */
  readBundle(runId: string): Promise<RunBundle | undefined>;
  /** Replaces the items of a round; the key is the same for the same round. */
  writeItems(
    runId: string,
    round: RoundRef,
    items: AsyncIterable<RoundItem>,
  ): Promise<WrittenItems>;
  /** Items hold addresses and ciphertext, so they go when the round is over. Nothing to delete is not an error. */
  deleteItems(runId: string, round: RoundRef): Promise<void>;
  /**
   * Writes the items of a round that are to be kept, beside all of them. Throws `RunStoreUnreadable` if the items
   * are gone.
   */
  writeRest(
    runId: string,
    round: RoundRef,
    keeps: (item: RoundItem) => boolean,
  ): Promise<WrittenItems>;
  /** Prefix under which the probe of a round writes its results; never that of another round. */
  probePrefix(runId: string, round: RoundRef): string;
  /** Outcomes that the probe of a round has settled; `readOutcomes` gives them as well, after the others. */
  readProbed(runId: string, round: RoundRef): AsyncIterable<Outcome>;
  /** Replaces the items of all waves, whose shapes are read before the first one; they go with its own items. */
  writeItemsOfRun(runId: string, items: AsyncIterable<RoundItem>): Promise<WrittenItems>;
  /** Prefix under which the reading of shapes writes its results, of an execution that was redriven so often. */
  shapesPrefix(runId: string, redriveCount: number): string;
  /**
   * The tenants that may not be migrated, by batch and reason; `undefined` if nothing was written under the prefix.
   * Throws `ResultFileDamaged`.
   */
  readRefusals(runId: string, redriveCount: number): Promise<readonly Refusal[] | undefined>;
  /** Prefix under which the Map writes the results of a round; never that of another round. */
  resultsPrefix(runId: string, round: RoundRef): string;
  /** Keeps the first summary of the round and returns what is kept. */
  writeRoundSummary(runId: string, summary: RoundSummary): Promise<RoundSummary>;
  /** Throws `RoundNotReduced` (`configuration`) if there is none. */
  readRoundSummary(runId: string, round: RoundRef): Promise<RoundSummary>;
  /** Keeps the first decision under that round and redrive count and returns what is kept. */
  decideOnce(runId: string, round: RoundRef, decision: StoredDecision): Promise<StepDecision>;
  /**
   * Keeps who tells the end of an execution that was redriven so often, if nobody does yet, and returns who it is: a
   * state, the closing of the run, or the event of Step Functions.
   */
  markEnd(runId: string, redriveCount: number, by: EndTeller): Promise<EndTeller>;
  /** Decisions about one round, in no particular order. */
  readDecisions(runId: string, round: RoundRef): Promise<StoredDecision[]>;
  /** Replaces the token with which Step Functions takes the decision about a wave. */
  writeApprovalToken(runId: string, token: ApprovalToken): Promise<void>;
  /** The last token; `undefined` if no wave has waited for an approval. */
  readApprovalToken(runId: string): Promise<ApprovalToken | undefined>;
}

/** The part that notifies of the end of an execution. */
export type EndTeller = 'state' | 'closing' | 'event';

/** An execution that has ended without success. */
export interface EndedExecution {
  readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED';
  /** How often it had been redriven by then. */
  readonly redriveCount: number;
  /** Name of the error, and its words for people; empty if there are none. */
  readonly error: string;
  readonly cause: string;
  readonly input: string;
}

/** Another execution of the same state machine. */
export interface OtherExecution extends RunExecution {
  /** Its name, which is the id of its run. */
  readonly name: string;
}

/** CloudWatch alarms, by name or ARN. Throws `FanfoldError`s, retryable if waiting helps. */
export interface Alarms {
  /** Throws `AlarmUnknown` (`usage`) for one that does not exist here. */
  checkThere(alarms: readonly string[]): Promise<void>;
  /** Whether none of them is in alarm, without data or gone. */
  look(alarms: readonly string[]): Promise<WatchVerdict>;
}

/** Executions, as Step Functions and Lambda know them. Throws `FanfoldError`s, retryable if waiting helps. */
export interface Executions {
  /** Others of the same state machine that are running, the newest first; some of them if there are many. */
  otherRunning(executionArn: string): Promise<OtherExecution[]>;
  /** How often it was redriven. Eventually consistent: the state's own context may know of more. */
  redriveCount(executionArn: string): Promise<number>;
  /** How it ended; undefined if it runs or has succeeded. */
  describeEnd(executionArn: string): Promise<EndedExecution | undefined>;
  /** Functions that the account may run at a time; `Infinity` if that cannot be read. Never throws. */
  concurrencyQuota(): Promise<number>;
}

/** Sends a notification. Never rejects: one that cannot be sent is logged, and does not fail a run. */
export type SendNotification = (notification: RunNotification) => Promise<void>;
