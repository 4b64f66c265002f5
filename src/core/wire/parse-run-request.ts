import type * as z from 'zod';
import { FanfoldError } from '../errors.ts';
import { isRollback } from '../is-rollback.ts';
import type { RunRequest } from '../request.ts';
import { isWatching, mayHold } from '../rollout/gates-of-wave.ts';
import { looksOf } from '../rollout/next-gate.ts';
import { nearestWord } from '../text/nearest-word.ts';
import { formatCount } from '../wording/format-count.ts';
import { REQUEST_KEYS, requestSchema } from './request-schema.ts';

/**
 * Turns whatever came in into a request with its defaults. Throws `FanfoldError` `RequestInvalid`,
 * which names every key that is unknown or wrong, its value and what is allowed.
 */
export function parseRunRequest(input: unknown): RunRequest {
  const parsed = requestSchema.safeParse(input);
  if (!parsed.success) {
    // Somebody whose keys are known, such as the user of an option, needs no list of them.
    const isOfKeys = parsed.error.issues.some(({ path }) => path.length === 0);
    throw requestInvalid(problemsOf(parsed.error, input), isOfKeys);
  }
  refuseContradictions(parsed.data);
  return parsed.data;
}

/**
 * Throws `RequestInvalid` if keys of a request contradict each other, such as those of a retry and
 * those that it inherits.
 */
export function refuseContradictions(request: RunRequest): void {
  const problems = contradictions(request);
  if (problems.length > 0) throw requestInvalid(problems);
}

function requestInvalid(problems: readonly string[], listsKeys = false): FanfoldError {
  return new FanfoldError('RequestInvalid', problems.join('\n'), {
    fault: 'usage',
    nextStep: listsKeys
      ? `Correct the request. Its keys: ${REQUEST_KEYS.join(', ')}.`
      : 'Correct the request; nothing was changed.',
  });
}

function problemsOf(error: z.ZodError, input: unknown): string[] {
  const problems = error.issues.flatMap((issue) => {
    const [key] = issue.path;
    if (key === undefined) {
      return issue.code === 'unrecognized_keys'
        ? issue.keys.map(unknownKey)
        : [`A request is a JSON object, not ${shown(input)}.`];
    }
    const allowed = requestSchema.shape[key as keyof typeof requestSchema.shape].description;
    const value = (input as Record<PropertyKey, unknown>)[key];
    return [`${quote(String(key))} is ${shown(value)}; it must be ${allowed}.`];
  });
  // Several wrong members of one list are one problem with that list.
  return [...new Set(problems)];
}

function unknownKey(key: string): string {
  const nearest = nearestWord(key, REQUEST_KEYS);
  const suggestion = nearest === undefined ? '' : ` Did you mean ${quote(nearest)}?`;
  return `${quote(key)} is not a key of a request.${suggestion}`;
}

/** Pairs of keys of which a request may have one. */
export const EXCLUSIVE = [
  ['tenants', 'retryOf'],
  ['toleratedFailureCount', 'toleratedFailurePercentage'],
  ['run', 'steps'],
  ['run', 'to'],
  ['steps', 'to'],
] as const;

/** Keys that say what a rollback rolls back, and those that only a rollback knows. */
const EXTENT = ['run', 'steps', 'to'] as const;
const OF_ROLLBACK = ['run', 'steps', 'stepsOf', 'allowEmpty'] as const;

function contradictions(request: RunRequest): string[] {
  const both = EXCLUSIVE.filter(([one, other]) => {
    return request[one] !== undefined && request[other] !== undefined;
  }).map(([one, other]) => `"${one}" and "${other}" exclude each other: give one.`);
  return [
    ...both,
    ...(request.cause !== undefined && request.retryOf === undefined
      ? ['"cause" is one of the run that "retryOf" names: give both.']
      : []),
    ...(isRollback(request) ? lacking(request) : strange(request)),
    ...tooManyRounds(request),
  ];
}

/**
 * An execution of Step Functions may have 25,000 events. A round takes 35 if nothing goes wrong, and the first of each
 * wave 15 more for its probe: the rest is for retries of its steps, and for redrives.
 */
const MOST_ROUNDS = 500;
const EVENTS_OF_ROUND = 35;
/** Hold and Watch, and the wait between them. */
const EVENTS_OF_LOOK = 10;
/** Besides the bake: a window, an approval, and a window that has closed meanwhile. */
const OTHER_LOOKS = 4;

function tooManyRounds(request: RunRequest): string[] {
  const { waves, automaticRetries, bakeMinutes = 0, watch } = request;
  // Tenants that no wave names form one more wave, and late ones another.
  const rounds = (waves.length + 2) * (automaticRetries + 1);
  const looks = looksOf(bakeMinutes * 60_000, isWatching(watch)) + OTHER_LOOKS;
  const held = mayHold(request) ? (waves.length + 1) * looks * EVENTS_OF_LOOK : 0;
  const asRounds = rounds + Math.ceil(held / EVENTS_OF_ROUND);
  if (asRounds <= MOST_ROUNDS) return [];
  return [
    `"waves" has ${waves.length} and "automaticRetries" is ${automaticRetries}: that may be ${formatCount(rounds)} rounds${held === 0 ? '' : `, which count as ${formatCount(asRounds)} with what holds the waves between them`}, and a run may have ${MOST_ROUNDS}. Give fewer waves, or fewer retries.`,
  ];
}

/** A rollback that does not say how far could only mean everything. */
function lacking(request: RunRequest): string[] {
  if (EXTENT.some((key) => request[key] !== undefined)) return [];
  return ['A rollback needs "run", "steps" or "to": what is to be rolled back.'];
}

function strange(request: RunRequest): string[] {
  const keys = OF_ROLLBACK.filter((key) => request[key] !== undefined);
  const problems = keys.map((key) => `"${key}" goes with "command": "rollback" only.`);
  return request.rollback === true
    ? [...problems, '"rollback" goes with "command": "plan" only.']
    : problems;
}

const SHOWN_LENGTH = 120;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH - 1)}…` : text;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
