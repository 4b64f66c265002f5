import type { Bundle } from '../bundle/bundle.ts';
import type { Failure } from '../failure.ts';
import type { OwnNote } from '../outcome.ts';
import type { RunRequest } from '../request.ts';
import type { Continuation } from '../wire/step-data.ts';
import { cutToBytes } from '../wording/cut-to-bytes.ts';

/** Passes over transient failures in a task, such as a lost connection: each resumes from the last checkpoint. */
const AUTOMATIC_RETRIES = 2;

/** The end of the task that migrated a tenant between two attempts. */
export type OnlineTaskEnd = NonNullable<Continuation['online']>;

/** Whether an attempt failed because a function cannot start the program that its huge table needs. */
export function needsOnlineTask({ command }: Pick<RunRequest, 'command'>, failure: Failure) {
  return command === 'migrate' && failure.code === 'OnlineProgramMissing';
}

/**
 * The words of the command line with which a task migrates a tenant as its run would: with the same limits, and up to the last
 * migration of the run's bundle, since the task's image may have others.
 */
export function onlineTaskCommand(
  request: Pick<
    RunRequest,
    'safety' | 'strict' | 'allowMissing' | 'lockWaitTimeoutSeconds' | 'statementTimeoutSeconds'
  >,
  tenantId: string,
  { migrations }: Pick<Bundle, 'migrations'>,
): string[] {
  const { safety = {}, strict, allowMissing } = request;
  const { lock, copyBytes, queueMs, keep } = safety;
  const { lockWaitTimeoutSeconds, statementTimeoutSeconds } = request;
  const last = migrations.at(-1)?.id;
  const values = {
    to: last,
    'safety-online-change': 'external',
    'safety-lock': lock,
    'safety-copy-bytes': copyBytes,
    'safety-queue-ms': queueMs,
    'lock-wait-timeout': lockWaitTimeoutSeconds,
    'statement-timeout': statementTimeoutSeconds,
    'automatic-retries': AUTOMATIC_RETRIES,
    // Backfills of the run have a pace and hours of their own, which a task does not follow.
    phase: 'schema',
  };
  return [
    'migrate:tenant',
    ...Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name}`, String(value)],
    ),
    strict ? '--strict' : '--no-strict',
    allowMissing ? '--allow-missing' : '--no-allow-missing',
    ...(keep === true ? ['--safety-keep'] : []),
    // An id may begin with a hyphen.
    ...['--', tenantId],
  ];
}

/** The note about a task that ended well. */
export function ranOnlineTask(place: string): OwnNote {
  return {
    code: 'ChangedOnline',
    message: `A task of Fargate has migrated this tenant, because a huge table was changed beside its users. Its log is in ${place}.`,
  };
}

/** The failure of a tenant that needs a program still after its task. */
export function afterOnlineTask(failure: Failure, end: OnlineTaskEnd, place: string): Failure {
  return {
    ...failure,
    message: `${failure.message} ${endOf(end)}`,
    nextStep: `See the log of the task in ${place}, correct what it says, and retry: \`fanfold migrate:retry last\``,
  };
}

/** The cause is the task as ECS describes it, as JSON, or a sentence. */
function endOf({ error, cause = '' }: OnlineTaskEnd): string {
  if (error === undefined) {
    return 'A task of Fargate ended well and yet has not changed it: its image may have other migrations than this stack, or none of them.';
  }
  if (error === 'States.Timeout') {
    return 'The task of Fargate was stopped at the limit of time of a tenant (maxHoursPerTenant); the next one resumes.';
  }
  const { exitCode, reason, stopped } = factsOf(cause);
  const words = [
    ...(exitCode === undefined ? [] : [`exit code ${exitCode}`]),
    ...(stopped === undefined ? [] : [stopped]),
    ...(reason === undefined ? [] : [reason]),
  ];
  const why = words.length > 0 ? words.join(', ') : `${error}: ${cutToBytes(cause, 500)}`;
  return `The task of Fargate for it has failed (${why}).`;
}

function factsOf(cause: string) {
  try {
    const { StoppedReason, Containers } = JSON.parse(cause) as {
      StoppedReason?: unknown;
      Containers?: { ExitCode?: unknown; Reason?: unknown }[];
    };
    const [container] = Containers ?? [];
    return {
      exitCode: typeof container?.ExitCode === 'number' ? container.ExitCode : undefined,
      reason: textOf(container?.Reason),
      stopped: textOf(StoppedReason),
    };
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? cutToBytes(value, 300) : undefined;
}
