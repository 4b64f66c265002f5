import { failuresByCount } from '../../core/reduce/failures-by-count.ts';
import type { FailureGroup, Summary } from '../../core/reduce/summary.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { failureLines } from './failure-lines.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

const RULE_WIDTH = 60;

/** A heading between two rules, as the guide has it. */
export function headingLines(heading: string, look: Look): string[] {
  const rule = '='.repeat(Math.min(RULE_WIDTH, look.width));
  return [rule, look.palette.strong(heading), rule];
}

/** The counts of a run; what did not occur and the guide does not know is left out. */
export function countLines(summary: Summary, look: Look): string[] {
  const { counts } = summary;
  const { good, bad, warn } = look.palette;
  const successful = `✅ Successful: ${formatCount(counts.migrated + counts.unchanged + counts.reverted)}`;
  const failed = `❌ Failed: ${formatCount(counts.failed)}`;
  return [
    counts.failed === 0 ? good(successful) : successful,
    counts.failed === 0 ? failed : bad(failed),
    ...(counts.skipped === 0 ? [] : [warn(`⏩ Skipped: ${formatCount(counts.skipped)}`)]),
    ...(counts.unknown === 0 ? [] : [warn(`❓ Unknown: ${formatCount(counts.unknown)}`)]),
  ];
}

type Causes = Pick<Summary, 'counts' | 'failures' | 'otherFailures'>;

/**
 * The failures by cause, the most frequent first: with 412 failed tenants and 3 causes there are 3
 * things to do, not 412.
 */
export function causeLines(summary: Causes, look: Look): string[] {
  const { counts, failures, otherFailures } = summary;
  const causes = otherFailures === 0 ? countOf(failures.length, 'cause') : 'many causes';
  return [
    look.palette.strong(`${formatCount(counts.failed)} failed, ${causes}:`),
    ...causeGroups(summary, look),
  ];
}

/** The same without the line that counts them; an empty line before each. */
export function causeGroups(
  summary: Pick<Summary, 'failures' | 'otherFailures'>,
  look: Look,
): string[] {
  const { otherFailures } = summary;
  const lines = failuresByCount(summary).flatMap((group, index) => [
    '',
    ...groupLines(group, index + 1, look),
  ]);
  if (otherFailures === 0) return lines;
  const more = `${countOf(otherFailures, 'more failure')} of other causes; each is in the run store.`;
  return [...lines, '', ...wrapText(more, look.width)];
}

function groupLines(group: FailureGroup, number: number, look: Look): string[] {
  const heading = `${number}. ${countOf(group.count, 'tenant')}${exampleOf(group)}: ${group.message}`;
  return [
    ...wrapText(printable(heading), look.width, '   ').map(look.palette.bad),
    ...failureLines({ ...group, slug: onlySlug(group) }, look, [tenantList(group)]),
  ];
}

function onlySlug({ count, tenants }: FailureGroup): string | undefined {
  return count === 1 ? tenants[0]?.slug : undefined;
}

/** Whose message it is, if each has its own. */
function exampleOf({ varies, tenants }: FailureGroup): string {
  return varies === true ? `, for example ${tenants[0]?.slug}` : '';
}

function tenantList({ count, tenants }: FailureGroup): string {
  const slugs = tenants.map(({ slug }) => slug).join(', ');
  const more = count - tenants.length;
  return `Tenants: ${slugs}${more > 0 ? ` … and ${formatCount(more)} more` : ''}`;
}
