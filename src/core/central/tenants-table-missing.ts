import { FanfoldError } from '../errors.ts';
import { nearestWord } from '../text/nearest-word.ts';
import { fewOf } from '../wording/few-of.ts';

const NEXT_STEP =
  'Let `fanfold init` find it and write fanfold.config.ts, or name it there yourself: central.tenants. A new fleet is made in an empty database, by `fanfold migrate:latest`.';

/** The tables that the central database has instead. */
export interface OtherTables {
  readonly tables: readonly string[];
  /** Those of them that look as if they held logins of databases. */
  readonly candidates?: readonly string[] | undefined;
}

/** The central database has tables, but none with the configured name. */
export function tenantsTableMissing(
  database: string,
  wanted: string,
  { tables, candidates = [] }: OtherTables,
): FanfoldError {
  const near = nearestWord(wanted, tables) ?? tables.find((name) => isSameWord(name, wanted));
  const isAmbiguous = near === undefined && candidates.length > 1;
  const hint =
    near !== undefined
      ? ` Did you mean "${near}"?`
      : isAmbiguous
        ? ` Several may hold the tenants: ${fewOf(candidates)}.`
        : candidates.map((name) => ` ${name} may hold the tenants.`).join('');
  return new FanfoldError(
    isAmbiguous ? 'TenantsTableAmbiguous' : 'TenantsTableMissing',
    `The central database "${database}" has no table or view "${wanted}" that this user may read. It has ${fewOf(tables)}.${hint}`,
    { fault: 'configuration', nextStep: NEXT_STEP },
  );
}

/** `Tenant`, `tenant` and `tenants` are one word to people. */
function isSameWord(one: string, other: string): boolean {
  const plain = (word: string) => word.toLowerCase().replace(/s$/, '');
  return plain(one) === plain(other);
}
