import { failuresByCount } from '../../core/reduce/failures-by-count.ts';
import type { FailureGroup, Summary } from '../../core/reduce/summary.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { type Html, html } from './html.ts';

/** Failures by cause, the most frequent first, each with what to do and whom it struck. */
export function failuresSection(summary: Summary): Html | undefined {
  const failures = failuresByCount(summary);
  if (failures.length === 0) return undefined;
  const { otherFailures } = summary;
  return html`<section aria-labelledby="failures">
<h2 id="failures">What failed</h2>
${failures.map(failureCard)}
${
  otherFailures > 0 &&
  html`<p class="aside">${countOf(otherFailures, 'more failure')} of other causes: only ${failures.length} causes are kept apart. The outcome files name each.</p>
`
}</section>
`;
}

function failureCard(group: FailureGroup): Html {
  const { code, count, message, nextStep, migration, statement, retryable } = group;
  const { errno, sqlState, varies, tenants } = group;
  return html`<article class="failure">
<h3><span class="count">${formatCount(count)} ×</span> <code>${code}</code>${
    errno !== undefined && html` <small>errno ${errno}</small>`
  }${
    sqlState !== undefined && html` <small>SQLSTATE ${sqlState}</small>`
  }${retryable && html` <small>may pass by itself</small>`}</h3>
<p class="message">${varies && html`For example <code><bdi>${tenants[0]?.slug}</bdi></code>: `}<bdi>${message}</bdi></p>
${
  migration !== undefined &&
  html`<p class="where">In <code>${migration}</code>${
    statement !== undefined && html`, statement ${statement.number}:`
  }</p>
`
}${statement !== undefined && html`<pre><code>${statement.text}</code></pre>\n`}<p class="next"><strong>Next:</strong> <bdi>${asTyped(nextStep, group)}</bdi></p>
${tenantsTable(group)}
</article>
`;
}

/** A command for one tenant names it; for several it is a pattern. */
function asTyped(nextStep: string, { count, tenants }: FailureGroup): string {
  const [only] = tenants;
  return count === 1 && only !== undefined ? nextStep.replaceAll('<tenant>', only.slug) : nextStep;
}

function tenantsTable({ tenants, count, code }: FailureGroup): Html {
  const more = count - tenants.length;
  return html`<table>
<caption class="unseen">Tenants that failed with ${code}</caption>
<thead><tr><th scope="col">Tenant</th><th scope="col">Slug</th><th scope="col">Database</th></tr></thead>
<tbody>
${tenants.map(
  ({ name, slug, database }) =>
    html`<tr><td><bdi>${name}</bdi></td><td><code><bdi>${slug}</bdi></code></td><td><code><bdi>${database}</bdi></code></td></tr>
`,
)}</tbody>
</table>
${more > 0 && html`<p class="aside">and ${countOf(more, 'more tenant')}</p>`}`;
}
