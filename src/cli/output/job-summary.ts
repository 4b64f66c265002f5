import type { RunEvent, RunStop } from '../../core/events.ts';
import { failuresByCount } from '../../core/reduce/failures-by-count.ts';
import { plansByCount } from '../../core/reduce/plan-groups.ts';
import type { FailureGroup, Summary } from '../../core/reduce/summary.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { formatDuration } from '../../core/wording/format-duration.ts';
import { summarySentence } from '../../core/wording/summary-sentence.ts';
import { printable } from './printable.ts';

/** GitHub accepts 1 MiB per step; this many causes stay far below that. */
const MOST_CAUSES = 50;

/** A run as Markdown, for the summary page of a job. */
export function jobSummary(
  { runId, summary, durationMs, location }: Extract<RunEvent, { type: 'run-finished' }>,
  stopped: RunStop | undefined,
): string {
  const { failures, otherFailures } = summary;
  const causes = failuresByCount(summary).slice(0, MOST_CAUSES);
  const unnamed = failures
    .filter((group) => !causes.includes(group))
    .reduce((sum, { count }) => sum + count, otherFailures);
  const blocks = [
    `### Fanfold: ${markdown(summarySentence(summary))}`,
    countsTable(summary),
    ...(stopped === undefined ? [] : [`**Stopped.** ${markdown(stopped.message)}`]),
    ...planBlocks(summary),
    ...causes.map((group, index) => causeBlock(group, index + 1)),
    ...(unnamed === 0 ? [] : [`${countOf(unnamed, 'more failure')} for other causes.`]),
    `Run \`${runId}\` took ${formatDuration(durationMs)}. Report: \`${code(`${location}/report.html`)}\``,
  ];
  return `${blocks.join('\n\n')}\n\n`;
}

function countsTable({ total, counts }: Summary): string {
  const done = counts.migrated + counts.unchanged + counts.reverted;
  const columns: [string, number][] = [
    ['tenants', total],
    ...(counts.planned > 0 ? [['planned', counts.planned] as [string, number]] : []),
    ['successful', done],
    ['failed', counts.failed],
    ['skipped', counts.skipped],
    ['unknown', counts.unknown],
  ];
  return [
    `| ${columns.map(([name]) => name).join(' | ')} |`,
    `| ${columns.map(() => '---:').join(' | ')} |`,
    `| ${columns.map(([, count]) => formatCount(count)).join(' | ')} |`,
  ].join('\n');
}

function planBlocks({ plan }: Summary): string[] {
  if (plan === undefined) return [];
  return plansByCount(plan).map(({ count, migrations, leftOut = 0 }) =>
    [
      `**${countOf(count, 'tenant')}, ${countOf(migrations.length + leftOut, 'migration')}:**`,
      '',
      ...migrations.map((id) => `- \`${code(id)}\``),
      ...(leftOut === 0 ? [] : [`- … and ${formatCount(leftOut)} more`]),
    ].join('\n'),
  );
}

function causeBlock(group: FailureGroup, number: number): string {
  const { count, code: errorCode, message, nextStep, migration, tenants } = group;
  const more = count - tenants.length;
  const names = tenants.map(({ slug }) => `\`${code(slug)}\``).join(', ');
  return [
    `#### ${number}. ${countOf(count, 'tenant')}: ${markdown(errorCode)}`,
    markdown(message),
    ...(migration === undefined ? [] : [`In \`${code(migration)}\``]),
    `Tenants: ${names}${more > 0 ? ` and ${formatCount(more)} more` : ''}`,
    `**Next:** ${markdown(nextStep)}`,
  ].join('\n\n');
}

/** Escapes text from elsewhere; code spans, such as commands to type, stay code spans. */
function markdown(text: string): string {
  return printable(text)
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : part.replace(/[\\`*_[\]<>|~#&@]/g, '\\$&')))
    .join('');
}

function code(text: string): string {
  return printable(text).replaceAll('`', "'");
}
