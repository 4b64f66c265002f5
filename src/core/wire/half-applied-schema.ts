import * as z from 'zod';
import { RESOLUTIONS } from '../resolve/resolution.ts';
import type { WayOut } from '../resolve/ways-out.ts';
import { standingSchema } from './outcome-schema.ts';

const aheadSchema = standingSchema.extend({ sql: z.string() });

/** One thing that may be done about a half-applied migration. */
export const wayOutSchema = z.object({
  kind: z.enum(RESOLUTIONS),
  byHand: z.boolean(),
  verdict: z.enum(['safe', 'careful', 'unsafe']),
  why: z.string(),
  contradicted: z.array(z.int()),
}) satisfies z.ZodType<WayOut>;

/** All that a person needs to decide about one half-applied migration, as JSON. */
export const halfAppliedReportSchema = z.object({
  migration: z.string(),
  open: z.array(z.enum(['up', 'down'])),
  file: z.string().optional(),
  label: z
    .object({
      message: z.string(),
      at: z.iso.datetime({ offset: true }),
      statements: z.array(standingSchema),
    })
    .optional(),
  statements: z.array(standingSchema),
  ahead: z
    .object({
      statements: z.array(aheadSchema),
      unknown: z.array(aheadSchema),
      cut: z.string().optional(),
    })
    .optional(),
  ways: z.array(wayOutSchema),
});
