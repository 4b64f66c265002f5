import { FanfoldError } from '../errors.ts';
import { ENVIRONMENT } from '../wire/environment.ts';
import type { TenantsMapping } from './tenants-mapping.ts';

/** The variable that holds a mapping as JSON, for a process without a configuration file. */
export const TENANTS_VARIABLE = ENVIRONMENT.centralTenants;

/**
 * Reads a mapping from the text of an environment variable; an empty or absent one has none. Throws
 * `EnvironmentInvalid` for a text that is not a mapping. Whether its names are right shows in the
 * central database.
 */
export function parseTenantsMapping(text: string | undefined): TenantsMapping | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  let mapping: unknown;
  try {
    mapping = JSON.parse(text);
  } catch (error) {
    throw notAMapping(error);
  }
  if (!isMapping(mapping)) throw notAMapping();
  return mapping;
}

function isMapping(value: unknown): value is TenantsMapping {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { table, query, columns = {}, active, ...others } = value as Record<string, unknown>;
  if (Object.keys(others).length > 0 || !isActive(active)) return false;
  if (query !== undefined) return isWord(query) && table === undefined && !('columns' in value);
  return isWord(table) && typeof columns === 'object' && columns !== null && areWords(columns);
}

function isActive(active: unknown): boolean {
  if (active === undefined || isWord(active)) return true;
  return Array.isArray(active) && active.length > 0 && active.every(isWord);
}

function areWords(columns: object): boolean {
  return Object.values(columns).every(isWord);
}

function isWord(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

function notAMapping(cause?: unknown): FanfoldError {
  return new FanfoldError(
    'EnvironmentInvalid',
    `${TENANTS_VARIABLE} is not a mapping of tenants in JSON.`,
    {
      fault: 'configuration',
      nextStep: `Write it as {"table":"companies","columns":{"dbHost":"db_host"},"active":"active"} or {"query":"SELECT …"}; or unset it, and give central.tenants in fanfold.config.ts.`,
      cause,
    },
  );
}
