import { FanfoldError, isFanfoldError } from '../errors.ts';
import { fingerprint, type OwnFailure } from '../failure.ts';
import type { StatementStanding } from '../half-applied.ts';
import { causeShape } from '../text/cause-shape.ts';
import { thrownText } from '../text/thrown-text.ts';
import { HalfAppliedError } from './half-applied-error.ts';
import { MigrationStepError } from './migration-step-error.ts';

const MESSAGE_LIMIT = 2_000;

/**
 * The failure that an outcome carries, from whatever was thrown. `secrets` are cut out of every text, in case
 * a server or a migration's author put one into a message. `names` are those of the tenant, which do not make
 * a separate cause.
 */
export function failureOf(
  error: unknown,
  secrets: readonly string[] = [],
  names: readonly string[] = [],
): OwnFailure {
  const known = isFanfoldError(error) ? error : unexpected(error);
  // A password that is also an ordinary word would be revealed by the gap that it leaves.
  const hidden = known.ownWords ? [] : secrets;
  const step = known instanceof MigrationStepError ? known : undefined;
  const half = known instanceof HalfAppliedError ? known : undefined;
  const statements = step?.statements ?? half?.statements ?? [];
  const parts = {
    code: known.code,
    migration: step?.migration ?? half?.migration,
    statement: step?.statement,
    errno: step?.errno,
    sqlState: step?.sqlState,
  };
  return {
    ...parts,
    message: cut(withoutSecrets(known.message, hidden)),
    nextStep: withoutSecrets(known.nextStep, hidden),
    retryable: known.retryable,
    fingerprint: fingerprint({
      ...parts,
      shape: causeShape(withoutSecrets(known.said ?? '', secrets), names),
    }),
    ...(statements.length > 0 && { statements: fewOf(statements) }),
  };
}

/** A failure has to stay small: it travels in an error's message on AWS, at most 8 KiB. */
const MOST_STATEMENTS = 20;
const STATEMENT_LIMIT = 120;

/**
 * The first statements, the last ones, and those around the one at which the attempt stopped; their
 * numbers show how many are left out between them. `migrate:resolve` shows all.
 */
function fewOf(statements: readonly StatementStanding[]): StatementStanding[] {
  const stop = statements.findIndex(({ stoppedHere }) => stoppedHere === true);
  const last = statements.length - 1;
  const distance = (index: number) =>
    Math.min(index, last - index, stop < 0 ? Number.POSITIVE_INFINITY : Math.abs(stop - index));
  const nearest = statements.map((_, index) => index).sort((a, b) => distance(a) - distance(b));
  const kept = new Set(nearest.slice(0, MOST_STATEMENTS));
  return statements
    .filter((_, index) => kept.has(index))
    .map((each) => ({
      ...each,
      text: each.text.slice(0, STATEMENT_LIMIT),
      ...(each.now !== undefined && { now: each.now.slice(0, STATEMENT_LIMIT) }),
    }));
}

function unexpected(error: unknown): FanfoldError {
  return new FanfoldError('Unexpected', thrownText(error), {
    fault: 'fanfold',
    nextStep: 'This looks like a defect of Fanfold: please report it with this message.',
    said: thrownText(error),
    cause: error,
  });
}

/** Shorter secrets than this are not worth hiding, and hiding them would garble every text. */
const SHORTEST_SECRET = 4;

function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .reduce((kept, secret) => kept.replaceAll(secret, '[secret]'), text);
}

function cut(text: string): string {
  return text.length > MESSAGE_LIMIT ? `${text.slice(0, MESSAGE_LIMIT - 1)}…` : text;
}
