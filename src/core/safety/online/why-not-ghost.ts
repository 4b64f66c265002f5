import type { OnlineClauses } from './online-changes.ts';
import { unsafeKey } from './unsafe-key.ts';
import type { OnlineFacts } from './why-not-online.ts';

/** The reason why gh-ost 1.1.10 must not change a table that programs may change; `undefined` if it may. */
export function whyNotGhost(facts: OnlineFacts, clauses: OnlineClauses): string | undefined {
  const missing = facts.missingRights['gh-ost'];
  if (missing.length > 0) return `The program's login lacks ${missing.join('; ')}.`;
  if (!facts.hasMetadataLocks)
    return 'performance_schema does not record metadata locks (wait/lock/metadata/sql/mdl), by which the program makes sure that no row is lost when it swaps the tables.';
  const unsafe = unsafeKey(facts.key, clauses.text);
  if (unsafe !== undefined) return unsafe;
  const json = [...facts.types].find(([, type]) => type === 'json');
  if (json !== undefined)
    return `The column ${json[0]} is JSON: a DECIMAL inside of it would become a text, if it is written while the program copies.`;
  return undefined;
}
