import type { AppliedMigration, FailedOutcome, Outcome } from '../../core/outcome.ts';
import type { TenantRef } from '../../core/tenant.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { failureLines, keptMigrations } from './failure-lines.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

const INDENT = '   ';

/**
 * What became of one tenant, in the words of the guide. All lines of a tenant come together when it
 * is done: tenants run in parallel, and their lines would mix otherwise. `explain` adds to a failure
 * where it happened and what to do.
 */
export function outcomeLines(outcome: Outcome, look: Look, explain = true): string[] {
  const { tenant } = outcome;
  switch (outcome.status) {
    case 'migrated':
      return [
        ...startLine(tenant, look),
        ...wrap(`✅ ${tenant.name}: Ran ${formatCount(outcome.applied.length)} migrations:`, look),
        ...migrationNames(outcome.applied, look),
      ];
    case 'unchanged':
      return [...startLine(tenant, look), ...wrap(`✅ ${tenant.name}: Already up to date`, look)];
    case 'failed':
      return [...startLine(tenant, look), ...failedLines(outcome, look, explain)];
    case 'planned':
      return outcome.pending.length === 0
        ? wrap(`✅ ${named(tenant)}: Already up to date`, look)
        : [
            ...wrap(
              `📝 ${named(tenant)}: Would run ${formatCount(outcome.pending.length)} migrations:`,
              look,
            ),
            ...outcome.pending.flatMap((name) => wrap(`- ${name}`, look, '  ')),
          ];
    case 'skipped':
      return wrap(`⏩ ${tenant.name}: Skipped: ${outcome.reason}`, look);
    case 'unknown':
      return wrap(`❓ ${tenant.name}: Unknown: ${outcome.reason}`, look);
  }
}

function startLine(tenant: TenantRef, look: Look): string[] {
  return wrap(`🔄 Migrating tenant: ${named(tenant)}`, look);
}

function migrationNames(applied: readonly AppliedMigration[], look: Look): string[] {
  return applied.flatMap(({ name }) => wrap(`- ${name}`, look, '  '));
}

function failedLines(outcome: FailedOutcome, look: Look, explain: boolean): string[] {
  const { failure, tenant, applied } = outcome;
  const line = wrap(`❌ ${tenant.name}: Migration failed: ${failure.message}`, look);
  return [
    ...line.map(look.palette.bad),
    ...(explain ? failureLines(failure, look, keptMigrations(applied)) : []),
  ];
}

function named(tenant: TenantRef): string {
  return `${tenant.name} (${tenant.database})`;
}

function wrap(text: string, look: Look, indent = INDENT): string[] {
  return wrapText(printable(text), look.width, indent);
}
