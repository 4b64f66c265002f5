import { takesBackfills } from '../backfill/pass-of-run.ts';
import { FanfoldError } from '../errors.ts';
import { inheritRequest } from '../list/inherit-request.ts';
import type { OwnNote } from '../outcome.ts';
import { AT_A_TIME_ON_AWS, atATime } from '../pace/at-a-time.ts';
import type { RunRequest } from '../request.ts';
import { checkRollout } from '../rollout/check-rollout.ts';
import { gatesOfWave, mayHold } from '../rollout/gates-of-wave.ts';
import { firstWave } from '../rollout/wave-facts.ts';
import { parseExecutionInput } from '../wire/parse-execution-input.ts';
import type { StepExecution, StepRound } from '../wire/step-data.ts';
import type { OpenRunResult } from '../wire/step-schemas.ts';
import { countOf } from '../wording/count-of.ts';
import { beginGate } from './begin-gate.ts';
import type {
  Alarms,
  Executions,
  OtherExecution,
  SendNotification,
  StepRunStore,
} from './step-ports.ts';
import { tellState } from './tell-state.ts';

export interface OpenRunDependencies {
  readonly store: Pick<
    StepRunStore,
    'openRun' | 'readRun' | 'readRollout' | 'location' | 'readControl' | 'writeControl'
  >;
  readonly alarms: Pick<Alarms, 'checkThere'>;
  readonly executions: Pick<Executions, 'otherRunning' | 'concurrencyQuota'>;
  /** Request keys that an input may leave out. */
  readonly requestDefaults: Partial<RunRequest>;
  readonly notify: SendNotification;
  /** Milliseconds since 1970. */
  readonly now: () => number;
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
 * Begins the run of an execution, or finds it begun: the request is read and kept, with facts about the run's
 * surroundings. Throws `RequestInvalid`, `RunUnknown` for a `retryOf` that is not there, `AlarmUnknown`, and
 * `RunExists` if the name of the execution was used before.
 */
export async function openRun(
  {
    execution,
    request: input,
    limitSeconds,
    canCompareDigests,
  }: {
    readonly execution: StepExecution;
    readonly request: unknown;
    readonly limitSeconds?: number | undefined;
    readonly canCompareDigests?: true | undefined;
  },
  { store, executions, alarms, requestDefaults, notify, now }: OpenRunDependencies,
): Promise<OpenRunResult> {
  const { request: asked, explicit } = parseExecutionInput(input, requestDefaults);
  const request =
    asked.retryOf === undefined
      ? asked
      : inheritRequest((await store.readRun(asked.retryOf)).request, asked.retryOf, explicit);
  const { arn, name: id, startedAt } = execution;
  const limitMs = limitSeconds === undefined ? undefined : limitSeconds * 1_000;
  checkRollout(request, { runsOn: 'aws', now: now(), limitMs });
  if (limitSeconds === undefined && mayHold(request)) throw cannotHold();
  const comparesDigests = request.command === 'migrate' && request.watch?.digest === true;
  if (comparesDigests && canCompareDigests !== true) throw cannotHold();
  if (request.command === 'migrate') await alarms.checkThere(request.watch?.alarms ?? []);

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
    ...quotaIsLow(await executions.concurrencyQuota(), atATime(request, AT_A_TIME_ON_AWS)),
  ];
  // The record of an earlier invocation counts, even if the moment of its warnings is over.
  const run = await store.openRun({
    id,
    request,
    startedAt,
    execution: { arn, startedAt },
    ...(notes.length > 0 && { notes }),
  });
  // The migrators may read this one object, but not learn that an object is missing.
  if (takesBackfills(run.request) && (await store.readControl(id)) === undefined) {
    await store.writeControl(id, { isPaused: false });
  }
  const { retryOf } = run.request;
  await tellState(execution, run.request, { change: 'started', retryOf }, {}, { notify, now });
  const message = [
    `Run ${id} is kept in ${store.location(id)}.`,
    ...(run.notes ?? []).map((note) => note.message),
  ].join(' ');
  const earlier = retryOf === undefined ? undefined : await store.readRollout(retryOf);
  const gates = gatesOfWave(run.request, firstWave(earlier));
  if (gates === undefined) return { decision: 'RUN', message, round: FIRST_ROUND };
  const gate = beginGate(gates, { wave: 1 }, now());
  return { decision: 'HOLD', message, round: FIRST_ROUND, gate };
}

/** An execution that began before an upgrade keeps its states, of which none can hold a wave. */
function cannotHold(): FanfoldError {
  return new FanfoldError(
    'RequestInvalid',
    'This execution began with an earlier deployment, whose states cannot hold a wave in that way.',
    { fault: 'usage', nextStep: 'Start a new execution with the same input.' },
  );
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
