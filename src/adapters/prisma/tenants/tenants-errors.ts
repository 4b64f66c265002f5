import type { TenantColumn } from '../../../core/central/tenants-mapping.ts';
import { FanfoldError } from '../../../core/errors.ts';
import { nearestWord } from '../../../core/nearest-word.ts';
import { countOf } from '../../../core/wording/count-of.ts';
import { fewOf } from '../../../core/wording/few-of.ts';

/** The table is there, and columns of it are not. */
export function tenantsColumnsMissing(
  shown: string,
  missing: readonly { readonly column: TenantColumn; readonly wanted: string }[],
  found: readonly string[],
): FanfoldError {
  const words = missing.map(({ column, wanted }) =>
    column === wanted ? wanted : `${wanted} (for ${column})`,
  );
  const near = missing.flatMap(({ wanted }) => nearestWord(wanted, found) ?? []);
  const meant = near.length === 0 ? '' : ` Did you mean ${fewOf([...new Set(near)])}?`;
  const isMapped = missing.some(({ column, wanted }) => column !== wanted);
  return new FanfoldError(
    'TenantsColumnsMissing',
    `${capital(shown)} has no ${missing.length === 1 ? 'column' : 'columns'} ${words.join(', ')} that this user may read. It has ${found.join(', ') || 'none'}.${meant}`,
    {
      fault: 'configuration',
      nextStep: isMapped
        ? 'Correct central.tenants.columns in fanfold.config.ts, or let `fanfold init` write it anew.'
        : 'Let `fanfold init` find the columns and write fanfold.config.ts, or name them there yourself: central.tenants.columns. What takes a join or a constant is read by a query: central.tenants.query.',
    },
  );
}

/** Rows cannot be told apart by their id. */
export function tenantsKeyMissing(shown: string, column: string, why: string): FanfoldError {
  return new FanfoldError(
    'TenantsKeyMissing',
    `The tenants of ${shown} cannot be told apart by ${column}: ${why}.`,
    {
      fault: 'configuration',
      nextStep: `Name a column that is a key, or unique by itself, as central.tenants.columns.id; or make one of ${column}.`,
    },
  );
}

/** Two active tenants answer to one name. */
export function tenantSlugsRepeated(
  shown: string,
  column: string,
  slugs: readonly string[],
): FanfoldError {
  return new FanfoldError(
    'TenantSlugsRepeated',
    `${countOf(slugs.length, 'slug')} of ${shown} ${slugs.length === 1 ? 'is' : 'are'} shared by several active tenants: ${fewOf(slugs.map((slug) => `"${slug}"`))}.`,
    {
      fault: 'configuration',
      nextStep: `Give each its own ${column}, set all but one to another status, or name a column that tells them apart as central.tenants.columns.slug: a report would not say which one failed. One tenant can be named by its id meanwhile.`,
    },
  );
}

/** The query of the configuration cannot be read as a table. */
export function tenantsQueryInvalid(why: string, cause?: unknown): FanfoldError {
  return new FanfoldError(
    'TenantsQueryInvalid',
    `central.tenants.query is not a SELECT that only reads: ${why}`,
    {
      fault: 'configuration',
      nextStep:
        'Correct it in fanfold.config.ts: one SELECT that yields id, slug, name, status, dbHost, dbPort, dbName, dbUser and dbPassword. Try it in a client within START TRANSACTION READ ONLY.',
      cause,
    },
  );
}

/** Words for a status that is a number. */
export function activeWordsInvalid(column: string, words: readonly string[]): FanfoldError {
  return new FanfoldError(
    'TenantsActiveInvalid',
    `The column ${column}, which says whether a tenant is active, is a number and never ${words.map((word) => `"${word}"`).join(' or ')}.`,
    {
      fault: 'configuration',
      nextStep: `Name the number that means active in fanfold.config.ts, such as central.tenants.active: '1'.`,
    },
  );
}

/** Nothing can be written where the tenants are read. */
export function tenantsReadOnly(what: string, why: string): FanfoldError {
  return new FanfoldError('TenantsReadOnly', `${what} cannot be written: ${why}.`, {
    fault: 'configuration',
    nextStep:
      'Change the row as your product does, and run the command again where it has more to do. Where the tenants stand in a table, name that in central.tenants instead.',
  });
}

/** A status that the column cannot hold. */
export function tenantStatusRefused(
  column: string,
  refused: readonly string[],
  room: string,
): FanfoldError {
  return new FanfoldError(
    'TenantStatusRefused',
    `The column ${column} cannot hold ${refused.join(', ')}: ${room}. Nothing was changed.`,
    {
      fault: 'configuration',
      nextStep: `Let it hold ${refused.length === 1 ? 'that word' : 'those words'} as well: in the enum of your Prisma schema, or by ALTER TABLE … MODIFY ${column} …. Or set the status as your product does.`,
    },
  );
}

/** What is written needs the table of ours. */
export function fanfoldTenantsMissing(what: string): FanfoldError {
  return new FanfoldError(
    'FanfoldTenantsMissing',
    `The central database has no table fanfold_tenants yet, which ${what} (\`fanfold migrate:latest\` makes it).`,
    {
      fault: 'configuration',
      nextStep: 'Run `fanfold migrate:latest`: it leaves your own tables as they are.',
    },
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
