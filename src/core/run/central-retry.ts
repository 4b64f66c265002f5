import type { RetryPolicy } from '../migrate/full-jitter.ts';

/**
 * The central database is tried for up to a minute (0.5 + 1 + 2 + 4 + 8 + 16 + 20 s at most): that
 * is a failover, and hours of work would end with it.
 */
export const CENTRAL_RETRY: RetryPolicy = { attempts: 8, baseMs: 500, capMs: 20_000 };
