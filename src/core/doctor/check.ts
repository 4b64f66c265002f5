/** What is looked at, in this order. */
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
  'migrations',
  'checksums',
  'repair',
] as const;

export type CheckName = (typeof CHECK_NAMES)[number];

/** One thing that was looked at. */
export type Check =
  | { readonly name: CheckName; readonly status: 'ok'; readonly message: string }
  | Finding;

/** One thing that is not as it should be. */
export interface Finding {
  readonly name: CheckName;
  /** `wrong`: a run fails over it, or somebody has to look. `note`: runs go well nevertheless. */
  readonly status: 'note' | 'wrong';
  /** Stable and documented in docs/errors.md. */
  readonly code: string;
  readonly message: string;
  readonly nextStep: string;
}

/** A check that found nothing to do; the message says what is there. */
export function ok(name: CheckName, message: string): Check {
  return { name, status: 'ok', message };
}
