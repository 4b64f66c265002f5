import * as z from 'zod';
import { OUTCOME_STATUSES } from '../outcome.ts';
import { PACE_REASONS } from '../pace/pace-reason.ts';
import type { Summary } from '../reduce/summary.ts';
import { noteSchema, standingSchema, tenantRefSchema } from './outcome-schema.ts';

const count = z.int().min(0);

/** A failure with all its facts; an execution's outcome leaves some of them out. */
export const wholeFailureSchema = z.object({
  code: z.string().describe('stable; docs/reference/errors.md has each'),
  message: z.string(),
  nextStep: z.string().describe('commands are Markdown code spans, as `fanfold …`'),
  retryable: z.boolean(),
  fingerprint: z.string().describe('the same for equal failures'),
  migration: z.string().optional(),
  statement: z.object({ number: count, text: z.string() }).optional(),
  errno: z.int().optional(),
  sqlState: z.string().optional(),
  statements: z.array(standingSchema).optional(),
});

const failureGroupSchema = wholeFailureSchema.extend({
  count,
  varies: z.boolean().optional(),
  tenants: z.array(tenantRefSchema).describe('the first ten by slug'),
});

const statusCounts = z.object(
  Object.fromEntries(OUTCOME_STATUSES.map((status) => [status, count])) as Record<
    (typeof OUTCOME_STATUSES)[number],
    typeof count
  >,
);

/** A pace that a run has chosen. */
export const paceSchema = z.object({
  atATime: count.describe('tenants at a time'),
  why: z.enum(PACE_REASONS).describe('why it is not higher'),
});

/** The content of a run's `summary.json`, and of its last event. */
export const summarySchema = z.object({
  total: count.describe('tenants listed, over all waves'),
  counts: statusCounts.describe('tenants by their last outcome'),
  failures: z.array(failureGroupSchema).describe('by cause, at most 100'),
  otherFailures: count.describe('failures of other causes'),
  applied: count.describe('migrations applied, over all tenants'),
  rowsChanged: count.optional().describe('rows that backfills changed, over all tenants'),
  retried: count.describe('tenants that needed more than one try'),
  notes: z.record(z.string(), count).describe('tenants by the code of a note'),
  pace: paceSchema.optional().describe('that the run chose by itself, at its end'),
  runNotes: z.array(noteSchema).optional(),
  plan: z
    .object({
      tenants: count,
      upToDate: count,
      groups: z.array(
        z.object({
          migrations: z.array(z.string()),
          leftOut: count.optional().describe('further migrations, which are not listed'),
          count,
          tenants: z.array(tenantRefSchema),
        }),
      ),
      otherTenants: count,
    })
    .optional()
    .describe('what a plan comes to'),
}) satisfies z.ZodType<Summary>;
