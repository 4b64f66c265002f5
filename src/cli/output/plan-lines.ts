import { plansByCount } from '../../core/reduce/plan-groups.ts';
import type { PlanGroup, PlanSummary } from '../../core/reduce/summary.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

/**
 * A plan grouped by its migrations: those of most tenants first, then the exceptions, each with its tenants.
 *
 * @param options.listed whether every tenant has been printed already
 */
export function planLines(
  plan: PlanSummary,
  { isRollback, listed }: { readonly isRollback: boolean; readonly listed: boolean },
  look: Look,
): string[] {
  const lines = plansByCount(plan).flatMap((group, index) => [
    '',
    ...groupLines(group, { isRollback, listed, isMajority: index === 0 && group.count > 1 }, look),
  ]);
  if (plan.otherTenants === 0) return lines;
  const rest = `${countOf(plan.otherTenants, 'more tenant')} with other sets of migrations.${listed ? '' : ` List all: ${EACH}`}`;
  return [...lines, '', ...wrapText(rest, look.width)];
}

const EACH = '`fanfold migrate:plan --verbose`';

function groupLines(
  { migrations, leftOut = 0, count, tenants }: PlanGroup,
  { isRollback, listed, isMajority }: { isRollback: boolean; listed: boolean; isMajority: boolean },
  look: Look,
): string[] {
  const heading = `${countOf(count, 'tenant')} would ${isRollback ? 'roll back' : 'run'} ${countOf(migrations.length + leftOut, 'migration')}:`;
  const more = count - tenants.length;
  const names = tenants.map(({ slug }) => slug).join(', ');
  const rest = more === 0 ? '' : ` … and ${formatCount(more)} more${listed ? '' : ` (${EACH})`}`;
  return [
    look.palette.strong(heading),
    ...migrations.flatMap((id) => wrapText(printable(`- ${id}`), look.width, '  ')),
    ...(leftOut === 0 ? [] : [`- … and ${formatCount(leftOut)} more`]),
    // The majority is everybody but the exceptions, so a list of its tenants would tell nothing.
    ...(isMajority && more > 0
      ? []
      : wrapText(printable(`  Tenants: ${names}${rest}`), look.width, '  ')),
  ];
}
