import type { Summary } from '../../core/reduce/summary.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import { countsSection } from './counts-section.ts';
import { factsSection } from './facts-section.ts';
import { failuresSection } from './failures-section.ts';
import { type Html, html, trusted } from './html.ts';
import { notesSection } from './notes-section.ts';
import { REPORT_STYLES } from './report-styles.ts';
import { runVerdict } from './run-verdict.ts';

/**
 * The report of a run as one page that needs nothing else: no script, no font, no picture. Whatever
 * stands in a name or an error is text, and the page's policy would run no script anyway.
 */
export function renderHtmlReport(summary: Summary, run: FinishedRun): string {
  const { tone, word, sentence } = runVerdict(summary, run);
  const { id, request } = run.record;
  const title = TITLES[request.command];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${word}: ${title} ${id}</title>
<style>${trusted(REPORT_STYLES)}</style>
</head>
<body>
<main>
<header>
<p class="kind">Fanfold · ${title}</p>
<h1>${id} <span class="verdict ${tone}">${word}</span></h1>
<p class="sentence">${sentence}</p>
</header>
${stopNotice(run)}${countsSection(summary)}${nextNotice(summary, run)}${failuresSection(summary)}${notesSection(summary)}${factsSection(run)}</main>
</body>
</html>
`.markup;
}

const TITLES = {
  migrate: 'Migration run',
  plan: 'Migration plan',
  rollback: 'Rollback',
} as const satisfies Record<FinishedRun['record']['request']['command'], string>;

function stopNotice({ state }: FinishedRun): Html | undefined {
  const { stopped } = state;
  if (stopped === undefined) return undefined;
  return html`<p class="notice warn"><strong>Stopped early.</strong> <bdi>${stopped.message}</bdi></p>
`;
}

function nextNotice({ counts }: Summary, { record, state }: FinishedRun): Html | undefined {
  if (record.request.command === 'plan') {
    return html`<p class="notice">Nothing was changed: a plan only tells what would be done.</p>
`;
  }
  if (state.status === 'running') return undefined;
  const isLeft = counts.failed + counts.unknown > 0 || state.stopped !== undefined;
  if (!isLeft) return undefined;
  const retry = html`<code>npm run migrate:retry ${record.id}${record.execution !== undefined && ' -- --aws <stack>'}</code>`;
  const redrive = html`press Redrive at the execution <code>${record.id}</code>, or `;
  return html`<p class="notice"><strong>To run what is left</strong>${counts.failed > 0 && ', once the causes below are mended'}: ${record.execution !== undefined && redrive}${retry}</p>
`;
}
