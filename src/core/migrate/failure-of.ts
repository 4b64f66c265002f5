import { FanfoldError } from '../errors.ts';
import { type Failure, fingerprint } from '../failure.ts';
import type { StatementStanding } from '../half-applied.ts';
import { HalfAppliedError } from './half-applied-error.ts';
import { MigrationStepError } from './migration-step-error.ts';

const MESSAGE_LIMIT = 2_000;

/**
 * The failure that an outcome carries, from whatever was thrown. `secrets` are cut out of every
 * text, in case that a server or a migration's author put one into a message.
 */
export function failureOf(error: unknown, secrets: readonly string[] = []): Failure {
  const known = error instanceof FanfoldError ? error : unexpected(error);
  // A password that is also an ordinary word would be told by the gap that it leaves.
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
    fingerprint: fingerprint(parts),
    ...(statements.length > 0 && { statements: fewOf(statements) }),
  };
}

/** A failure has to stay small: it travels in an error's message on AWS. */
const MOST_STATEMENTS = 20;

function fewOf(statements: readonly StatementStanding[]): StatementStanding[] {
  const half = MOST_STATEMENTS / 2;
  const few =
    statements.length > MOST_STATEMENTS
      ? [...statements.slice(0, half), ...statements.slice(-half)]
      : statements;
  return few.map((each) => ({ ...each, text: each.text.slice(0, 120) }));
}

function unexpected(error: unknown): FanfoldError {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new FanfoldError('Unexpected', message, {
    fault: 'fanfold',
    nextStep: 'This looks like a defect of Fanfold: please report it with this message.',
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
