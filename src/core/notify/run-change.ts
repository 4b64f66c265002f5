import type { ShortSummary } from '../wire/step-data.ts';

/** A wave of a run that has several. */
interface InWave {
  /** From 1. */
  readonly wave: number;
  /** Waves that were listed. */
  readonly waves: number;
}

/** A change of a run's standing that is worth a notification, with its facts. Times are ISO 8601, UTC. */
export type RunChangeFacts =
  | {
      readonly change: 'started';
      /** Absent on AWS, where a run starts before its tenants are listed. */
      readonly total?: number | undefined;
      readonly waves?: number | undefined;
      readonly retryOf?: string | undefined;
    }
  /** The run moves on from a wave; only if it has several. */
  | (InWave & {
      readonly change: 'wave-done';
      readonly canary: boolean;
      readonly summary: ShortSummary;
    })
  /** The time between two waves, for problems to show. */
  | (InWave & { readonly change: 'baking'; readonly until: string })
  /** The run may only continue within a window. */
  | (InWave & {
      readonly change: 'waiting-for-window';
      readonly until?: string | undefined;
      readonly reason: string;
    })
  /** `nextStep` names the command that approves or rejects it. */
  | (InWave & {
      readonly change: 'waiting-for-approval';
      readonly until?: string | undefined;
      readonly nextStep: string;
    })
  /** A watch found something; the run does not continue by itself. */
  | (InWave & {
      readonly change: 'held';
      readonly reason: string;
      /** Of the run so far. */
      readonly summary?: ShortSummary | undefined;
      readonly nextStep?: string | undefined;
    })
  /** After a wait, a hold or a failure. */
  | {
      readonly change: 'resumed';
      readonly wave?: number | undefined;
      readonly waves?: number | undefined;
      readonly reason?: string | undefined;
      readonly by?: string | undefined;
    }
  | {
      readonly change: 'rejected';
      readonly reason: string;
      readonly nextStep?: string | undefined;
      readonly by?: string | undefined;
      readonly summary: ShortSummary;
    }
  | {
      readonly change: 'stopped' | 'failed';
      /** Absent if no state has made one, since the execution ended outside of them. */
      readonly summary?: ShortSummary | undefined;
      /** Why not all tenants were started; absent if all were. */
      readonly reason?: string | undefined;
      readonly nextStep?: string | undefined;
    }
  | { readonly change: 'done'; readonly summary: ShortSummary };

/** The moment of a change within its run: a state that is retried sends the same notification again. */
export interface ChangeMoment {
  /** Default: 0, as in one process. */
  readonly redriveCount?: number | undefined;
  readonly wave?: number | undefined;
  readonly round?: number | undefined;
  /** For a change that may happen several times between two waves, such as being held. Default: 0. */
  readonly occurrence?: number | undefined;
}

/**
 * Sends a notification about a change of a run's standing. Never rejects: a notification that cannot be sent
 * is a warning.
 */
export type TellChange = (facts: RunChangeFacts, moment?: ChangeMoment) => Promise<void>;
