import type {
  AppliedMigration,
  CutList,
  FailedOutcome,
  Outcome,
  PlannedOutcome,
} from '../../core/outcome.ts';
import { countOfList } from '../../core/reduce/count-of-list.ts';
import type { TenantRef } from '../../core/tenant.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { failureLines, keptMigrations, revertedMigrations } from './failure-lines.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

const INDENT = '   ';

export interface OutcomeOptions {
  /** Adds the place of a failure and the next step. Default: true. */
  readonly explain?: boolean;
  /** Whether the run rolls migrations back. */
  readonly isRollback?: boolean;
  /** Whether the run only plans. */
  readonly isPlan?: boolean;
}

/**
 * The outcome of one tenant, in the words of the guide. All lines of a tenant are printed together when it
 * has finished, because tenants run in parallel and their lines would mix.
 */
export function outcomeLines(
  outcome: Outcome,
  look: Look,
  { explain = true, isRollback = false, isPlan = false }: OutcomeOptions = {},
): string[] {
  const { tenant } = outcome;
  const start = () => startLine(tenant, isRollback, look);
  switch (outcome.status) {
    case 'migrated':
      return [
        ...start(),
        ...wrap(
          `✅ ${tenant.name}: Ran ${counted(outcome, 'applied', outcome.applied)} migrations:`,
          look,
        ),
        ...andMore(outcome.leftOut?.applied, look),
        ...migrationNames(outcome.applied, look),
      ];
    case 'reverted':
      return [
        ...start(),
        ...wrap(
          `✅ ${tenant.name}: Rolled back ${counted(outcome, 'reverted', outcome.reverted)} migrations:`,
          look,
        ),
        ...andMore(outcome.leftOut?.reverted, look),
        ...migrationNames(outcome.reverted, look),
      ];
    case 'unchanged':
      return [...start(), ...wrap(`✅ ${tenant.name}: ${unchangedWords(isRollback)}`, look)];
    case 'failed':
      return [
        ...(isPlan ? [] : start()),
        ...failedLines(outcome, look, { explain, isRollback, isPlan }),
      ];
    case 'planned':
      if (outcome.reverting !== undefined) return revertingLines(outcome, outcome.reverting, look);
      return outcome.pending.length === 0
        ? wrap(`✅ ${named(tenant)}: Already up to date`, look)
        : [
            ...wrap(
              `📝 ${named(tenant)}: Would run ${counted(outcome, 'pending', outcome.pending)} migrations:`,
              look,
            ),
            ...outcome.pending.flatMap((name) => wrap(`- ${name}`, look, '  ')),
            ...andMore(outcome.leftOut?.pending, look),
          ];
    case 'skipped':
      return wrap(`⏩ ${tenant.name}: Skipped: ${outcome.reason}`, look);
    case 'unknown':
      return wrap(`❓ ${tenant.name}: Unknown: ${outcome.reason}`, look);
  }
}

/** Reports in one line that a tenant failed. */
export function failureLine(
  { tenant, failure }: FailedOutcome,
  look: Look,
  { isRollback = false, isPlan = false }: Omit<OutcomeOptions, 'explain'> = {},
): string[] {
  const subject = isPlan ? 'Plan' : isRollback ? 'Rollback' : 'Migration';
  const line = `❌ ${tenant.name}: ${subject} failed: ${failure.message}`;
  return wrap(line, look).map(look.palette.bad);
}

function startLine(tenant: TenantRef, isRollback: boolean, look: Look): string[] {
  const words = isRollback ? '⏪ Rolling back tenant' : '🔄 Migrating tenant';
  return wrap(`${words}: ${named(tenant)}`, look);
}

function unchangedWords(isRollback: boolean): string {
  return isRollback ? 'Nothing to roll back' : 'Already up to date';
}

function revertingLines(
  { tenant, leftOut }: PlannedOutcome,
  names: readonly string[],
  look: Look,
): string[] {
  if (names.length === 0) return wrap(`✅ ${named(tenant)}: ${unchangedWords(true)}`, look);
  const heading = `📝 ${named(tenant)}: Would roll back ${counted({ leftOut }, 'reverting', names)} migrations:`;
  return [
    ...wrap(heading, look),
    ...names.flatMap((name) => wrap(`- ${name}`, look, '  ')),
    ...andMore(leftOut?.reverting, look),
  ];
}

function counted(
  outcome: Pick<Outcome, 'leftOut'>,
  list: CutList,
  listed: readonly unknown[],
): string {
  return formatCount(countOfList(outcome, list, listed));
}

/** Migrations that an execution had no room to list. */
function andMore(leftOut: number | undefined, look: Look): string[] {
  return leftOut === undefined ? [] : wrap(`- … and ${formatCount(leftOut)} more`, look, '  ');
}

function migrationNames(applied: readonly AppliedMigration[], look: Look): string[] {
  return applied.flatMap(({ name }) => wrap(`- ${name}`, look, '  '));
}

function failedLines(
  outcome: FailedOutcome,
  look: Look,
  { explain, isRollback, isPlan }: Required<OutcomeOptions>,
): string[] {
  const { failure, tenant, applied, reverted = [], leftOut } = outcome;
  const before = [
    ...keptMigrations(applied, leftOut?.applied),
    ...revertedMigrations(reverted, leftOut?.reverted),
  ];
  return [
    ...failureLine(outcome, look, { isRollback, isPlan }),
    ...(explain ? failureLines({ ...failure, slug: tenant.slug }, look, before) : []),
  ];
}

function named(tenant: TenantRef): string {
  return `${tenant.name} (${tenant.database})`;
}

function wrap(text: string, look: Look, indent = INDENT): string[] {
  return wrapText(printable(text), look.width, indent);
}
