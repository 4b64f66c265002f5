import * as z from 'zod';
import type { RehearsalEvidence } from '../safety/rehearsal/evidence.ts';

const result = z.enum(['right', 'labelled', 'wrong']);

const shape = { fingerprint: z.string(), pending: z.array(z.string()), result };

/** The file that `migrate:rehearse --evidence` writes. Keys that a later version adds are passed over. */
export const evidenceSchema = z.object({
  fanfold: z.literal('rehearsal'),
  format: z.literal(1),
  tool: z.string(),
  madeAt: z.string(),
  bundle: z.string(),
  server: z.object({ product: z.string(), version: z.string() }),
  result,
  shapes: z.array(z.object(shape)),
  resumable: z.array(z.object({ ...shape, migration: z.string() })).optional(),
  migrations: z.array(
    z.object({
      migration: z.string(),
      checksum: z.string(),
      start: z.string(),
      result,
      reversible: z.enum(['yes', 'definitions', 'no']).optional(),
      stops: z.object({ tried: z.int().nonnegative(), all: z.int().nonnegative() }),
      durationMs: z.number().nonnegative(),
      findings: z.array(z.string()),
      allowed: z.array(z.string()),
    }),
  ),
}) satisfies z.ZodType<RehearsalEvidence>;
