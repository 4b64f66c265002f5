import { raw, type Sql, sqltag as sql } from '@prisma/client/runtime/client';
import type { CentralSession } from '../central-session.ts';
import { hasStatus, where } from './conditions.ts';
import { tenantSlugsRepeated, tenantsKeyMissing } from './tenants-errors.ts';

/** The number of names that an error lists as examples. */
const EXAMPLES = 5;

interface Counts {
  readonly tenants: bigint | number;
  readonly identified: bigint | number;
  readonly ids: bigint | number;
  readonly named: bigint | number;
  readonly names: bigint | number;
}

/**
 * Creates a check, which runs once, of what no key of the database guarantees: that ids are unique, because
 * pages are read by id, and that no two active tenants share a slug, because reports name tenants by it.
 * The check throws `TenantsKeyMissing` and `TenantSlugsRepeated`.
 */
export function createFleetCheck(session: CentralSession): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= checkFleet(session);
    return done;
  };
}

async function checkFleet(session: CentralSession): Promise<void> {
  const { ask, source } = session;
  if (source.hasKey && source.hasUniqueSlug) return;
  const { id, slug } = source.columns;
  const active = hasStatus(source, 'ACTIVE');
  // Ids are compared in the collation in which pages are read, slugs exactly. Slugs are counted by 60 bits
  // of a hash, because DISTINCT over numbers is far cheaper: a million slugs as text took a minute.
  const hash = raw(`CAST(CONV(LEFT(SHA2(${slug.sql}, 256), 15), 16, 10) AS UNSIGNED)`);
  const query = sql`SELECT COUNT(*) AS tenants, COUNT(${raw(id.sql)}) AS identified, COUNT(DISTINCT ${raw(id.sql)}) AS ids,
    COUNT(CASE WHEN ${active} THEN ${raw(slug.sql)} END) AS named,
    COUNT(DISTINCT CASE WHEN ${active} THEN ${hash} END) AS names FROM ${raw(source.from)}`;
  const [counts] = await ask((prisma) => prisma.$queryRaw<Counts[]>(query));
  if (counts === undefined) return;
  if (!source.hasKey && counts.tenants !== counts.identified) {
    throw tenantsKeyMissing(source.shown, id.name, 'a row has none');
  }
  if (!source.hasKey && counts.identified !== counts.ids) {
    const repeated = await repeatedValues(session, id.sql, raw(id.sql));
    const words = repeated.map((word) => `"${word}"`).join(', ');
    throw tenantsKeyMissing(source.shown, id.name, `several rows have ${words || 'the same'}`);
  }
  if (!source.hasUniqueSlug && counts.named !== counts.names) {
    const exact = raw(`CAST(${slug.sql} AS BINARY)`);
    const repeated = await repeatedValues(session, slug.sql, exact, active);
    if (repeated.length > 0) throw tenantSlugsRepeated(source.shown, slug.name, repeated);
  }
}

async function repeatedValues(
  { ask, source }: CentralSession,
  column: string,
  group: Sql,
  condition?: Sql,
): Promise<string[]> {
  const query = sql`SELECT CAST(MIN(${raw(column)}) AS CHAR) AS word FROM ${raw(source.from)}
    ${where(condition, sql`${raw(column)} IS NOT NULL`)} GROUP BY ${group}
    HAVING COUNT(*) > 1 ORDER BY 1 LIMIT ${raw(String(EXAMPLES))}`;
  const rows = await ask((prisma) => prisma.$queryRaw<{ word: string | null }[]>(query));
  return rows.map(({ word }) => word ?? '');
}
