import type { Summary } from '../../core/reduce/summary.ts';
import type { FinishedRun } from '../../core/run/finished-run.ts';
import { wordsOnStack } from '../../core/wording/on-stack.ts';
import { causesIndex } from './causes-index.ts';
import { CHART_STYLES } from './charts/chart-styles.ts';
import { chartsSection } from './charts-section.ts';
import { countsSection } from './counts-section.ts';
import { factsSection } from './facts-section.ts';
import { failuresSection } from './failures-section.ts';
import { headerSection, TITLES } from './header-section.ts';
import { html, trusted } from './html.ts';
import { migrationsSection } from './migrations-section.ts';
import { notesSection } from './notes-section.ts';
import { planSection } from './plan-section.ts';
import { REPORT_SCRIPT, SCRIPT_HASH } from './report-script.ts';
import { REPORT_STYLES } from './report-styles.ts';
import { runVerdict } from './run-verdict.ts';

/**
 * Renders the report of a run as one self-contained page: no fonts, no pictures, no server. Its only script
 * is the search; everything else works without it. Names and errors are escaped as text, and the page's
 * policy allows no other script.
 */
export function renderHtmlReport(given: Summary, givenRun: FinishedRun): string {
  const { stack } = givenRun;
  const summary = wordsOnStack(given, stack);
  const run = { ...givenRun, details: wordsOnStack(givenRun.details, stack) };
  const verdict = runVerdict(summary, run);
  const { id, request } = run.record;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src '${SCRIPT_HASH}'; base-uri 'none'; form-action 'none'">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta name="referrer" content="no-referrer">
<title>${verdict.word}: ${TITLES[request.command]} ${id}</title>
<style>${trusted(REPORT_STYLES)}${trusted(CHART_STYLES)}</style>
</head>
<body>
<main${request.command === 'plan' && html` class="planned-run"`}>
${headerSection(verdict, summary, run)}${countsSection(summary, run)}${causesIndex(summary, run)}${planSection(summary, run)}${failuresSection(summary, run)}${chartsSection(run)}${migrationsSection(run)}${notesSection(summary)}${factsSection(run, summary.pace)}</main>
<script>${trusted(REPORT_SCRIPT)}</script>
</body>
</html>
`.markup;
}
