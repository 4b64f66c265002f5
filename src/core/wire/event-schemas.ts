import * as z from 'zod';
import { LOAD_SIGNS } from '../backfill/host-strain.ts';
import { noteSchema, outcomeSchema, tenantRefSchema } from './outcome-schema.ts';
import { paceSchema, summarySchema, wholeFailureSchema } from './summary-schema.ts';

const count = z.int().min(0);
const runId = z.string();

/** An outcome in an event: with the whole failure. */
const toldOutcomeSchema = z.discriminatedUnion(
  'status',
  outcomeSchema.options.map((option) =>
    'failure' in option.shape ? option.extend({ failure: wholeFailureSchema }) : option,
  ) as [(typeof outcomeSchema.options)[0], ...(typeof outcomeSchema.options)[number][]],
);

const runEvents = [
  z.object({
    type: z.literal('run-started'),
    runId,
    command: z.enum(['migrate', 'plan', 'rollback']),
    rollback: z.literal(true).optional(),
    total: count,
    waves: count,
    bundleHash: z.string(),
    retryOf: z.string().optional(),
  }),
  z.object({
    type: z.literal('wave-started'),
    runId,
    wave: count,
    total: count,
    canary: z.boolean(),
  }),
  z.object({
    type: z.literal('round-started'),
    runId,
    wave: count,
    round: count,
    hostsDown: z.literal(true).optional(),
    backfills: z.literal(true).optional(),
    total: count,
  }),
  z.object({ type: z.literal('tenants-added'), runId, total: count }),
  z.object({ type: z.literal('tenant-started'), runId, tenant: tenantRefSchema }),
  z.object({
    type: z.literal('tenant-retried'),
    runId,
    tenant: tenantRefSchema,
    attempt: count,
    delayMs: z.number(),
    code: z.string(),
    message: z.string(),
  }),
  z.object({
    type: z.literal('backfill-progress'),
    runId,
    tenant: tenantRefSchema,
    progress: z.object({
      migration: z.string(),
      rowsDone: count,
      rowsChanged: count,
      rowsExpected: count.optional(),
      rowsPerSecond: count.optional(),
      slowedBy: z.array(z.enum(LOAD_SIGNS)).optional(),
      unread: z.array(z.enum(LOAD_SIGNS)).optional(),
      replicas: z.array(z.string()).optional(),
    }),
  }),
  z.object({
    type: z.literal('online-change-progress'),
    runId,
    tenant: tenantRefSchema,
    progress: z.object({
      program: z.string(),
      table: z.string(),
      rowsDone: count,
      rowsExpected: count.optional(),
      rowsPerSecond: count.optional(),
      waits: z.string().optional(),
    }),
  }),
  z.object({ type: z.literal('tenant-finished'), runId, outcome: toldOutcomeSchema }),
  z.object({
    type: z.literal('pace-changed'),
    runId,
    ...paceSchema.shape,
  }),
  z.object({
    type: z.literal('wave-held'),
    runId,
    wave: count,
    gate: z.enum(['bake', 'watch', 'window', 'approval']),
    message: z.string(),
    until: z.string().optional(),
  }),
  z.object({
    type: z.literal('wave-decided'),
    runId,
    wave: count,
    verdict: z.enum(['approved', 'rejected', 'expired']),
    by: z.string().optional(),
    why: z.string().optional(),
  }),
  z.object({
    type: z.literal('run-stopping'),
    runId,
    reason: z.enum(['breaker', 'canary', 'halted', 'rejected', 'expired', 'interrupted', 'error']),
    message: z.string(),
  }),
  z.object({ type: z.literal('warning'), runId, note: noteSchema }),
  z.object({
    type: z.literal('run-finished'),
    runId,
    summary: summarySchema,
    durationMs: z.number(),
    location: z.string(),
  }),
] as const;

/** Further events of `--json` about a run on AWS. */
const remoteEvents = [
  z.object({
    type: z.literal('run-submitted'),
    runId,
    stack: z.string(),
    region: z.string(),
    executionArn: z.string(),
    consoleUrl: z.string().optional(),
    isOver: z.boolean().optional(),
  }),
  z.object({
    type: z.literal('run-progress'),
    runId,
    wave: count,
    counts: z.object({
      total: count,
      pending: count,
      running: count,
      succeeded: count,
      failed: count,
      aborted: count,
    }),
    maxConcurrency: count,
    asking: z.literal(true).optional(),
    readingShapes: z.literal(true).optional(),
  }),
  z.object({
    type: z.literal('fleet-backfills'),
    runId,
    tenants: count,
    running: count,
    rowsDone: count,
    rowsExpected: count,
    rowsPerSecond: count,
  }),
  z.object({ type: z.literal('run-summarized'), runId, lines: z.array(z.string()) }),
  z.object({ type: z.literal('run-skipped'), runId, message: z.string() }),
] as const;

/** A line that a run prints with `--json`. */
export const eventSchema = z.discriminatedUnion('type', [...runEvents, ...remoteEvents]);
