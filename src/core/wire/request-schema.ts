import * as z from 'zod';
import { PHASES } from '../backfill/phase.ts';
import { AT_A_TIME_ON_AWS } from '../pace/at-a-time.ts';
import { LOCK_WAIT_TIMEOUT_SECONDS, type RunRequest } from '../request.ts';
import { parseSpan, SPAN_SHAPES } from '../rollout/span-text.ts';
import { isTimeZone } from '../rollout/time-zone.ts';
import { GUARD_SHAPE } from '../safety/guard/guard-problems.ts';
import { guardSchema } from './guard-schema.ts';

/** Names that one request may carry: every one of them travels in the execution's input. */
const MOST_NAMES = 1_000;

const name = z.string().trim().min(1).max(255);
const names = z.array(name).min(1).max(MOST_NAMES);
const spans = z
  .array(
    z
      .string()
      .max(200)
      .refine((text) => parseSpan(text) !== undefined),
  )
  .max(50);
const percentage = z.number().gt(0).max(100);

const wave = z
  .strictObject({
    tenants: names.optional(),
    percentage: percentage.optional(),
    canary: z.boolean().optional(),
  })
  .refine((value) => (value.tenants === undefined) !== (value.percentage === undefined));

/**
 * The one schema of what a run is asked to do: the command line's options, a state machine's input
 * and a schedule's payload. Unknown keys are refused: a misspelt `toleratedFailureCount` would
 * otherwise run without its safety. Each description says what is allowed, and is what the error of
 * a wrong value says.
 */
export const requestSchema = z.strictObject({
  command: z
    .enum(['migrate', 'plan', 'rollback'])
    .default('migrate')
    .describe('"migrate", "plan" or "rollback"'),
  rollback: z.boolean().optional().describe('true or false'),
  tenants: names.optional().describe('a list of 1 to 1,000 slugs or ids'),
  retryOf: name.optional().describe('the id of an earlier run'),
  cause: z
    .int()
    .min(1)
    .max(2_000)
    .optional()
    .describe('the number of a cause in the summary of that run'),
  waves: z
    .array(wave)
    .max(100)
    .default([])
    .describe(
      'a list of waves such as {"tenants":["acme-corp"]} or {"percentage":10}, each with one of the two keys (above 0 and at most 100 percent) and, if wanted, "canary": true or false',
    ),
  maxConcurrency: z
    .union([z.int().min(1).max(10_000), z.literal('auto')])
    .default(AT_A_TIME_ON_AWS)
    .describe('a whole number from 1 to 10,000, or "auto"'),
  maxPerHost: z.int().min(1).max(1_000).optional().describe('a whole number from 1 to 1,000'),
  hosts: names.optional().describe('a list of "host" or "host:port"'),
  ifRunning: z.enum(['run', 'skip']).optional().describe('"run" or "skip"'),
  toleratedFailureCount: z.int().min(0).optional().describe('a whole number of at least 0'),
  toleratedFailurePercentage: z
    .number()
    .min(0)
    .max(100)
    .optional()
    .describe('a number from 0 to 100'),
  automaticRetries: z.int().min(0).max(10).default(0).describe('a whole number from 0 to 10'),
  probe: z.enum(['ask', 'trust', 'none']).optional().describe('"ask", "trust" or "none"'),
  bakeMinutes: z
    .number()
    .min(0)
    .max(10_080)
    .optional()
    .describe('a number of minutes from 0 to 10,080 (a week)'),
  watch: z
    .strictObject({
      alarms: z.array(name).max(100).optional(),
      command: z.string().trim().min(1).max(4_096).optional(),
      digest: z.boolean().optional(),
      digestTimes: z.number().min(2).max(1_000).optional(),
    })
    .optional()
    .describe(
      'an object such as {"alarms":["api-5xx"]}, names or ARNs of at most 100 CloudWatch alarms, {"command":"./healthy.sh"}, or {"digest":true} and, if wanted, "digestTimes", a number from 2 to 1,000',
    ),
  windows: spans.optional().describe(`a list of at most 50 spans: ${SPAN_SHAPES}`),
  freezes: spans.optional().describe(`a list of at most 50 spans: ${SPAN_SHAPES}`),
  timeZone: z
    .string()
    .refine(isTimeZone)
    .optional()
    .describe('an IANA time zone such as "Europe/Berlin"'),
  approval: z.enum(['none', 'canary', 'waves']).optional().describe('"none", "canary" or "waves"'),
  approvalHours: z
    .number()
    .gt(0)
    .max(8_760)
    .optional()
    .describe('a number of hours above 0 and at most 8,760 (a year)'),
  to: name.optional().describe('the id of a migration: its file name without the extension'),
  run: name.optional().describe('the id of the run that is to be rolled back'),
  steps: z.int().min(1).max(1_000).optional().describe('a whole number from 1 to 1,000'),
  stepsOf: name.optional().describe('the id of the run that was to take the steps first'),
  allowEmpty: z.boolean().optional().describe('true or false'),
  strict: z.boolean().default(false).describe('true or false'),
  allowMissing: z.boolean().default(false).describe('true or false'),
  lockWaitTimeoutSeconds: z
    .int()
    .min(1)
    .max(31_536_000)
    .default(LOCK_WAIT_TIMEOUT_SECONDS)
    .describe('a whole number of seconds of at least 1'),
  statementTimeoutSeconds: z
    .int()
    .min(1)
    .max(31_536_000)
    .optional()
    .describe('a whole number of seconds of at least 1'),
  safety: guardSchema.optional().describe(GUARD_SHAPE),
  phase: z.enum(PHASES).optional().describe('"schema", "backfills" or "all"'),
  backfillWindows: spans.optional().describe(`a list of at most 50 spans: ${SPAN_SHAPES}`),
}) satisfies z.ZodType<RunRequest>;

/** Keys of a request, in the order in which they are documented. */
export const REQUEST_KEYS = Object.keys(requestSchema.shape) as (keyof RunRequest)[];
