import type { OnlineLeftovers } from '../safety/online/online-leftovers.ts';
import { quotedIdentifier } from '../wording/account-sql.ts';
import { commandSpan } from '../wording/command-span.ts';
import { fewOf } from '../wording/few-of.ts';
import { formatBytes } from '../wording/format-bytes.ts';
import type { Check } from './check.ts';
import type { DatabaseFacts } from './database-facts.ts';

type Facts = Pick<DatabaseFacts, 'onlineWork' | 'state' | 'fenceHolder'>;

/** Names the tables and triggers that interrupted changes of huge tables have left; none if there are none. */
export function checkOnlineChanges(facts: Facts, slug: string): Check[] {
  return facts.onlineWork.map((work) => {
    const isAtWork = work.by === 'Fanfold' && facts.fenceHolder !== null;
    const name = 'online-changes';
    if (isAtWork) return { name, status: 'ok', message: `gh-ost is at work: ${objectsOf(work)}` };
    return {
      name,
      status: 'note',
      code: 'OnlineChangeLeft',
      message: `${beginning(work)} ${objectsOf(work)}.`,
      nextStep: nextStepOf(work, facts, slug),
    };
  });
}

function beginning({ by, table, oldRows }: OnlineLeftovers): string {
  const of = table === undefined ? '' : ` of the table "${table}"`;
  const old = oldRows === undefined ? '' : ` ${oldRows} has the rows from before it.`;
  return by === 'Fanfold'
    ? `A change of a table by gh-ost was interrupted.${old} It has left`
    : `A change${of} by ${by} is running or was interrupted.${old} It has`;
}

function objectsOf({ tables, triggers, bytes }: OnlineLeftovers): string {
  return [
    ...(triggers.length === 0 ? [] : [`the triggers ${fewOf(triggers)}`]),
    ...(tables.length === 0 ? [] : [`${fewOf(tables)} (${formatBytes(bytes)})`]),
  ].join(' and ');
}

function nextStepOf(work: OnlineLeftovers, { state }: Facts, slug: string): string {
  const { by, oldRows } = work;
  if (by !== 'Fanfold') {
    return `Until it has ended or is cleared away, Fanfold refuses to change this table online. If nobody is running it: ${dropText(work)}`;
  }
  if (state.open.length > 0) {
    return `The next run resumes it, if the server still has the binary log: ${commandSpan('migrate:tenant', slug)}`;
  }
  return oldRows === undefined
    ? `No migration will resume it. Clear it away: ${commandSpan('migrate:doctor', slug, '--fix')}, or ${dropText(work)}`
    : `If you do not need those rows any more: ${dropText(work)}`;
}

/** Triggers go first: a trigger that writes to a dropped table fails each statement of the application. */
function dropText({ tables, triggers }: OnlineLeftovers): string {
  return [
    ...triggers.map((name) => `DROP TRIGGER ${quotedIdentifier(name)};`),
    ...(tables.length === 0 ? [] : [`DROP TABLE ${tables.map(quotedIdentifier).join(', ')};`]),
  ].join(' ');
}
