import {
  centralDatabaseEmpty,
  loginColumnsMissing,
  noTableOfTenants,
  tenantsColumnAmbiguous,
  tenantsTableAmbiguous,
  tenantsTableUnknown,
} from './adoption-errors.ts';
import type { CentralTable } from './central-tables.ts';
import type { NamedColumns } from './tenant-columns.ts';
import { findCandidates, judgeTable, type TenantsCandidate } from './tenants-candidate.ts';

/** The facts about the table of tenants that were given; the others are found. */
export interface TenantsAnswers {
  readonly table?: string | undefined;
  readonly columns?: NamedColumns | undefined;
}

/**
 * Finds the table of tenants. If there are several candidates, `ask` resolves to one of them; it is absent
 * without a terminal. Throws `TenantsTableMissing`, `TenantsTableAmbiguous`, `TenantsColumnsMissing`,
 * `TenantsColumnAmbiguous` and `CentralDatabaseEmpty`.
 */
export async function chooseCandidate(
  database: string,
  tables: readonly CentralTable[],
  { table: wanted, columns = {} }: TenantsAnswers,
  ask?: (candidates: readonly TenantsCandidate[]) => Promise<TenantsCandidate>,
): Promise<TenantsCandidate> {
  if (wanted !== undefined) {
    const table = tables.find(({ name }) => name === wanted) ?? onlyInOtherCase(tables, wanted);
    if (table === undefined) throw tenantsTableUnknown(wanted, tables);
    return checked(judgeTable(table, columns));
  }
  if (tables.length === 0) throw centralDatabaseEmpty(database);
  const all = findCandidates(tables, columns);
  const whole = all.filter(({ lacks }) => lacks.length === 0);
  const [only, ...others] = whole;
  if (only === undefined) throw noTableOfTenants(database, tables, all);
  if (others.length === 0) return checked(only);
  if (ask === undefined) throw tenantsTableAmbiguous(whole);
  return checked(await ask(whole));
}

function checked(candidate: TenantsCandidate): TenantsCandidate {
  if (candidate.lacks.length > 0) throw loginColumnsMissing(candidate);
  const [tie] = candidate.tied;
  if (tie !== undefined) throw tenantsColumnAmbiguous(candidate.table.name, tie.role, tie.columns);
  return candidate;
}

/** A server may keep names in lower case, and people type them as they know them. */
function onlyInOtherCase(
  tables: readonly CentralTable[],
  wanted: string,
): CentralTable | undefined {
  const [found, ...more] = tables.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  return more.length === 0 ? found : undefined;
}
