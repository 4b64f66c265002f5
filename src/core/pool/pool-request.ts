import { LOCK_WAIT_TIMEOUT_SECONDS } from '../request.ts';

/** The request of an attempt at a pooled database, but for its command: the defaults, with its backfills. */
export const POOL_REQUEST = {
  strict: false,
  allowMissing: false,
  phase: 'all',
  lockWaitTimeoutSeconds: LOCK_WAIT_TIMEOUT_SECONDS,
} as const;
