import type { MigrationForecast } from '../../core/safety/forecast/forecast-migration.ts';
import type { StatementForecast } from '../../core/safety/forecast/forecast-statement.ts';
import type { TenantForecast } from '../../core/safety/forecast/forecast-tenant.ts';
import { totalBytes } from '../../core/safety/forecast/table-size.ts';
import type { LockHolding, OpenTransaction } from '../../core/safety/forecast/tenant-facts.ts';
import type { WorkKind } from '../../core/safety/forecast/work-kind.ts';
import type { Blocks } from '../../core/safety/verdict.ts';
import { formatBytes } from '../../core/wording/format-bytes.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { basisWords, expectedWords, timeWords } from './forecast-words.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

const INDENT = '   ';
/** Statements of a migration that are shown, the longest first. */
const MOST_STATEMENTS = 5;

/** The forecast of one tenant, with what is in its way now. */
export function forecastTenantLines(forecast: TenantForecast, look: Look): string[] {
  const { tenant, ms, migrations, missing, unknown, facts, temporaryBytes } = forecast;
  const wrap = (text: string, indent = `${INDENT}  `) =>
    wrapText(printable(`${INDENT}${text}`), look.width, indent);
  const warn = (text: string) => wrap(`⚠️  ${text}`).map(look.palette.warn);
  return [
    ...wrapText(
      printable(`⏱️  ${tenant.name} (${tenant.database}): ${expectedWords(ms)}`),
      look.width,
      INDENT,
    ).map(look.palette.strong),
    ...migrations.flatMap((migration) => migrationLines(migration).flatMap((line) => wrap(line))),
    ...(temporaryBytes === 0 ? [] : wrap(`Temporary disk: up to ${formatBytes(temporaryBytes)}`)),
    ...(missing === undefined
      ? []
      : warn(
          `${missing.migration} would fail: statement ${missing.statement} needs the table ${missing.table}, which this tenant lacks`,
        )),
    ...unknown.flatMap((id) => warn(`${id} did not run on the scratch server: not forecast`)),
    ...transactionsOf(facts.transactions).flatMap((one) => warn(transactionWords(one))),
    ...holdersOf(facts.holders).flatMap((one) => warn(holderWords(one))),
  ];
}

function migrationLines({ id, ms, statements, basis }: MigrationForecast): string[] {
  const sized = statements
    .filter(({ kind, doubts }) => kind !== 'constant' || doubts.length > 0)
    .sort((a, b) => b.ms.likely - a.ms.likely);
  const more = sized.length - MOST_STATEMENTS;
  return [
    `- ${id}: ${timeWords(ms.likely)}${basis === undefined ? '' : `, from ${basisWords(basis)}`}`,
    ...sized.slice(0, MOST_STATEMENTS).map((statement) => `  ${statementWords(statement)}`),
    ...(more > 0 ? [`  and ${formatCount(more)} more`] : []),
  ];
}

function statementWords({ kind, tables, ms, blocks, doubts }: StatementForecast): string {
  const named = tables.map(
    (table) =>
      `${table.name} (${formatBytes(totalBytes(table))}, about ${formatCount(table.rows)} rows)`,
  );
  const words = [
    ...(kind === 'constant' ? [] : [`${DOES[kind]} ${named.join(', ')}`, WAITS[blocks]]),
    ...doubts,
  ];
  return `${kind === 'constant' ? '' : `${timeWords(ms.likely)}: `}${words.filter((one) => one !== '').join('; ')}`;
}

const DOES: Readonly<Record<Exclude<WorkKind, 'constant'>, string>> = {
  index: 'builds an index of',
  rebuild: 'rebuilds',
  copy: 'copies',
  rows: 'goes through',
};

const WAITS: Readonly<Record<Blocks, string>> = {
  nothing: '',
  writes: 'writes wait',
  everything: 'reads and writes wait',
};

/** The words for those who wait at a table. */
export function waitWords(blocks: Blocks): string {
  return WAITS[blocks];
}

/** A transaction that a statement may have to wait for. */
export function transactionWords({ id, user, seconds }: OpenTransaction): string {
  return `a transaction has been open for ${timeWords(seconds * 1_000)}: connection ${id}${userWords(user)}`;
}

/** A session that holds a lock now. */
export function holderWords({ id, user, lock, table }: LockHolding): string {
  return `${lock}${table === undefined ? '' : ` ${table}`} is held now: connection ${id}${userWords(user)}`;
}

function userWords(user: string | undefined): string {
  return user === undefined ? ', hidden from this login' : ` (user ${user})`;
}

function transactionsOf(
  found: TenantForecast['facts']['transactions'],
): readonly OpenTransaction[] {
  return 'seen' in found ? found.seen : [];
}

function holdersOf(found: TenantForecast['facts']['holders']): readonly LockHolding[] {
  return 'seen' in found ? found.seen : [];
}
