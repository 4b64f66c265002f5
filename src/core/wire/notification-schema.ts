import * as z from 'zod';
import { RUN_CHANGES } from './notification-names.ts';
import { shortSummarySchema } from './step-data.ts';

const count = z.int().min(0);
const instant = (meaning: string) => z.string().describe(`${meaning}, ISO 8601, UTC`);

/**
 * One notification about a run: the detail of an event on EventBridge, the body that a webhook gets, and what a
 * command reads. Later versions may add fields; a field that changes its meaning raises `version`.
 */
export const notificationSchema = z.object({
  version: z.literal(1).describe('version of this schema'),
  id: z.string().describe('id of the notification, the same each time that it is sent'),
  change: z.enum(RUN_CHANGES).describe('the change'),
  at: instant('when the change was made'),
  runId: z.string().describe('id of the run'),
  command: z.enum(['migrate', 'rollback']).describe('what the run does'),
  text: z.string().describe('the change in words, for a chat channel'),
  fleet: z.string().optional().describe('on AWS: name of the state machine'),
  executionArn: z.string().optional().describe('on AWS: ARN of the execution'),
  retryOf: z.string().optional().describe('the run that this one retries'),
  total: count.optional().describe('how many tenants were listed'),
  waves: count.optional().describe('how many waves were listed'),
  wave: count.optional().describe('number of the wave, from 1'),
  canary: z.boolean().optional().describe('whether one failure in the wave ends the run'),
  counts: shortSummarySchema.shape.counts
    .optional()
    .describe('tenants of the run so far, by their last outcome'),
  causes: shortSummarySchema.shape.causes
    .optional()
    .describe('the most frequent causes of failure, at most five'),
  until: instant('when the wait ends by itself').optional(),
  reason: z.string().optional().describe('why, in sentences'),
  by: z.string().optional().describe('who approved, rejected or resumed the run'),
  nextStep: z.string().optional().describe('what to do about it'),
  report: z.string().optional().describe('place of the report'),
});

/** A change of a run's standing, as a notification has it. */
export type RunNotification = z.infer<typeof notificationSchema>;
