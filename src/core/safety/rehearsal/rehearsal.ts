import type { OwnFailure } from '../../failure.ts';
import type { Severity } from '../lint/rule.ts';
import type { ScratchServerFacts, SentStatement } from '../recording.ts';
import type { RehearsalRuleName } from './rehearsal-rules.ts';
import type { Moment } from './stop.ts';

/** Something that a rehearsal has found about a migration. */
export interface RehearsalFinding {
  readonly rule: RehearsalRuleName;
  readonly severity: Exclude<Severity, 'off'>;
  readonly migration: string;
  /** A full sentence. */
  readonly message: string;
  /** Each difference, or the error, in words. */
  readonly details: readonly string[];
  /** The advice: how to change the migration. */
  readonly change: string;
  /** The statement at which it was stopped, or that failed. */
  readonly statement?: StoppedStatement | undefined;
}

/** A finding that somebody has allowed, with the reason. */
export interface AllowedFinding extends RehearsalFinding {
  readonly reason: string;
}

/** A statement of an up or a down at which attempts were stopped. */
export interface StoppedStatement {
  readonly direction: 'up' | 'down';
  readonly number: number;
  /** With literals cut. */
  readonly text: string;
  /** The moments with this result. */
  readonly moments?: readonly Moment[] | undefined;
}

/** How attempts that were stopped have ended. */
export interface StopTally {
  /** Stops that were tried, and those that exist: every statement at every moment. */
  readonly tried: number;
  readonly all: number;
  readonly right: number;
  readonly labelled: number;
  readonly wrong: number;
}

/** Whether a migration can be rolled back: `definitions` if rows or values do not come back. */
export type Reversible = 'yes' | 'definitions' | 'no';

/** One migration in a rehearsal. */
export interface RehearsedMigration {
  readonly id: string;
  /** As they were sent by its up, with the server's verdicts. */
  readonly statements: readonly SentStatement[];
  /** The table whose rows it fills as a backfill. */
  readonly fills?: string | undefined;
  /** Absent if its up failed. */
  readonly reversible?: Reversible | undefined;
  readonly stops: StopTally;
  /**
   * Fingerprints of the shapes that a kill of its up has left and from which it was resumed without an error, if they
   * were wanted.
   */
  readonly resumable?: readonly string[] | undefined;
  /** The time of its up on the scratch server, which has few rows. */
  readonly durationMs: number;
  readonly findings: readonly RehearsalFinding[];
  readonly allowed: readonly AllowedFinding[];
  /** Checks that were not made, each with the reason. */
  readonly notChecked: readonly string[];
}

/** A shape that tenants may have before a run, and the migrations that were rehearsed from it. */
export interface CoveredShape {
  readonly fingerprint: string;
  /** Ids of the migrations that a tenant of this shape lacks. */
  readonly pending: readonly string[];
}

/** A rehearsal of a bundle from one shape, or from an empty database. */
export interface Rehearsal {
  readonly server: ScratchServerFacts;
  /** For people: `an empty database`, or the shape. */
  readonly start: string;
  readonly migrations: readonly RehearsedMigration[];
  /** The shapes from which this rehearsal shows what happens. */
  readonly shapes: readonly CoveredShape[];
  /** Differences between the scratch database and the tenants, and other things that stay uncertain. */
  readonly notes: readonly string[];
  /** Why it ended before the last migration. */
  readonly failure?: OwnFailure | undefined;
}

/** The result of a migration or of a whole rehearsal: `wrong` if an error was found. */
export type RehearsalResult = 'right' | 'labelled' | 'wrong';

/** The worst of findings. */
export function resultOf(findings: readonly Pick<RehearsalFinding, 'severity'>[]): RehearsalResult {
  if (findings.some(({ severity }) => severity === 'error')) return 'wrong';
  return findings.length > 0 ? 'labelled' : 'right';
}

export const NO_STOPS: StopTally = { tried: 0, all: 0, right: 0, labelled: 0, wrong: 0 };
