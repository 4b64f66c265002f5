import type { Bundle } from '../bundle/bundle.ts';
import { planTenant } from '../migrate/plan-tenant.ts';
import type { FindingCode } from '../note-codes.ts';
import type { OnlineLeftovers } from '../safety/online/online-leftovers.ts';
import { quotedIdentifier } from '../wording/account-sql.ts';
import { commandSpan } from '../wording/command-span.ts';
import { fewOf } from '../wording/few-of.ts';
import { formatBytes } from '../wording/format-bytes.ts';
import type { Check } from './check.ts';
import type { DatabaseFacts } from './database-facts.ts';

type Facts = Pick<DatabaseFacts, 'onlineWork' | 'state' | 'fenceHolder'>;

/** Names the tables and triggers of interrupted changes of huge tables; none if there are none. */
export function checkOnlineChanges(facts: Facts, bundle: Bundle, slug: string): Check[] {
  const { onlineWork, state, fenceHolder } = facts;
  if (onlineWork.length === 0) return [];
  const now = { ...state, open: [] };
  const { pending } = planTenant(bundle, now, { strict: false, allowMissing: true });
  // An attempt that was stopped at a boundary leaves its migration pending, one that was killed half-applied.
  const mayResume = state.open.length > 0 || pending.length > 0;
  return onlineWork.map((work) => {
    const name = 'online-changes';
    if (work.by === 'Fanfold' && fenceHolder !== null)
      return { name, status: 'ok', message: `${work.program} is at work: ${objectsOf(work)}` };
    const message = `${beginning(work)} ${objectsOf(work)}.`;
    return { name, status: 'note', message, ...remedyOf(work, mayResume, slug) };
  });
}

function beginning({ by, program, table, oldRows }: OnlineLeftovers): string {
  const of = table === undefined ? '' : ` of the table "${table}"`;
  const old = oldRows === undefined ? '' : ` ${oldRows} has the rows from before it.`;
  return by === 'Fanfold'
    ? `A change of ${table === undefined ? 'a table' : `the table "${table}"`} by ${program} was interrupted.${old} It has left`
    : `A change${of} by ${by} is running or was interrupted.${old} It has`;
}

function objectsOf({ tables, triggers, bytes }: OnlineLeftovers): string {
  return [
    ...(triggers.length === 0 ? [] : [`the triggers ${fewOf(triggers)}`]),
    ...(tables.length === 0 ? [] : [`${fewOf(tables)} (${formatBytes(bytes)})`]),
  ].join(' and ');
}

function remedyOf(
  work: OnlineLeftovers,
  mayResume: boolean,
  slug: string,
): { readonly code: FindingCode; readonly nextStep: string } {
  const drop = dropText(work);
  if (work.by !== 'Fanfold') {
    return {
      code: 'OnlineChangeOther',
      nextStep: `Until it has ended or is cleared away, Fanfold refuses to change this table online. If nobody is running it: ${drop}`,
    };
  }
  if (work.oldRows !== undefined) {
    return {
      code: 'OnlineChangeLeft',
      nextStep: `If you do not need those rows any more: ${drop}`,
    };
  }
  if (mayResume) {
    return {
      code: 'OnlineChangeInterrupted',
      nextStep: `The next run resumes it if the same migration is still to be applied, and the server has the binary log: ${commandSpan('migrate:tenant', slug)}. Otherwise: ${drop}`,
    };
  }
  return {
    code: 'OnlineChangeLeft',
    nextStep: `No migration will resume it. Clear it away: ${commandSpan('migrate:doctor', slug, '--fix')}, or ${drop}`,
  };
}

/** Triggers go first: a trigger that writes to a dropped table fails each statement of the application. */
function dropText({ tables, triggers }: OnlineLeftovers): string {
  return [
    ...triggers.map((name) => `DROP TRIGGER ${quotedIdentifier(name)};`),
    ...(tables.length === 0 ? [] : [`DROP TABLE ${tables.map(quotedIdentifier).join(', ')};`]),
  ].join(' ');
}
