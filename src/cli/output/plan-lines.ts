import { plansByCount } from '../../core/reduce/plan-groups.ts';
import type { PlanGroup, PlanSummary } from '../../core/reduce/summary.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

/**
 * A plan by what would run: the migrations of most tenants, then the exceptions, each with the tenants that it
 * is about. `listed`: whether every tenant was printed before.
 */
export function planLines(
  plan: PlanSummary,
  { back, listed }: { readonly back: boolean; readonly listed: boolean },
  look: Look,
): string[] {
  const lines = plansByCount(plan).flatMap((group, index) => [
    '',
    ...groupLines(group, { back, listed, isExample: index === 0 && group.count > 1 }, look),
  ]);
  if (plan.otherTenants === 0) return lines;
  const rest = `${countOf(plan.otherTenants, 'more tenant')} with other sets of migrations.${listed ? '' : ` Each: ${EACH}`}`;
  return [...lines, '', ...wrapText(rest, look.width)];
}

const EACH = '`fanfold migrate:plan --verbose`';

function groupLines(
  { migrations, count, tenants }: PlanGroup,
  { back, listed, isExample }: { back: boolean; listed: boolean; isExample: boolean },
  look: Look,
): string[] {
  const what = `${countOf(count, 'tenant')} would ${back ? 'roll back' : 'run'} ${countOf(migrations.length, 'migration')}:`;
  const more = count - tenants.length;
  const names = tenants.map(({ slug }) => slug).join(', ');
  const rest = more === 0 ? '' : ` … and ${formatCount(more)} more${listed ? '' : ` (${EACH})`}`;
  return [
    look.palette.strong(what),
    ...migrations.flatMap((id) => wrapText(printable(`- ${id}`), look.width, '  ')),
    // Most tenants are all but the exceptions, and a list of them says nothing.
    ...(isExample && more > 0
      ? []
      : wrapText(printable(`  Tenants: ${names}${rest}`), look.width, '  ')),
  ];
}
