import * as z from 'zod';
import type { RunStop } from '../events.ts';
import { OUTCOME_STATUSES } from '../outcome.ts';
import type { RunRequest } from '../request.ts';
import { TENANT_STATUSES } from '../tenant.ts';
import { guardSchema } from './guard-schema.ts';
import { appliedMigrationSchema, leftOutSchema, noteSchema } from './outcome-schema.ts';
import { requestSchema } from './request-schema.ts';

/** The calling execution, as the context object describes it. */
export const executionSchema = z.object({
  arn: z.string().min(1),
  /** Its name is the run's id. */
  name: z.string().min(1),
  /** ISO 8601, UTC. */
  startedAt: z.string().min(1),
  /** The number of redrives; an API call may return a larger one. */
  redriveCount: z.int().min(0),
});

/**
 * The members of a round: a wave as it was listed, its retryable failures, all that the waves
 * entered so far leave, the tenants that became ACTIVE since the run began, or those of a wave whose
 * backfills the first pass has left.
 */
const ROUND_MEMBERS = ['wave', 'retryable', 'left', 'late', 'backfills'] as const;

export const roundSchema = z.object({
  /** From 1. */
  wave: z.int().min(1),
  /** From 1, without gaps within a wave. */
  round: z.int().min(1),
  members: z.enum(ROUND_MEMBERS),
  /** Automatic rounds so far, this one included, since a round that was not one. */
  automatic: z.int().min(0),
  /** Automatic rounds go over the waves from this one on: a wave does not try those before it again. */
  retriesFrom: z.int().min(1),
  /** Tenants outside of this round that count as failed: they use up what is tolerated. */
  failedElsewhere: z.int().min(0),
  /** The wave whose backfills run; absent in the first pass of a run, which leaves them. */
  backfillsOf: z.int().min(1).optional(),
});

const counts = z.object(
  Object.fromEntries(OUTCOME_STATUSES.map((status) => [status, z.int().min(0)])) as Record<
    (typeof OUTCOME_STATUSES)[number],
    z.ZodInt
  >,
);

/** The part of a run that its execution shows; its size does not grow with the fleet. */
export const shortSummarySchema = z.object({
  runId: z.string(),
  /** One or two sentences. */
  message: z.string(),
  total: z.int().min(0),
  counts,
  /** Migrations applied. */
  applied: z.int().min(0),
  /** The most frequent causes of failure, at most five. */
  causes: z.array(
    z.object({
      tenants: z.int().min(1),
      code: z.string(),
      message: z.string(),
      nextStep: z.string(),
      /** At most three slugs. */
      examples: z.array(z.string()),
    }),
  ),
  notes: z.record(z.string(), z.int()),
  /** Addresses of the whole summary and of the report. */
  summary: z.string(),
  report: z.string(),
});

/** The gates before a wave that is held, as they go from state to state. */
export const gateSchema = z.object({
  /** From 1. */
  wave: z.int().min(1),
  /** The state that is next; `open`: the wave begins. */
  next: z.enum(['bake', 'watch', 'window', 'approval', 'open']),
  /** The round that was settled last; absent before the first wave. */
  after: roundSchema.pick({ wave: true, round: true }).optional(),
  bakeMs: z.int().min(0),
  isWatched: z.boolean(),
  /** Present if the statements of the wave before are compared. */
  comparesDigests: z.literal(true).optional(),
  /** The result of the last comparison; absent before the first one. */
  digests: z
    .object({
      isWell: z.boolean(),
      /** The finding in a sentence; empty if all is well. */
      message: z.string(),
      watched: z.int().min(0),
      compared: z.int().min(0),
      unread: z.int().min(0),
      /** Whether the interval began with this look. */
      hasBegun: z.boolean(),
      /** How often the execution had been redriven by then. */
      redriveCount: z.int().min(0),
    })
    .optional(),
  /** Present if the interval begins anew: the execution was redriven after the comparison had held it. */
  digestsAnew: z.literal(true).optional(),
  hasTimes: z.boolean(),
  needsApproval: z.boolean(),
  /** Since when the wave is held, ISO 8601, UTC. */
  since: z.string(),
  /** For the states that wait: how long, and until when. */
  seconds: z.int().min(0),
  until: z.string(),
  /** The output with which somebody has ended AwaitApproval. */
  approved: z.unknown(),
  /** The error with which AwaitApproval has ended, and how often the execution had been redriven by then. */
  refused: z
    .object({ error: z.string(), cause: z.string(), redriveCount: z.int().min(0) })
    .optional(),
});

/** The part of a request that an attempt needs. */
export const itemRequestSchema = requestSchema
  .pick({
    command: true,
    rollback: true,
    to: true,
    run: true,
    steps: true,
    stepsOf: true,
    allowEmpty: true,
    strict: true,
    allowMissing: true,
    lockWaitTimeoutSeconds: true,
    statementTimeoutSeconds: true,
    phase: true,
    backfillWindows: true,
    timeZone: true,
    maxPerHost: true,
  })
  .extend({ safety: guardSchema.strip().optional() })
  // A redriven execution may carry the keys of another version.
  .strip();

/** That part of a request that was parsed before. */
export function itemRequestOf(request: RunRequest): z.infer<typeof itemRequestSchema> {
  return itemRequestSchema.parse(request);
}

/** The facts that every item of a round has in common; scalars only. */
export const itemRunSchema = z.object({
  runId: z.string(),
  bundleHash: z.string(),
  request: itemRequestSchema,
  /** Present if backfills, and migrations that require one, are left to the second pass. */
  leavesBackfills: z.literal(true).optional(),
});
/** A line of the items' file. Passwords are ciphertext; the line expires soon after its round. */
export const roundItemSchema = z.object({
  wave: z.int().min(1),
  position: z.int().min(0),
  tenant: z.object({
    id: z.string(),
    slug: z.string(),
    name: z.string(),
    status: z.enum(TENANT_STATUSES),
    address: z.object({
      host: z.string(),
      port: z.int(),
      database: z.string(),
      user: z.string(),
    }),
    encryptedPassword: z.string(),
    migrationLogin: z.object({ user: z.string(), encryptedPassword: z.string() }).optional(),
  }),
  /** The results of earlier rounds. */
  before: z
    .object({
      tries: z.int().min(0),
      durationMs: z.number(),
      applied: z.array(appliedMigrationSchema),
      reverted: z.array(appliedMigrationSchema).optional(),
      leftOut: leftOutSchema.optional(),
      notes: z.array(noteSchema),
    })
    .optional(),
});

/** The progress of a tenant whose migration continues in another invocation. */
export const continuationSchema = z.object({
  /** When its first invocation began, ISO 8601, UTC. */
  since: z.string(),
  tries: z.int().min(0),
  durationMs: z.number(),
  applied: z.array(appliedMigrationSchema),
  reverted: z.array(appliedMigrationSchema).optional(),
  leftOut: leftOutSchema.optional(),
  notes: z.array(noteSchema),
  /** Since when somebody holds the backfills of the run, ISO 8601, UTC; absent if nobody does. */
  pausedSince: z.string().optional(),
  /** How the task for its huge table has ended, by the error of the state that ran it; absent if none was started. */
  online: z.object({ error: z.string().optional(), cause: z.string().optional() }).optional(),
});

/** SettleRun's decision, as it is kept in the run store. */
export type StepDecision =
  | { readonly decision: 'RUN'; readonly round: StepRound }
  | { readonly decision: 'DONE' }
  /** `message` is what `TenantMigrationsFailed` says. */
  | {
      readonly decision: 'FAIL';
      readonly message: string;
      /** Why waves or tenants were not started. */
      readonly stopped?: RunStop | undefined;
    };

export type StepGate = z.infer<typeof gateSchema>;
export type StepExecution = z.infer<typeof executionSchema>;
export type StepRound = z.infer<typeof roundSchema>;
export type ShortSummary = z.infer<typeof shortSummarySchema>;
export type RoundItem = z.infer<typeof roundItemSchema>;
export type ItemRun = z.infer<typeof itemRunSchema>;
export type Continuation = z.infer<typeof continuationSchema>;
