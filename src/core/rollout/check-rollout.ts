import type { BackfillHours } from '../backfill/backfill-hours.ts';
import { FanfoldError } from '../errors.ts';
import type { RunRequest } from '../request.ts';
import { isWatching } from './gates-of-wave.ts';
import { HORIZON_DAYS, nextStart, type StartTimes } from './next-start.ts';

export interface RolloutPlace {
  /** One process runs commands and has no alarms; a state machine has alarms and no commands. */
  readonly runsOn: 'process' | 'aws';
  /** Milliseconds since 1970. */
  readonly now: number;
  /** How long the run may take, in milliseconds; `undefined`: as long as it needs. */
  readonly limitMs?: number | undefined;
}

/** Hours that a wave waits for an approval by default. */
export const APPROVAL_HOURS = 24;

/**
 * Refuses a rollout that could only wait without success, before anything has begun. Throws `RequestInvalid`,
 * which names each impossible key, its value and the change to make.
 */
export function checkRollout(request: RunRequest, place: RolloutPlace): void {
  if (request.command !== 'migrate') return;
  const problems = [
    ...watchProblems(request.watch, place),
    ...digestProblems(request),
    ...timeProblems(request, place),
    ...tooLong('bakeMinutes', request.bakeMinutes, 60_000, place),
    ...(request.approval === 'canary' || request.approval === 'waves'
      ? tooLong('approvalHours', request.approvalHours ?? APPROVAL_HOURS, 3_600_000, place)
      : []),
  ];
  if (problems.length === 0) return;
  throw new FanfoldError('RequestInvalid', problems.join('\n'), {
    fault: 'usage',
    nextStep: 'Correct the request; nothing was changed.',
  });
}

function watchProblems(watch: RunRequest['watch'], { runsOn }: RolloutPlace): string[] {
  if (!isWatching(watch)) return [];
  if (runsOn === 'process' && watch?.command === undefined && watch?.digest !== true) {
    return [
      '"watch" has alarms and no "command": only a run on AWS asks CloudWatch. Give a command whose exit code says whether all is well, with --watch.',
    ];
  }
  const sees = (watch?.alarms ?? []).length > 0 || watch?.digest === true;
  if (runsOn === 'aws' && watch?.command !== undefined && !sees) {
    return [
      '"watch" has a command and no "alarms": a run on AWS has no shell. Name CloudWatch alarms, with --alarms.',
    ];
  }
  return [];
}

function digestProblems({ watch, bakeMinutes = 0 }: RunRequest): string[] {
  if (watch?.digest !== true || bakeMinutes >= 1) return [];
  return [
    `"watch" has "digest", and "bakeMinutes" is ${bakeMinutes}: statements are compared during the bake. Bake for a minute or more, with --bake.`,
  ];
}

function timeProblems(
  request: StartTimes & BackfillHours,
  { now, limitMs }: RolloutPlace,
): string[] {
  const { windows = [], freezes = [], timeZone } = request;
  const wrong = (['windows', 'freezes'] as const).flatMap((key) =>
    (request[key] ?? []).flatMap((span) => {
      const problem = problemOf({ [key]: [span], timeZone }, now);
      return problem === undefined
        ? []
        : [`"${key}" has ${JSON.stringify(span)}: ${problem.message}.`];
    }),
  );
  if ((request.backfillWindows ?? []).length > 0 && wrong.length === 0) {
    // Hours that never come would hold the run without end.
    const { backfillWindows: windows } = request;
    if (problemOf({ windows, timeZone }, now) === undefined) {
      if (nextStart({ windows, timeZone }, now) === undefined) {
        wrong.push(
          `"backfillWindows" leave no time within ${HORIZON_DAYS} days: ${JSON.stringify(windows)}.`,
        );
      }
    }
  }
  for (const span of request.backfillWindows ?? []) {
    const problem = problemOf({ windows: [span], timeZone }, now);
    if (problem !== undefined) {
      wrong.push(`"backfillWindows" has ${JSON.stringify(span)}: ${problem.message}.`);
    }
  }
  if (wrong.length > 0 || windows.length + freezes.length === 0) return wrong;
  const start = nextStart(request, now);
  if (start === undefined) {
    return [
      `"windows" and "freezes" leave no time to begin within ${HORIZON_DAYS} days: ${shown(request)}.`,
    ];
  }
  if (limitMs !== undefined && start - now >= limitMs) {
    return [
      `"windows" and "freezes" let the run begin at ${new Date(start).toISOString()}, and it may take ${hours(limitMs)} hours from now: it would end before. Start it later, or raise the limit of the run (runTimeout).`,
    ];
  }
  return [];
}

function problemOf(times: StartTimes, now: number): Error | undefined {
  try {
    nextStart(times, now);
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

function tooLong(
  key: 'bakeMinutes' | 'approvalHours',
  value: number | undefined,
  unitMs: number,
  { limitMs }: RolloutPlace,
): string[] {
  if (value === undefined || limitMs === undefined || value * unitMs < limitMs) return [];
  return [
    `"${key}" is ${value}, and the run may take ${hours(limitMs)} hours altogether. Give less, or raise the limit of the run (runTimeout).`,
  ];
}

function hours(ms: number): number {
  return Math.round((ms / 3_600_000) * 10) / 10;
}

function shown({ windows, freezes, timeZone }: StartTimes): string {
  return JSON.stringify({ windows, freezes, timeZone });
}
