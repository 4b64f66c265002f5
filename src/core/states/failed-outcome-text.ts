import type { FailedOutcome } from '../outcome.ts';
import { countOfList } from '../reduce/count-of-list.ts';
import { bytesOf, cutToBytes } from '../wording/cut-to-bytes.ts';
import { boundedLists } from './bounded-outcome.ts';

/** A failed outcome travels in an error's message, of which Step Functions keeps 32 KiB with its escapes. */
const MOST_BYTES = 8 * 1024;

/**
 * A failed outcome as JSON of at most 8 KiB, with the failure and its next step first: it is
 * the cause of a child execution that the console shows. If it is longer, words are cut before facts:
 * first the messages of notes, then those of the failure, then the statements of a half-applied migration,
 * then the oldest of the applied or reverted migrations, which are counted.
 */
export function failedOutcomeText(failed: FailedOutcome): string {
  return JSON.stringify(boundedFailure(failed));
}

/** The same as an outcome. */
export function boundedFailure(failed: FailedOutcome): FailedOutcome {
  const outcome = inReadingOrder(failed);
  const shorter = [outcome, ...CUTS.map((cut) => cut(outcome))].find(fits);
  if (shorter !== undefined) return shorter;
  const cut = withoutStatements(outcome);
  const { applied, reverted, leftOut } = outcome;
  const most = {
    ...leftOut,
    applied: countOfList(outcome, 'applied', applied),
    reverted: countOfList(outcome, 'reverted', reverted ?? []),
  };
  const none = { ...cut, applied: [], reverted: reverted && [], leftOut: most };
  const room = MOST_BYTES - bytesOf(JSON.stringify(none));
  return { ...cut, ...boundedLists(outcome, Math.max(0, room)) };
}

function inReadingOrder({ failure, tenant, status, ...facts }: FailedOutcome): FailedOutcome {
  const { code, message, nextStep, migration, statement, ...known } = failure;
  return {
    status,
    failure: { code, message, nextStep, migration, statement, ...known },
    tenant,
    ...facts,
  };
}

const CUTS: readonly ((outcome: FailedOutcome) => FailedOutcome)[] = [
  withShortNotes,
  withShortFailure,
  withShortStatements,
  withoutStatements,
];

function fits(outcome: FailedOutcome): boolean {
  return bytesOf(JSON.stringify(outcome)) <= MOST_BYTES;
}

function withShortNotes(outcome: FailedOutcome): FailedOutcome {
  const notes = outcome.notes.slice(0, 5).map(({ code, message }) => ({
    code: cutToBytes(code, 60),
    message: cutToBytes(message, 200),
  }));
  return { ...outcome, notes };
}

function withShortFailure(outcome: FailedOutcome): FailedOutcome {
  const { tenant, failure } = outcome;
  const { statement } = failure;
  return {
    ...withShortNotes(outcome),
    tenant: {
      id: tenant.id,
      slug: tenant.slug,
      name: cutToBytes(tenant.name, 200),
      database: tenant.database,
      host: tenant.host,
    },
    failure: {
      ...failure,
      message: cutToBytes(failure.message, 1_000),
      nextStep: cutToBytes(failure.nextStep, 500),
      fingerprint: cutToBytes(failure.fingerprint, 1_000),
      migration: failure.migration && cutToBytes(failure.migration, 255),
      statement: statement && { ...statement, text: cutToBytes(statement.text, 500) },
    },
  };
}

/** Their numbers and standings matter most. */
function withShortStatements(outcome: FailedOutcome): FailedOutcome {
  const short = withShortFailure(outcome);
  const statements = short.failure.statements?.map(({ now: _, ...each }) => ({
    ...each,
    text: cutToBytes(each.text, 60),
  }));
  return { ...short, failure: { ...short.failure, statements } };
}

/** `migrate:resolve` shows them. */
function withoutStatements(outcome: FailedOutcome): FailedOutcome {
  const { statements: _, ...failure } = withShortFailure(outcome).failure;
  return { ...withShortFailure(outcome), failure };
}
