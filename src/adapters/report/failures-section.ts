import type { FailedTenant } from '../../core/reduce/details/run-details.ts';
import { failuresByCount } from '../../core/reduce/failures-by-count.ts';
import type { FailureGroup, Summary } from '../../core/reduce/summary.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { errorPage } from './error-page.ts';
import { failedTenantsTable } from './failed-tenants-table.ts';
import { type Html, html } from './html.ts';
import { nextStepOf } from './next-step.ts';
import { richText } from './rich-text.ts';
import { type RunCommands, runCommands } from './run-commands.ts';
import { standingsList } from './standings-list.ts';

/** A card for each cause of failure, most frequent first, with the next step and the affected tenants. */
export function failuresSection(summary: Summary, run: FinishedRun): Html | undefined {
  const failures = failuresByCount(summary);
  if (failures.length === 0) return undefined;
  const { otherFailures } = summary;
  const commands = runCommands(run);
  const listed = new Map(run.details?.failed.map((cause) => [cause.fingerprint, cause.tenants]));
  const causes = failures.map((group, index) => {
    const number = index + 1;
    // A summary from an earlier version has only the names of ten tenants.
    const tenants = listed.get(group.fingerprint) ?? group.tenants.map(withoutDetails);
    return causeCard({ group, number, tenants, commands });
  });
  return html`<section aria-labelledby="failures">
<div class="heading">
<h2 id="failures">What failed</h2>
<search hidden><label for="search" class="unseen">Search the failed tenants</label><output for="search"></output> <input id="search" type="search" placeholder="Search tenant, host, database, cause…" autocomplete="off" spellcheck="false"></search>
</div>
${causes}<p class="aside" id="nothing-found" hidden>No failed tenant on this page matches. <span>This page does not list all of them; <code>${commands.list}</code> does.</span></p>
${
  otherFailures > 0 &&
  html`<p class="aside">${countOf(otherFailures, 'more failure')} with other causes, beyond the ${failures.length} causes in this report. <code>${commands.list}</code> lists all failures.</p>
`
}</section>
`;
}

function withoutDetails(tenant: FailureGroup['tenants'][number]): FailedTenant {
  return { tenant, wave: 0, tries: 0, durationMs: 0, applied: { count: 0, names: [] } };
}

interface Cause {
  readonly group: FailureGroup;
  /** Starts at 1, as in the terminal. */
  readonly number: number;
  readonly tenants: readonly FailedTenant[];
  readonly commands: RunCommands;
}

function causeCard({ group, number, tenants, commands }: Cause): Html {
  const { code, count, message, migration, statement, retryable, errno, sqlState, varies } = group;
  const page = errorPage(code);
  const all = commands.ofCause(number);
  const repair = count > 1 ? all?.repair(code) : undefined;
  const facts = [
    errno !== undefined && `errno ${errno}`,
    sqlState !== undefined && `SQLSTATE ${sqlState}`,
    retryable && 'transient: may succeed if retried',
  ].filter((fact) => fact !== false);
  return html`<article class="failure" id="cause-${number}" data-cause="${number}" data-count="${count}" data-listed="${tenants.length}">
<h3><a class="count" href="#cause-${number}">${formatCount(count)} ×</a> <code>${code}</code> <small>${facts.join(' · ')}</small>${
    page !== undefined &&
    html` <a class="page" href="${page}" rel="noopener noreferrer">What ${code} means</a>`
  }</h3>
<div class="about">
<p class="message">${varies && html`For example <code><bdi>${tenants[0]?.tenant.slug}</bdi></code>: `}<bdi>${message}</bdi></p>
${
  migration !== undefined &&
  html`<p class="where">In <code>${migration}</code>${
    statement !== undefined && html`, statement ${statement.number}:`
  }</p>
`
}${statement !== undefined && html`<pre><code>${statement.text}</code></pre>\n`}<p class="next"><strong>Next:</strong> <bdi>${richText(nextStepOf(group))}</bdi></p>
${
  all !== undefined &&
  html`<ul class="commands">
${repair !== undefined && html`<li>All ${formatCount(count)} at once: <code>${repair}</code></li>\n`}<li>Examine: <code>${all.examine}</code></li>
<li>Retry: <code>${all.retry}</code></li>
</ul>
`
}</div>
${standingsList(tenants, commands)}${failedTenantsTable(code, tenants)}${
  count > tenants.length &&
  html`<p class="aside">These are the first ${formatCount(tenants.length)} of ${countOf(count, 'tenant')}, by slug. All of them: <code>${all?.list ?? commands.list}</code></p>
`
}</article>
`;
}
