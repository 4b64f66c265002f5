import { failuresByCount } from '../../core/reduce/failures-by-count.ts';
import type { FailureGroup, Summary } from '../../core/reduce/summary.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { repairCommand } from '../../core/wording/repair-command.ts';
import { failureLines } from './failure-lines.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { wrapText } from './wrap-text.ts';

const RULE_WIDTH = 60;

/** A heading between two rules, as in the guide. */
export function headingLines(heading: string, look: Look): string[] {
  const rule = '='.repeat(Math.min(RULE_WIDTH, look.width));
  return [rule, look.palette.strong(heading), rule];
}

/** The counts of a run; those that the guide does not have are left out if they are 0. */
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
 * The failures by cause, the most frequent first: 412 failed tenants with 3 causes are 3 things to do, not
 * 412.
 */
export function causeLines(summary: Causes, look: Look, of?: CausesOf): string[] {
  const { counts, failures, otherFailures } = summary;
  const causes = otherFailures === 0 ? countOf(failures.length, 'cause') : 'many causes';
  return [
    look.palette.strong(`${formatCount(counts.failed)} failed, ${causes}:`),
    ...causeGroups(summary, look, of),
  ];
}

/** The same without the line of counts, with an empty line before each cause. */
export function causeGroups(
  summary: Pick<Summary, 'failures' | 'otherFailures'>,
  look: Look,
  of?: CausesOf,
): string[] {
  const { otherFailures } = summary;
  const lines = failuresByCount(summary).flatMap((group, index) => [
    '',
    ...groupLines(group, 'number' in group ? Number(group.number) : index + 1, look, of),
  ]);
  if (otherFailures === 0) return lines;
  const list = isRun(of) ? `\`${showCommand(of, '--tenants')}\`` : (of?.rest ?? 'not listed');
  const more = `${countOf(otherFailures, 'more failure')} for other causes: ${list}`;
  return [...lines, '', ...wrapText(more, look.width)];
}

/** The run of the causes, for commands about one of them; or the place in which all tenants are listed. */
export type CausesOf = RunOfCauses | { readonly rest: string };

interface RunOfCauses {
  readonly runId: string;
  /** The name for `--aws`, if it is a run of a stack. */
  readonly stack?: string | undefined;
}

function isRun(of: CausesOf | undefined): of is RunOfCauses {
  return of !== undefined && 'runId' in of;
}

function showCommand({ runId, stack }: RunOfCauses, ...flags: readonly string[]): string {
  const aws = stack === undefined ? [] : ['--aws', stack];
  return ['fanfold runs show', runId, ...flags, ...aws].join(' ');
}

function groupLines(
  group: FailureGroup,
  number: number,
  look: Look,
  of: CausesOf | undefined,
): string[] {
  const heading = `${number}. ${countOf(group.count, 'tenant')}${exampleOf(group)}: ${group.message}`;
  return [
    ...wrapText(printable(heading), look.width, '   ').map(look.palette.bad),
    ...failureLines({ ...group, slug: onlySlug(group) }, look, [tenantList(group, number, of)]),
    ...(isRun(of) ? repairLines(group, number, of, look) : []),
  ];
}

function onlySlug({ count, tenants }: FailureGroup): string | undefined {
  return count === 1 ? tenants[0]?.slug : undefined;
}

/** Names the tenant of the message if the messages differ. */
function exampleOf({ varies, tenants }: FailureGroup): string {
  return varies === true ? `, for example ${tenants[0]?.slug}` : '';
}

function tenantList(
  { count, tenants }: FailureGroup,
  number: number,
  of: CausesOf | undefined,
): string {
  const slugs = tenants.map(({ slug }) => slug).join(', ');
  const more = count - tenants.length;
  if (more <= 0) return `Tenants: ${slugs}`;
  const list = isRun(of)
    ? `: \`${showCommand(of, '--cause', String(number))}\``
    : of === undefined
      ? ''
      : ` (${of.rest})`;
  return `Tenants: ${slugs} … and ${formatCount(more)} more${list}`;
}

/** The command that repairs all tenants of a cause, if there is one. */
function repairLines(
  { code, count }: FailureGroup,
  number: number,
  { runId, stack }: RunOfCauses,
  look: Look,
): string[] {
  const command = repairCommand(code, `--of ${runId} --cause ${number}`);
  if (command === undefined || count === 1) return [];
  const aws = stack === undefined ? '' : ` --aws ${stack}`;
  return wrapText(printable(`   All ${count} at once: \`${command}${aws}\``), look.width, '     ');
}
