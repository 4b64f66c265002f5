import * as z from 'zod';
import { STANDINGS } from '../half-applied.ts';
import type { Outcome, OutcomeRest } from '../outcome.ts';

export const appliedMigrationSchema = z.object({
  name: z.string(),
  durationMs: z.number(),
  rowsChanged: z.int().min(0).optional(),
});
export const noteSchema = z.object({ code: z.string(), message: z.string() });

const left = z.int().min(1).optional();
/** Migrations that are counted and not listed. */
export const leftOutSchema = z
  .object({
    ...{ applied: left, reverted: left, pending: left, reverting: left },
    rest: z
      .string()
      .optional()
      .describe('the key of the object that has those applied or reverted'),
  })
  .describe('migrations that the lists leave out, because an execution carries only so many bytes');

/** Migrations that an outcome leaves out, in an object of their own. */
export const outcomeRestSchema = z.object({
  applied: z.array(appliedMigrationSchema).optional(),
  reverted: z.array(appliedMigrationSchema).optional(),
  before: z.string().optional(),
}) satisfies z.ZodType<OutcomeRest>;

/** The standing of a statement of a half-applied migration. */
export const standingSchema = z.object({
  number: z.int().min(1),
  text: z.string(),
  standing: z.enum(STANDINGS),
  direction: z.literal('down').optional(),
  leavesNothing: z.literal(true).optional(),
  isThere: z.literal(true).optional(),
  stoppedHere: z.literal(true).optional(),
  now: z.string().optional(),
});

const failureSchema = z.object({
  code: z.string().min(1),
  message: z.string(),
  nextStep: z.string(),
  retryable: z.boolean(),
  fingerprint: z.string(),
  migration: z.string().optional(),
  statement: z.object({ number: z.number(), text: z.string() }).optional(),
  errno: z.number().optional(),
  sqlState: z.string().optional(),
  // Statements of a later version may be unreadable for this one; the failure counts without them.
  statements: z.array(standingSchema).optional().catch(undefined),
});

/** The names and the server of a tenant. */
export const tenantRefSchema = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  database: z.string(),
  host: z.string().optional(),
});

const facts = {
  tenant: tenantRefSchema,
  wave: z.int().min(1),
  position: z.int().min(0),
  tries: z.int().min(0),
  durationMs: z.number(),
  finishedAt: z.string().optional(),
  notes: z.array(noteSchema),
};
const leftOut = leftOutSchema.optional();
const applied = z.array(appliedMigrationSchema);

/** The outcome of one tenant, as a child execution's output or in the message of its error. */
export const outcomeSchema = z.discriminatedUnion('status', [
  z.object({ ...facts, status: z.literal('migrated'), applied, leftOut }),
  z.object({ ...facts, status: z.literal('unchanged') }),
  z.object({
    ...facts,
    status: z.literal('failed'),
    failure: failureSchema,
    applied,
    reverted: applied.optional(),
    leftOut,
  }),
  z.object({
    ...facts,
    status: z.literal('skipped'),
    cause: z.enum(['stopped', 'not-active']),
    reason: z.string(),
  }),
  z.object({ ...facts, status: z.literal('unknown'), reason: z.string() }),
  z.object({
    ...facts,
    status: z.literal('planned'),
    pending: z.array(z.string()),
    reverting: z.array(z.string()).optional(),
    leftOut,
  }),
  z.object({ ...facts, status: z.literal('reverted'), reverted: applied, leftOut }),
]) satisfies z.ZodType<Outcome>;
