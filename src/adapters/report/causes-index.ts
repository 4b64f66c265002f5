import type { FailedTenant } from '../../core/reduce/details/run-details.ts';
import { failuresByCount } from '../../core/reduce/failures-by-count.ts';
import type { FailureGroup, Summary } from '../../core/reduce/summary.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { type Html, html } from './html.ts';
import { nextStepOf } from './next-step.ts';
import { richText, splitCommand } from './rich-text.ts';
import { type RunCommands, runCommands } from './run-commands.ts';

/** The number of causes on the first screen; the others are one click away. */
const MOST_SHOWN = 8;

/** The actions on the first screen: each cause with its count and next step, then the command that retries. */
export function causesIndex(summary: Summary, run: FinishedRun): Html | undefined {
  const failures = failuresByCount(summary);
  const next = nextActionNotice(summary, run);
  if (failures.length === 0) return next;
  const listed = new Map(run.details?.failed.map((cause) => [cause.fingerprint, cause.tenants]));
  const isOnSeveralHosts = (run.details?.hosts.length ?? 0) > 1;
  const rows = failures.map((group, index) =>
    causeRow(group, {
      number: index + 1,
      where: isOnSeveralHosts ? commonHostOf(group, listed.get(group.fingerprint)) : undefined,
      commands: runCommands(run),
    }),
  );
  const more = rows.slice(MOST_SHOWN);
  const inMore = failures.slice(MOST_SHOWN).reduce((sum, { count }) => sum + count, 0);
  return html`<section aria-labelledby="causes" class="index">
<h2 id="causes">What to do</h2>
<ol class="causes">
${rows.slice(0, MOST_SHOWN)}</ol>
${
  more.length > 0 &&
  html`<details class="more"><summary>${countOf(more.length, 'more cause')}, ${countOf(inMore, 'tenant')}</summary>
<ol class="causes">
${more}</ol>
</details>
`
}${next}</section>
`;
}

interface CauseContext {
  /** Starts at 1, as in the terminal. */
  readonly number: number;
  readonly where: string | undefined;
  readonly commands: RunCommands;
}

function causeRow(group: FailureGroup, { number, where, commands }: CauseContext): Html {
  const { code, count, message, retryable, migration } = group;
  const repair = count > 1 ? commands.ofCause(number)?.repair(code) : undefined;
  // A command with a placeholder, such as another host, is only one of several options.
  const { prose, command } = splitCommand(
    nextStepOf(group),
    repair?.includes('--host') === true ? undefined : repair,
  );
  const facts = [
    retryable && 'transient',
    migration !== undefined && html`in <code>${migration}</code>`,
    where,
  ].filter((fact) => fact !== undefined && fact !== false);
  return html`<li data-cause="${number}">
<a class="count" href="#cause-${number}" title="The ${countOf(count, 'tenant')} with this cause">${formatCount(count)}<span class="unseen"> ${count === 1 ? 'tenant' : 'tenants'}</span></a>
<div class="what"><a href="#cause-${number}"><code>${code}</code></a> <small>${facts.map(
    (fact, index) => html`${index > 0 && ' · '}${fact}`,
  )}</small> <bdi class="said">${message}</bdi></div>
<div class="next"><span>${richText(prose)}</span>${
    command !== undefined && html` <code class="command">${command}</code>`
  }</div>
</li>
`;
}

/** The host of a cause if all its tenants are on the same host, which is then the first thing to check. */
function commonHostOf(
  { count }: FailureGroup,
  tenants: readonly FailedTenant[] = [],
): string | undefined {
  const hosts = new Set(tenants.map(({ tenant }) => tenant.host));
  const [only] = hosts;
  if (tenants.length < count || hosts.has(undefined)) return undefined;
  return hosts.size === 1 ? `${count > 1 ? 'all ' : ''}on ${only}` : undefined;
}

function nextActionNotice({ counts, failures }: Summary, run: FinishedRun): Html | undefined {
  const { record, state } = run;
  if (record.request.command === 'plan') {
    return html`<p class="notice">Nothing was changed: a plan only shows what would run.</p>
`;
  }
  if (state.status === 'running') return undefined;
  const hasRest = counts.failed + counts.unknown > 0 || state.stopped !== undefined;
  if (!hasRest) return undefined;
  const transient = failures.reduce(
    (sum, { retryable, count }) => sum + (retryable ? count : 0),
    0,
  );
  const redrive = html`press Redrive on the execution <code>${record.id}</code>, or run `;
  return html`<p class="notice"><strong>To retry tenants that failed or were not reached</strong>${
    counts.failed > 0 && ', after fixing the causes'
  }: ${record.execution !== undefined && redrive}<code>${runCommands(run).retry}</code>${
    transient > 0 &&
    html` <small>${countOf(transient, 'failure')} ${transient === 1 ? 'is' : 'are'} transient and may succeed if retried.</small>`
  }</p>
`;
}
