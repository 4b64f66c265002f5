import type { RunStop } from '../../core/events.ts';
import { failuresByCount } from '../../core/reduce/failures-by-count.ts';
import type { FailureGroup, Summary } from '../../core/reduce/summary.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { printable } from './printable.ts';

/** GitHub shows at most this many errors of one step. */
const MOST_SHOWN = 10;

/** The failures of a run as annotations of GitHub Actions, the most frequent cause first. */
export function annotationLines(summary: Summary, stopped: RunStop | undefined): string[] {
  const causes = failuresByCount(summary);
  const { counts, otherFailures } = summary;
  const others = [
    ...(stopped === undefined ? [] : [errorAnnotation('Stopped', [stopped.message])]),
    ...(counts.unknown === 0
      ? []
      : [
          errorAnnotation('Unknown', [
            `${countOf(counts.unknown, 'tenant')} did not report a result.`,
          ]),
        ]),
  ];
  const room = MOST_SHOWN - others.length;
  const shown = causes.length <= room ? causes : causes.slice(0, room - 1);
  const rest = causes.slice(shown.length).reduce((sum, { count }) => sum + count, otherFailures);
  return [
    ...others,
    ...shown.map(causeAnnotation),
    ...(rest === 0
      ? []
      : [
          errorAnnotation('More failures', [`${countOf(rest, 'tenant')} failed for other causes.`]),
        ]),
  ];
}

/** A note about a line of a file, as GitHub Actions reads it from a log and shows it beside the code. */
export function fileAnnotation(
  level: 'error' | 'warning',
  {
    file,
    line,
    title,
  }: { readonly file: string; readonly line?: number | undefined; readonly title: string },
  lines: readonly string[],
): string {
  const properties = [
    `file=${escapeProperty(printable(file))}`,
    ...(line === undefined ? [] : [`line=${line}`]),
    `title=${escapeProperty(printable(title))}`,
  ];
  return `::${level} ${properties.join(',')}::${escapeData(lines.map(printable).join('\n'))}`;
}

/** One error with these lines, as GitHub Actions reads it from a log. */
export function errorAnnotation(title: string, lines: readonly string[]): string {
  const message = escapeData(lines.map(printable).join('\n'));
  return `::error title=${escapeProperty(printable(title))}::${message}`;
}

function causeAnnotation({ count, code, message, nextStep, tenants }: FailureGroup): string {
  const names = tenants.map(({ slug }) => slug).join(', ');
  const more = count - tenants.length;
  return errorAnnotation(`${countOf(count, 'tenant')}: ${code}`, [
    message,
    `Tenants: ${names}${more > 0 ? ` and ${more} more` : ''}`,
    `Next: ${nextStep}`,
  ]);
}

/** As `@actions/core` does it: a line break would end the command. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
