import type { ControlWatch } from '../backfill/run-control.ts';
import type { Bundle } from '../bundle/bundle.ts';
import type { DigestWatch } from '../digests/digest-watch.ts';
import type { ReadTenantDigests } from '../digests/look-at-digests.ts';
import type { RunEvent } from '../events.ts';
import type { AttemptTenant } from '../migrate/attempt.ts';
import type { RetryPolicy } from '../migrate/full-jitter.ts';
import type { HostHealth } from '../migrate/host-health.ts';
import type { StopSwitch } from '../migrate/stop-switch.ts';
import type { Teller } from '../notify/create-teller.ts';
import type { OwnNote } from '../outcome.ts';
import type { Pace } from '../pace/pace.ts';
import type { paceOfRequest } from '../pace/pace-of-request.ts';
import type { Clock, TenantDirectory } from '../ports.ts';
import type { RunRequest } from '../request.ts';
import type { ApprovalStore, WatchVerdict } from '../rollout/rollout.ts';
import type { RolloutRecord } from '../rollout/rollout-record.ts';
import type { RunRecord, RunStore, Wave } from '../run-store.ts';
import type { ReachedRecorder } from './reached-recorder.ts';
import type { Tally } from './tally.ts';

/** Asks whether what a run watches is well. Never rejects; the signal ends the asking. */
export type AskWatch = (watch: RunRequest['watch'], signal: AbortSignal) => Promise<WatchVerdict>;

/** A run that is under way, as its waves see it. */
export interface ActiveRun {
  readonly record: RunRecord;
  readonly bundle: Bundle;
  /** As listed; the tenants that became `ACTIVE` meanwhile join as one more. */
  readonly waves: Wave[];
  /** The number of failed tenants that the run tolerates; `undefined`: any number. */
  readonly tolerated: number | undefined;
  readonly directory: Pick<TenantDirectory, 'findByIds' | 'listIds'>;
  readonly store: RunStore & ApprovalStore;
  /** How the run is held between its waves. */
  readonly rollout: RolloutRecord;
  /** Asks whether what the request watches is well. */
  readonly askWatch: AskWatch;
  /** Reads the statements that a tenant's server has counted; undefined if this program cannot. */
  readonly readDigests: ReadTenantDigests | undefined;
  /** Watches the statements of the wave that was entered last. */
  digests?: DigestWatch | undefined;
  readonly attemptTenant: AttemptTenant;
  readonly recorder: ReachedRecorder;
  readonly clock: Clock;
  readonly random: () => number;
  readonly retry: RetryPolicy;
  /** How many tenants it attempts at a time, from wave to wave. */
  readonly pace: Pace;
  /** The means with which another pace is made, for a pass with other limits. */
  readonly paceOptions: Parameters<typeof paceOfRequest>[1];
  /** A host that is down stays so from wave to wave, until it is probed again. */
  readonly health: HostHealth;
  /** The wishes of others for it. */
  readonly control: ControlWatch;
  readonly stop: StopSwitch;
  /** Over all waves. */
  readonly tally: Tally;
  /** Notifies people who do not follow the run. */
  readonly teller: Teller;
  readonly emit: (event: RunEvent) => void;
  /** Reports a note about the run, unless the same one was reported before. */
  readonly warnOnce: (note: OwnNote) => void;
  /**
   * Does work that needs the run store or the central database. If it fails, the run is stopped and
   * nothing is returned; results so far are still reported.
   */
  readonly stopOnError: <Result>(work: () => Promise<Result>) => Promise<Result | undefined>;
}
