import { inheritRequest } from '../list/inherit-request.ts';
import type { OwnNote } from '../outcome.ts';
import type { RunRequest } from '../request.ts';
import type { Executions, OtherExecution, StepRunStore } from '../step-ports.ts';
import { parseExecutionInput } from '../wire/parse-execution-input.ts';
import type { OpenRunResult, StepExecution, StepRound } from '../wire/step-schemas.ts';
import { countOf } from '../wording/count-of.ts';

export interface OpenRunDependencies {
  readonly store: Pick<StepRunStore, 'openRun' | 'readRun' | 'location'>;
  readonly executions: Pick<Executions, 'otherRunning' | 'concurrencyQuota'>;
  /** Request keys that an input may leave out. */
  readonly requestDefaults: Partial<RunRequest>;
}

const FIRST_ROUND: StepRound = {
  wave: 1,
  round: 1,
  members: 'wave',
  automatic: 0,
  retriesFrom: 1,
  failedElsewhere: 0,
};

/**
 * Begins the run of an execution, or finds it begun: the request is read and kept, with what the run
 * should know of its surroundings. Throws `RequestInvalid`, `RunUnknown` for a `retryOf` that is not
 * there, and `RunExists` if the name of the execution was used before.
 */
export async function openRun(
  { execution, request: input }: { readonly execution: StepExecution; readonly request: unknown },
  { store, executions, requestDefaults }: OpenRunDependencies,
): Promise<OpenRunResult> {
  const { request: asked, explicit } = parseExecutionInput(input, requestDefaults);
  const request =
    asked.retryOf === undefined
      ? asked
      : inheritRequest((await store.readRun(asked.retryOf)).request, asked.retryOf, explicit);
  const { arn, name: id, startedAt } = execution;

  const others = await executions.otherRunning(arn);
  const older = others.filter((other) => isOlder(other, execution));
  // Of two that begin at the same time one has to continue.
  const [inTheWay] = asked.ifRunning === 'skip' ? older : [];
  if (inTheWay !== undefined) {
    const message = `Nothing was done: execution ${inTheWay.name} has been running since ${inTheWay.startedAt}, and "ifRunning" is "skip".`;
    return { decision: 'DONE', message, round: FIRST_ROUND };
  }
  const notes = [
    ...anotherIsRunning(others),
    ...quotaIsLow(await executions.concurrencyQuota(), request.maxConcurrency),
  ];
  // The record of an earlier invocation counts, even if the moment of its warnings is over.
  const run = await store.openRun({
    id,
    request,
    startedAt,
    execution: { arn, startedAt },
    ...(notes.length > 0 && { notes }),
  });
  const message = [
    `Run ${id} is kept in ${store.location(id)}.`,
    ...(run.notes ?? []).map((note) => note.message),
  ].join(' ');
  return { decision: 'RUN', message, round: FIRST_ROUND };
}

function isOlder(other: OtherExecution, execution: StepExecution): boolean {
  const [otherAt, ownAt] = [Date.parse(other.startedAt), Date.parse(execution.startedAt)];
  return otherAt === ownAt ? other.arn < execution.arn : otherAt < ownAt;
}

/** The most executions that a note names. */
const MOST_NAMED = 3;

function anotherIsRunning(others: readonly OtherExecution[]): OwnNote[] {
  if (others.length === 0) return [];
  const names = others.slice(0, MOST_NAMED).map(({ name }) => name);
  const more = others.length > MOST_NAMED ? ', …' : '';
  return [
    {
      code: 'AnotherRunRunning',
      message: `Another run was under way at the same time: ${names.join(', ')}${more}. A tenant is never migrated by two runs at once: one of them waits.`,
    },
  ];
}

function quotaIsLow(quota: number, maxConcurrency: number): OwnNote[] {
  if (quota >= maxConcurrency) return [];
  return [
    {
      code: 'ConcurrencyQuotaLow',
      message: `The account may run ${countOf(quota, 'function')} at a time, and "maxConcurrency" is ${maxConcurrency}: invocations beyond that are throttled and tried again. Have the quota "Concurrent executions" of Lambda raised, or lower "maxConcurrency".`,
    },
  ];
}
