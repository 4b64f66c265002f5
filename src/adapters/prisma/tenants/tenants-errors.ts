import type { TenantColumn } from '../../../core/central/tenants-mapping.ts';
import { FanfoldError } from '../../../core/errors.ts';
import { nearestWord } from '../../../core/text/nearest-word.ts';
import { countOf } from '../../../core/wording/count-of.ts';
import { fewOf } from '../../../core/wording/few-of.ts';

/** The table exists but lacks columns. */
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
        ? 'Correct central.tenants.columns in fanfold.config.ts, or let `fanfold init` write it again.'
        : 'Let `fanfold init` find the columns and write fanfold.config.ts, or name them there yourself in central.tenants.columns. If you need a join or a constant, use a query instead: central.tenants.query.',
    },
  );
}

/** The id does not identify rows. */
export function tenantsKeyMissing(shown: string, column: string, why: string): FanfoldError {
  return new FanfoldError(
    'TenantsKeyMissing',
    `The column ${column} does not identify the tenants of ${shown}: ${why}.`,
    {
      fault: 'configuration',
      nextStep: `Name a column that is a key, or unique by itself, as central.tenants.columns.id; or make one of ${column}.`,
    },
  );
}

/** Several active tenants share a slug. */
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
      nextStep: `Give each tenant a different ${column}, set all but one to another status, or name a unique column as central.tenants.columns.slug: a report could not say which tenant failed. Until then, name a tenant by its id.`,
    },
  );
}

/** The configured query cannot be read like a table. */
export function tenantsQueryInvalid(why: string, cause?: unknown): FanfoldError {
  return new FanfoldError(
    'TenantsQueryInvalid',
    `central.tenants.query is not a SELECT that only reads: ${why}`,
    {
      fault: 'configuration',
      nextStep:
        'Correct it in fanfold.config.ts: one SELECT that yields id, slug, name, status, dbHost, dbPort, dbName, dbUser and dbPassword. To test it, run it in a client after START TRANSACTION READ ONLY.',
      cause,
    },
  );
}

/** The mapping names words for a numeric status. */
export function activeWordsInvalid(column: string, words: readonly string[]): FanfoldError {
  return new FanfoldError(
    'TenantsActiveInvalid',
    `The column ${column}, which shows whether a tenant is active, is a number and never ${words.map((word) => `"${word}"`).join(' or ')}.`,
    {
      fault: 'configuration',
      nextStep: `Name the number that means active in fanfold.config.ts, such as central.tenants.active: '1'.`,
    },
  );
}

/** The source of the tenants cannot be written to. */
export function tenantsReadOnly(what: string, why: string): FanfoldError {
  return new FanfoldError('TenantsReadOnly', `${what} cannot be written: ${why}.`, {
    fault: 'configuration',
    nextStep:
      'Change the row as your product does, and run the command again if it has more to do. If the tenants are in a table, name that table in central.tenants instead.',
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
      nextStep: `Allow ${refused.length === 1 ? 'that value' : 'those values'} too: in the enum of your Prisma schema, or by ALTER TABLE … MODIFY ${column} …. Or set the status as your product does.`,
    },
  );
}

/** A change needs `fanfold_tenants`, which does not exist yet. */
export function fanfoldTenantsMissing(what: string): FanfoldError {
  return new FanfoldError(
    'FanfoldTenantsMissing',
    `The central database has no table fanfold_tenants yet, which ${what} (\`fanfold migrate:latest\` creates it).`,
    {
      fault: 'configuration',
      nextStep: 'Run `fanfold migrate:latest`: it does not change your own tables.',
    },
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
