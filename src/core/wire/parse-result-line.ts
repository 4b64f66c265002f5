import * as z from 'zod';
import type { Outcome } from '../outcome.ts';
import { tenantRef } from '../tenant.ts';
import { migratorFailure } from './migrator-failure.ts';
import { outcomeSchema } from './outcome-schema.ts';
import { type RoundItem, roundItemSchema } from './step-data.ts';

/** A row with metadata: of every child that did not succeed, whatever the transformation. */
const childSchema = z.object({
  Status: z.string(),
  Input: z.string().optional(),
  Output: z.string().optional(),
  Error: z.string().optional(),
  Cause: z.string().optional(),
  StopDate: z.iso.datetime({ offset: true }).optional().catch(undefined),
});
const causeSchema = z.object({ errorMessage: z.string() });
const inputSchema = z.object({ item: roundItemSchema });

/**
 * The outcome in a line of the Map's result files. `undefined` if it contains none that
 * is understood, such as one of a later version: that tenant counts as never reported, not as well.
 *
 * Throws a `SyntaxError` if the line is not JSON: objects are whole, so its file is damaged, and
 * nobody knows what else is missing from it.
 */
export function parseResultLine(line: string): Outcome | undefined {
  const row: unknown = JSON.parse(line);
  const outcome = outcomeSchema.safeParse(row);
  if (outcome.success) return outcome.data;
  const child = childSchema.safeParse(row);
  return child.success ? outcomeOfChild(child.data) : undefined;
}

function outcomeOfChild(child: z.infer<typeof childSchema>): Outcome | undefined {
  const { Status: status, Error: error, Cause: cause } = child;
  if (status === 'SUCCEEDED') return parseInside(child.Output, outcomeSchema);
  const item = parseInside(child.Input, inputSchema)?.item;
  switch (status) {
    case 'FAILED':
    case 'TIMED_OUT': {
      const thrown = parseInside(cause, causeSchema)?.errorMessage;
      const outcome = parseInside(thrown, outcomeSchema);
      if (outcome?.status === 'failed') return outcome;
      if (item === undefined) return undefined;
      const failure = migratorFailure({ error, cause, timedOut: status === 'TIMED_OUT' });
      const { applied = [], reverted, leftOut } = item.before ?? {};
      const finishedAt = child.StopDate && new Date(child.StopDate).toISOString();
      return {
        ...factsOf(item, 1),
        status: 'failed',
        ...(finishedAt && { finishedAt }),
        failure,
        applied,
        reverted,
        ...(leftOut && { leftOut }),
      };
    }
    case 'ABORTED':
      return (
        item && {
          ...factsOf(item, 1),
          status: 'unknown',
          reason:
            'Its execution was stopped in the middle, and its function may have continued after that.',
        }
      );
    case 'PENDING':
    case 'PENDING_REDRIVE':
      return (
        item && {
          ...factsOf(item, 0),
          status: 'skipped',
          cause: 'stopped',
          reason: 'The run was stopped before its turn.',
        }
      );
    default:
      return undefined;
  }
}

function factsOf({ tenant, wave, position, before }: RoundItem, tries: 0 | 1) {
  return {
    tenant: tenantRef(tenant),
    wave,
    position,
    tries: (before?.tries ?? 0) + tries,
    durationMs: before?.durationMs ?? 0,
    notes: before?.notes ?? [],
  };
}

/** The JSON value in a text of a row; `undefined` if it does not. */
function parseInside<Value>(text: string | undefined, schema: z.ZodType<Value>): Value | undefined {
  if (text === undefined) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
