import type { RunNotification } from '../wire/notification-schema.ts';
import { notificationText } from './notification-text.ts';
import type { ChangeMoment, RunChangeFacts } from './run-change.ts';

/** The run that a notification is about. */
export interface NotifiedRun {
  readonly runId: string;
  readonly command: 'migrate' | 'rollback';
  /** Name of the state machine. */
  readonly fleet?: string | undefined;
  readonly executionArn?: string | undefined;
}

/**
 * The notification of a change. Its id is made from the run, the moment and the change, so that a retried
 * state sends the same one: receivers may drop an id that they have seen.
 *
 * @param at milliseconds since 1970
 */
export function runNotification(
  run: NotifiedRun,
  facts: RunChangeFacts,
  moment: ChangeMoment,
  at: number,
): RunNotification {
  const { redriveCount = 0, wave = 0, round = 0, occurrence = 0 } = moment;
  const { runId, command, fleet, executionArn } = run;
  const { change, ...rest } = facts;
  const { summary, ...plain } = { summary: undefined, ...rest };
  return withoutAbsent({
    version: 1 as const,
    id: `${runId}/${redriveCount}-${wave}-${round}-${occurrence}/${change}`,
    change,
    at: new Date(at).toISOString(),
    runId,
    command,
    text: notificationText(run, facts),
    fleet,
    executionArn,
    ...plain,
    ...(summary !== undefined && {
      total: summary.total,
      counts: summary.counts,
      causes: summary.causes,
      report: summary.report,
    }),
  });
}

/** JSON has no undefined, and a consumer should not meet a key without a value. */
function withoutAbsent<Value extends object>(value: Value): Value {
  return Object.fromEntries(
    Object.entries(value).filter(([, field]) => field !== undefined),
  ) as Value;
}
