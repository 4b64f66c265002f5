import type { TenantColumn } from '../central/tenants-mapping.ts';
import type { CentralColumn } from './central-tables.ts';

/** Roles of a column besides the nine: those that show that a tenant is in use, or gone, without a status of words. */
export type FlagRole = 'isActive' | 'isInactive' | 'goneAt' | 'isGone';
export type ColumnRole = TenantColumn | FlagRole;

/** Prefixes of column names, as in `mysql_host` and `databaseUser`. */
const DB = '(?:tenancy)?(?:db|database|mysql|mariadb|sql|conn|connection)';
const SEALED = '(?:encrypted|encryption|enc|cipher|ciphertext|sealed|secret)';

/**
 * How people name the columns of a tenant, the surest first. A name is compared without case and
 * separators, and once more without the table's own name before it (`tenant_slug` of `tenants`).
 * Collected from public schemas of Prisma, Knex, TypeORM, Laravel, Adonis and plain SQL.
 */
const NAMES: Readonly<Record<ColumnRole, readonly RegExp[]>> = {
  id: named('id', 'uuid|guid|uid'),
  slug: named(
    'slug|urlslug',
    'subdomain|handle|code|identifier|shortname|alias',
    'key|domain|domainname|tenantid|id|uid',
  ),
  name: named(
    'name',
    '(?:display|company|business|organi[sz]ation|customer|client|shop|store|legal|full|trade)name',
    'title|label|nome|nombre|nom',
  ),
  status: named(
    'status',
    'state|lifecycle|lifecyclestatus|lifecyclestate',
    '(?:account|subscription)status|estado|(?:status|state)(?:id|code)',
  ),
  dbHost: named(
    'dbhost',
    `${DB}(?:host|hostname|server|servername|address|endpoint|ip)`,
    'host|hostname|server',
  ),
  dbPort: named('dbport', `${DB}(?:host|server)?port`, 'port'),
  dbName: named(
    'dbname',
    `${DB}(?:name|database|schema|schemaname)`,
    'database|db|schema|schemaname',
  ),
  dbUser: named('dbuser', `${DB}(?:user|username|login|account)`, 'user|username|login'),
  dbPassword: named(
    'dbpassword',
    `${DB}(?:password|pass|passwd|pwd)${SEALED}?|${SEALED}${DB}(?:password|pass|passwd|pwd)|${DB}${SEALED}(?:password|pass)`,
    `password|passwd|pwd|pass|password${SEALED}|${SEALED}password`,
  ),
  isActive: named(
    '(?:is)?active',
    '(?:is)?(?:enabled|live)',
    '(?:is)?(?:ativo|activo|actif|aktiv)',
  ),
  isInactive: named('(?:is)?(?:disabled|inactive|suspended|archived|blocked|deactivated)'),
  goneAt: named(
    '(?:deleted|removed|archived|disabled|deactivated|suspended|cancell?ed|terminated)(?:at|on|date)|datedeleted',
  ),
  isGone: named('(?:is)?(?:soft)?(?:deleted|removed)'),
};

const TEXT = ['varchar', 'char', 'text', 'tinytext', 'mediumtext', 'longtext'];
const WHOLE = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint', 'bit', 'decimal'];
const TIME = ['datetime', 'timestamp', 'date'];
const BINARY = ['varbinary', 'blob', 'binary', 'tinyblob', 'mediumblob'];

/** Types that a role can have: a `database` that is a number is a key, and not a name. */
const TYPES: Readonly<Record<ColumnRole, readonly string[]>> = {
  id: [...TEXT, ...WHOLE, 'binary', 'uuid'],
  slug: [...TEXT, ...WHOLE, 'uuid'],
  name: TEXT,
  status: [...TEXT, ...WHOLE, 'enum'],
  dbHost: TEXT,
  dbPort: [...WHOLE, ...TEXT],
  dbName: TEXT,
  dbUser: TEXT,
  dbPassword: [...TEXT, ...BINARY],
  isActive: [...WHOLE, 'char', 'enum', 'varchar'],
  isInactive: [...WHOLE, 'char', 'enum', 'varchar'],
  goneAt: TIME,
  isGone: ['tinyint', 'bit'],
};

function named(...alternatives: readonly string[]): readonly RegExp[] {
  return alternatives.map((words) => new RegExp(`^(?:${words})$`));
}

/** How likely a column has a role: 0 is likeliest; `undefined` if nothing suggests it. */
export function roleRank(
  column: CentralColumn,
  role: ColumnRole,
  table: string,
): number | undefined {
  if (!TYPES[role].includes(column.type)) return undefined;
  const plain = plainName(column.name);
  const short = withoutOwner(plain, table);
  const ranks = [rankOf(plain, role), short === undefined ? -1 : rankOf(short, role)];
  const found = ranks.filter((rank) => rank >= 0);
  return found.length === 0 ? undefined : Math.min(...found);
}

function rankOf(name: string, role: ColumnRole): number {
  return NAMES[role].findIndex((pattern) => pattern.test(name));
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** `slug` for `tenant_slug` of the table `tenants`; `undefined` if the table is not named first. */
function withoutOwner(name: string, table: string): string | undefined {
  const owner = singular(plainName(table));
  for (const prefix of [owner, 'tenant']) {
    if (name.startsWith(prefix) && name.length > prefix.length) return name.slice(prefix.length);
  }
  return undefined;
}

/** `company` for `companies`, `tenant` for `tenants`: as English makes its plurals most of the time. */
export function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (/(?:ss|us)$/.test(word)) return word;
  return word.endsWith('s') ? word.slice(0, -1) : word;
}
