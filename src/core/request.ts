import type { Phase } from './backfill/phase.ts';
import type { GuardSettings } from './safety/guard/guard-settings.ts';

/** Seconds that a statement waits for a lock if the request does not tell. */
export const LOCK_WAIT_TIMEOUT_SECONDS = 10;

/** A wave of a run: the named tenants, or a share of all that are listed. */
export interface WaveRequest {
  /** Slugs or ids. A named wave is a canary unless `canary` says otherwise. */
  readonly tenants?: readonly string[] | undefined;
  /** Share of the whole list, above 0 and at most 100; rounded up. */
  readonly percentage?: number | undefined;
  /** A canary tolerates no failure: one failed tenant ends the run after the wave. */
  readonly canary?: boolean | undefined;
}

/** Signs of trouble that a run watches between its waves. */
export interface WatchRequest {
  /** Names or ARNs of CloudWatch alarms; only on AWS. */
  readonly alarms?: readonly string[] | undefined;
  /** A command of the shell, which exits with 0 if all is well; only in one process. */
  readonly command?: string | undefined;
  /** Whether statements of the last wave's tenants are compared with those before it; only in one process. */
  readonly digest?: boolean | undefined;
  /** How many times as long a statement has to take to count as worse. Default: 5. */
  readonly digestTimes?: number | undefined;
}

/**
 * The request of a run. One schema for the command line, the execution's input and the
 * schedule: `wire/request-schema.ts` parses it, with these defaults.
 */
export interface RunRequest {
  /** `migrate` applies, `rollback` rolls back, `plan` only shows what one of them would do. */
  readonly command: 'migrate' | 'plan' | 'rollback';
  /** Whether a plan is one of a rollback. */
  readonly rollback?: boolean | undefined;
  /** Slugs or ids, at most 1,000. Default: every `ACTIVE` tenant. */
  readonly tenants?: readonly string[] | undefined;
  /** Id of an earlier run: only its tenants that failed or were not reached are done. */
  readonly retryOf?: string | undefined;
  /** With `retryOf`: only tenants that failed there of this cause, by its number in the summary. */
  readonly cause?: number | undefined;
  /** Waves in order; what they leave forms the last one. Default: one wave. */
  readonly waves: readonly WaveRequest[];
  /** Tenants at a time, at least 1. `auto`: as many as the servers take well; on AWS that is 50. */
  readonly maxConcurrency: number | 'auto';
  /** Tenants at a time on one database server. Default: no separate limit. */
  readonly maxPerHost?: number | undefined;
  /** Only tenants on these hosts (`host` or `host:port`). */
  readonly hosts?: readonly string[] | undefined;
  /**
   * The behavior of an execution that finds another one running: `run` beside it, which the fence makes safe
   * (default), or `skip`, leaving the tenants to the other. In one process there is no execution to look up,
   * so it always runs: the state of a killed run also says that it is running.
   */
  readonly ifRunning?: 'run' | 'skip' | undefined;
  /** The run stops when more than this many tenants have failed. Default: it continues. */
  readonly toleratedFailureCount?: number | undefined;
  /** The same as a share of all listed tenants, 0 to 100; turned into a count when they are listed. */
  readonly toleratedFailurePercentage?: number | undefined;
  /**
   * Whether tenants that have nothing to do are found before the others are migrated. `ask` (default): each
   * is asked, which changes nothing. `trust`: tenants whose recorded version is that of the bundle count as up
   * to date without being asked. `none`: each is asked when it is its turn, on AWS in a child execution of its own.
   */
  readonly probe?: 'ask' | 'trust' | 'none' | undefined;
  /** Whole passes over retryable failures after the first one. */
  readonly automaticRetries: number;
  /** Minutes between a wave and the next one, in which what it did can show. Default: 0. */
  readonly bakeMinutes?: number | undefined;
  /** Signs of trouble that end the run during the bake and before the next wave. Default: none. */
  readonly watch?: WatchRequest | undefined;
  /** Spans of time in which waves may begin, such as `mon-fri 22:00-06:00`. Default: at any time. */
  readonly windows?: readonly string[] | undefined;
  /** Spans of time in which no wave begins, such as `2026-12-20..2027-01-05`. */
  readonly freezes?: readonly string[] | undefined;
  /** The IANA time zone of windows, freezes and backfill windows. Default: UTC. */
  readonly timeZone?: string | undefined;
  /** Whether somebody has to approve the wave after a canary, or every wave but the first. Default: `none`. */
  readonly approval?: 'none' | 'canary' | 'waves' | undefined;
  /** Hours after which a wave that nobody approved ends the run. Default: 24. */
  readonly approvalHours?: number | undefined;
  /** Id of the last migration to apply (default: all); for a rollback, of the last one to stay. */
  readonly to?: string | undefined;
  /** For a rollback: id of the run whose migrations are rolled back on the tenants that it migrated. */
  readonly run?: string | undefined;
  /** For a rollback: how many of each tenant's newest migrations are rolled back. */
  readonly steps?: number | undefined;
  /**
   * For a retry of `steps`, and set by it: id of the run that was to take them first, so that what has
   * been rolled back since counts.
   */
  readonly stepsOf?: string | undefined;
  /** For a rollback: it may leave a tenant without any migration. */
  readonly allowEmpty?: boolean | undefined;
  /** Applied migrations that have changed since fail a tenant instead of being noted. */
  readonly strict: boolean;
  /** Continue if the database has applied migrations that the bundle lacks. */
  readonly allowMissing: boolean;
  /** Seconds that a statement waits for a metadata or row lock. MySQL's own default is a year. */
  readonly lockWaitTimeoutSeconds: number;
  /** Seconds after which a statement of a migration is killed. Default: it may run without end. */
  readonly statementTimeoutSeconds?: number | undefined;
  /** Limits for statements that change existing tables. Default: none. */
  readonly safety?: GuardSettings | undefined;
  /** The pending migrations that the run takes. Default: `schema`, all but backfills. */
  readonly phase?: Phase | undefined;
  /** Spans of time in which backfills run, such as `22:00-06:00`. Default: at any time. */
  readonly backfillWindows?: readonly string[] | undefined;
}
