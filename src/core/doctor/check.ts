import type { ErrorCode } from '../error-codes.ts';
import type { FindingCode } from '../note-codes.ts';
/** The checks, in this order. */
export const CHECK_NAMES = [
  'tenant',
  'reachable',
  'tls',
  'server',
  'sql-mode',
  'connections',
  'privileges',
  'application',
  'fence',
  'knex-lock',
  'journal',
  'online-changes',
  'migrations',
  'checksums',
  'backfills',
  'replicas',
  'repair',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

/** The result of one check. */
export type Check =
  | { readonly name: CheckName; readonly status: 'ok'; readonly message: string }
  | Finding;

interface FindingOf<Status extends 'note' | 'wrong', Code extends FindingCode> {
  readonly name: CheckName;
  readonly status: Status;
  /** Stable and documented in docs/reference/errors.md. */
  readonly code: Code;
  readonly message: string;
  readonly nextStep: string;
}

/** A finding that makes a run fail, or that needs attention. */
export type WrongFinding = FindingOf<'wrong', ErrorCode>;

/** One thing that is not as it should be; a `note` does not keep runs from succeeding. */
export type Finding = WrongFinding | FindingOf<'note', FindingCode>;

/** A check that found nothing to do; the message describes what is there. */
export function ok(name: CheckName, message: string): Check {
  return { name, status: 'ok', message };
}
