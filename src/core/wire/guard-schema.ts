import * as z from 'zod';
import { parseByteSize } from '../safety/guard/byte-size.ts';
import { GUARD_KEYS, MOST_QUEUE_MS } from '../safety/guard/guard-problems.ts';
import { GUARD_LOCKS, type GuardSettings, ONLINE_CHANGES } from '../safety/guard/guard-settings.ts';

/** The keys of a guard, as the configuration and a request have them. */
export const guardKeys = {
  lock: z.enum(GUARD_LOCKS).optional().describe(GUARD_KEYS.lock.allowed),
  copyBytes: z
    .union([z.number(), z.string().max(40)])
    .refine((size) => parseByteSize(size) !== undefined)
    .optional()
    .describe(GUARD_KEYS.copyBytes.allowed),
  queueMs: z.int().min(0).max(MOST_QUEUE_MS).optional().describe(GUARD_KEYS.queueMs.allowed),
  onlineChange: z.enum(ONLINE_CHANGES).optional().describe(GUARD_KEYS.onlineChange.allowed),
  keep: z.boolean().optional().describe(GUARD_KEYS.keep.allowed),
};

/** The guard of a request. */
export const guardSchema = z.strictObject(guardKeys) satisfies z.ZodType<GuardSettings>;
