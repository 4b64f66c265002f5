import { isApplied, type Standing, type StatementStanding } from '../../core/half-applied.ts';
import type { FailedTenant } from '../../core/reduce/details/run-details.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { type Html, html } from './html.ts';
import type { RunCommands } from './run-commands.ts';

/** The state of each statement of half-applied migrations; tenants in the same state share one table. */
export function standingsList(
  tenants: readonly FailedTenant[],
  { resolve }: Pick<RunCommands, 'resolve'>,
): Html | undefined {
  const alike = Map.groupBy(
    tenants.filter(({ standing }) => standing !== undefined),
    ({ standing }) => standing,
  );
  if (alike.size === 0) return undefined;
  return html`<div class="standings">
${[...alike.values()].map((group) => standingTable(group, resolve, alike.size === 1))}</div>
`;
}

function standingTable(
  tenants: readonly FailedTenant[],
  resolve: RunCommands['resolve'],
  isOnly: boolean,
): Html {
  const statements = tenants.find((tenant) => tenant.statements !== undefined)?.statements;
  const slugs = tenants.map(
    ({ tenant }, index) => html`${index > 0 && ', '}<code><bdi>${tenant.slug}</bdi></code>`,
  );
  const command = html`<code>${resolve(tenants[0]?.tenant.slug ?? '<tenant>')}</code>`;
  if (statements === undefined) {
    return html`<p class="aside">${slugs}: ${command} shows the state of each statement.</p>
`;
  }
  return html`<details${isOnly && html` open`}><summary>${countsOf(statements)}: ${
    tenants.length === 1 ? slugs : html`the same in ${countOf(tenants.length, 'tenant')}`
  }</summary>
${tenants.length > 1 && html`<p class="aside">${slugs}</p>\n`}<table class="statements">
<caption class="unseen">State of the statements</caption>
<thead><tr><th scope="col" class="number">No.</th><th scope="col">State</th><th scope="col">Statement</th></tr></thead>
<tbody>
${statements.map((statement, index) => statementRow(statement, statements[index - 1]))}</tbody>
</table>
<p class="aside">To resolve it, run ${command}, which shows each option and what blocks it.</p>
</details>
`;
}

function countsOf(statements: readonly StatementStanding[]): string {
  const applied = statements.filter(isApplied).length;
  const unknown = statements.filter(({ standing }) => standing === 'not known').length;
  const missing = statements.length - applied - unknown;
  const parts = [
    `${formatCount(applied)} applied`,
    missing > 0 && `${formatCount(missing)} not applied`,
    unknown > 0 && `${formatCount(unknown)} not known`,
  ];
  return parts.filter((part) => part !== false).join(', ');
}

function statementRow(statement: StatementStanding, before: StatementStanding | undefined): Html {
  const { number, text, standing, direction, leavesNothing, stoppedHere, now } = statement;
  const isNext = before !== undefined && before.direction === direction;
  const left = isNext ? number - before.number - 1 : 0;
  const word = leavesNothing === true && standing === 'applied' ? 'no lasting effect' : standing;
  return html`${
    left > 0 &&
    html`<tr><td></td><td colspan="2" class="none">${formatCount(left)} more, not listed here</td></tr>
`
  }<tr${stoppedHere === true && html` class="stopped"`}><td class="number">${direction === 'down' && 'down '}${number}</td><td><span class="standing ${TONES[standing]}">${word}</span>${
    stoppedHere === true && html` <small>stopped here</small>`
  }</td><td><code>${text}</code>${
    now !== undefined && html`<div class="now">the file now sends: <code>${now}</code></div>`
  }</td></tr>
`;
}

/** Statements that were applied differently from the file are marked as unsure, because somebody must check them. */
const TONES: Readonly<Record<Standing, 'done' | 'missing' | 'unsure'>> = {
  applied: 'done',
  'applied, with other values': 'unsure',
  'applied, by another text': 'unsure',
  undone: 'missing',
  'not applied': 'missing',
  'not known': 'unsure',
};
