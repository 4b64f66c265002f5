import { FanfoldError } from '../errors.ts';
import { nearestWord } from '../text/nearest-word.ts';
import { commandSpan } from '../wording/command-span.ts';
import { countOf } from '../wording/count-of.ts';
import { fewOf } from '../wording/few-of.ts';
import type { CentralTable } from './central-tables.ts';
import type { TenantsCandidate } from './tenants-candidate.ts';

const NEW_FLEET =
  'For a new fleet `fanfold migrate:latest` makes the table; `fanfold tenant:add --help` shows how tenants get into it.';
const BY_QUERY =
  'If it takes a join or constants, write central.tenants yourself, as a query: docs/how-to/coming-from-the-guide.md shows how.';

export function centralDatabaseEmpty(database: string): FanfoldError {
  return new FanfoldError(
    'CentralDatabaseEmpty',
    `The central database "${database}" has no tables, and so no tenants.`,
    { fault: 'configuration', nextStep: `${NEW_FLEET} Otherwise correct CENTRAL_DATABASE_URL.` },
  );
}

/** @param nearest what comes nearest, the likeliest first */
export function noTableOfTenants(
  database: string,
  tables: readonly CentralTable[],
  nearest: readonly TenantsCandidate[],
): FanfoldError {
  const near = nearest
    .slice(0, 3)
    .map(({ table, lacks, url }) =>
      url === undefined
        ? `${table.name} lacks ${lacks.map(lookedFor).join(' and ')}`
        : `${table.name} holds the whole login in ${url}, which is not a mapping of columns`,
    );
  const found =
    near.length === 0
      ? 'None comes near.'
      : `${near.length === 1 ? 'The nearest' : 'The nearest are these'}: ${near.join('; ')}.`;
  return new FanfoldError(
    'TenantsTableMissing',
    `None of the ${countOf(tables.length, 'table')} of the central database "${database}" (${fewOf(tables.map(({ name }) => name))}) looks like a table of tenants: a key, and columns for host, database, user and encrypted password of each tenant's own database. ${found}`,
    {
      fault: 'configuration',
      nextStep: `Name table and columns, such as \`fanfold init --table companies --column dbHost=server\`. ${BY_QUERY} ${NEW_FLEET}`,
    },
  );
}

export function tenantsTableAmbiguous(candidates: readonly TenantsCandidate[]): FanfoldError {
  const names = candidates.map(({ table }) => table.name);
  return new FanfoldError(
    'TenantsTableAmbiguous',
    `${countOf(names.length, 'table')} of the central database can be the table of tenants: ${fewOf(names)}.`,
    {
      fault: 'usage',
      nextStep: `Name the one that is meant: ${names
        .slice(0, 3)
        .map((name) => ofTable(name))
        .join(' or ')}`,
    },
  );
}

export function tenantsTableUnknown(name: string, tables: readonly CentralTable[]): FanfoldError {
  const names = tables.map((table) => table.name);
  const near = nearestWord(name, names);
  return new FanfoldError(
    'TenantsTableMissing',
    `The central database has no table "${name}"; it has ${fewOf(names)}.`,
    {
      fault: 'usage',
      nextStep:
        near === undefined
          ? 'Name one of its tables with --table.'
          : `Did you mean ${ofTable(near)}?`,
    },
  );
}

/** A table that was named, but in which columns of a login were not found. */
export function loginColumnsMissing({ table, lacks, url }: TenantsCandidate): FanfoldError {
  const columns = table.columns.map(({ name }) => name);
  const roles = lacks.filter((role) => role !== 'id');
  const whole =
    url === undefined ? '' : ` It holds a whole login in ${url}, which Fanfold cannot take apart.`;
  if (roles.length === 0) {
    return new FanfoldError(
      'TenantsColumnsMissing',
      `The table ${table.name} has no primary key of one column, by which a tenant would be known.`,
      {
        fault: 'configuration',
        nextStep: `Name a column that identifies its rows: ${ofTable(table.name, 'id=<column>')}`,
      },
    );
  }
  return new FanfoldError(
    'TenantsColumnsMissing',
    `In the table ${table.name} no column was found for ${roles.map(lookedFor).join(', ')}. It has ${columns.join(', ')}.${whole}`,
    {
      fault: 'configuration',
      nextStep: `Name the columns, such as ${ofTable(table.name, `${roles[0]}=<column>`)}. ${BY_QUERY}`,
    },
  );
}

/** Two columns that mean the same. */
export function tenantsColumnAmbiguous(
  table: string,
  role: string,
  columns: readonly string[],
): FanfoldError {
  return new FanfoldError(
    'TenantsColumnAmbiguous',
    `The table ${table} has ${columns.length} columns that can be ${role}: ${columns.join(', ')}.`,
    {
      fault: 'usage',
      nextStep: `Name the one that is meant: ${ofTable(table, `${role}=${columns[0]}`)}`,
    },
  );
}

/** A word of the status cannot be chosen by itself. */
export function activeWordUnclear(column: string, words: readonly string[]): FanfoldError {
  return new FanfoldError(
    'ActiveStatusUnclear',
    words.length === 0
      ? `No row has a ${column} yet, so that nothing shows which word means an active tenant.`
      : `Which ${column} means an active tenant is not clear: it is ${fewOf(words.map((word) => `"${word}"`))}.`,
    {
      fault: 'usage',
      nextStep: `Name the word, or several with commas: ${commandSpan('init', '--active', words[0] ?? 'active')}`,
    },
  );
}

const LOOKED_FOR: Readonly<Record<string, string>> = {
  id: 'a key',
  dbHost: 'the host (dbHost)',
  dbName: 'the database (dbName)',
  dbUser: 'the user (dbUser)',
  dbPassword: 'the encrypted password (dbPassword)',
};

function ofTable(table: string, column?: string): string {
  return commandSpan(
    'init',
    '--table',
    table,
    ...(column === undefined ? [] : ['--column', column]),
  );
}

function lookedFor(role: string): string {
  return LOOKED_FOR[role] ?? role;
}
