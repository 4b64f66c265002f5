import type { DigestSnapshot, StatementDigest } from './statement-digest.ts';

/** Three readings of one database. */
export interface DigestReadings {
  /** Before its wave: what the server had counted until then. */
  readonly before: DigestSnapshot;
  /** After its wave: what came between is the migration's own. */
  readonly start: DigestSnapshot;
  readonly now: DigestSnapshot;
}

/** Means of one execution. */
export interface DigestMeans {
  readonly count: number;
  readonly timeMs: number;
  readonly rowsExamined: number;
  /** From 0 to 1. */
  readonly errorShare: number;
}

/** A kind of statement that is worse since the wave. */
export interface DigestFinding {
  readonly kind: 'slower' | 'errors';
  readonly text: string;
  /** Undefined if the server had not seen it before the wave. */
  readonly before: DigestMeans | undefined;
  readonly since: DigestMeans;
}

/** How much has to change before a statement counts as worse. */
export interface DigestLimits {
  /** How many times as long one execution has to take. */
  readonly times: number;
}

/** Caches, a rebuilt table or a busy machine slow a statement down by far less; a lost index by more. */
export const DEFAULT_DIGEST_LIMITS: DigestLimits = { times: 5 };

/** Below that many executions a mean says little. */
const LEAST_EXECUTIONS = 10;
/** Nobody notices a smaller change, and below it a mean is noise. */
const LEAST_MS = 1;
/**
 * A statement that reads the same rows only waits: for a cache that is cold, or a lock. Therefore it must be
 * far slower to count.
 */
const WAITING_FACTOR = 4;
const LEAST_WAITING_MS = 100;
const ROWS_FACTOR = 2;
const LEAST_ROWS = 50;
const LEAST_ERRORS = 3;
const LEAST_ERROR_SHARE = 0.05;
const ERRORS_FACTOR = 10;
/** For a statement that the server had not seen before the wave. */
const UNSEEN_ERROR_SHARE = 0.5;

/** The comparison of one database. */
export interface DigestComparison {
  /** The worst first. */
  readonly findings: readonly DigestFinding[];
  /** Kinds of statements that ran often enough, before and since, to be compared. */
  readonly compared: number;
}

/**
 * Compares the statements since the wave with those before it, by their means. Pure. Counters that went back, as
 * after a restart of the server, are left out.
 */
export function compareDigests(
  { before, start, now }: DigestReadings,
  { times }: DigestLimits = DEFAULT_DIGEST_LIMITS,
): DigestComparison {
  const findings: DigestFinding[] = [];
  let compared = 0;
  for (const [digest, counters] of now.statements) {
    const at = start.statements.get(digest);
    // It may have been counted and not read.
    if (at === undefined && start.isCut) continue;
    const since = meansOf(counters, at);
    if (since === undefined) continue;
    const history = before.statements.get(digest);
    if (history === undefined && before.isCut) continue;
    const past = history && meansOf(history, undefined);
    const { text } = counters;
    if (hasNewErrors(past, since)) findings.push({ kind: 'errors', text, before: past, since });
    if (past === undefined || past.count < LEAST_EXECUTIONS || since.count < LEAST_EXECUTIONS) {
      continue;
    }
    compared += 1;
    if (isSlower(past, since, times)) findings.push({ kind: 'slower', text, before: past, since });
  }
  return { findings: findings.sort((a, b) => weight(b) - weight(a)), compared };
}

/** Means between two counts; undefined if there was no execution, or the counters went back. */
function meansOf(to: StatementDigest, from: StatementDigest | undefined): DigestMeans | undefined {
  const count = to.count - (from?.count ?? 0);
  const timeMs = to.timeMs - (from?.timeMs ?? 0);
  const rowsExamined = to.rowsExamined - (from?.rowsExamined ?? 0);
  const errors = to.errors - (from?.errors ?? 0);
  if (count <= 0 || timeMs < 0 || rowsExamined < 0 || errors < 0) return undefined;
  return {
    count,
    timeMs: timeMs / count,
    rowsExamined: rowsExamined / count,
    errorShare: errors / count,
  };
}

function isSlower(past: DigestMeans, since: DigestMeans, times: number): boolean {
  if (since.timeMs < LEAST_MS || since.timeMs <= times * past.timeMs) return false;
  const readsMore = since.rowsExamined > ROWS_FACTOR * past.rowsExamined + LEAST_ROWS;
  const waits =
    since.timeMs >= LEAST_WAITING_MS && since.timeMs > WAITING_FACTOR * times * past.timeMs;
  return readsMore || waits;
}

function hasNewErrors(past: DigestMeans | undefined, since: DigestMeans): boolean {
  if (Math.round(since.errorShare * since.count) < LEAST_ERRORS) return false;
  if (past === undefined) return since.errorShare >= UNSEEN_ERROR_SHARE;
  return (
    since.errorShare >= LEAST_ERROR_SHARE && since.errorShare > ERRORS_FACTOR * past.errorShare
  );
}

/** Errors before slowness, then what costs most. */
function weight({ kind, since }: DigestFinding): number {
  return kind === 'errors' ? Number.MAX_SAFE_INTEGER : since.timeMs * since.count;
}
