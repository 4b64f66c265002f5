import type { Summary } from '../../core/reduce/summary.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import { type Html, html } from './html.ts';

/** Notes about the run and its tenants that are not failures. */
export function notesSection({ notes, runNotes = [] }: Summary): Html | undefined {
  const entries = Object.entries(notes).sort(([, a], [, b]) => b - a);
  if (entries.length + runNotes.length === 0) return undefined;
  return html`<section aria-labelledby="notes">
<h2 id="notes">Notes</h2>
${runNotes.map(
  ({ code, message }) =>
    html`<p><code>${code}</code> <bdi>${message}</bdi></p>
`,
)}${entries.length > 0 && noteTable(entries)}</section>
`;
}

function noteTable(entries: readonly (readonly [string, number])[]): Html {
  return html`<table>
<thead><tr><th scope="col">Note</th><th scope="col" class="number">Tenants</th></tr></thead>
<tbody>
${entries.map(
  ([code, tenants]) =>
    html`<tr><td><code>${code}</code></td><td class="number">${formatCount(tenants)}</td></tr>
`,
)}</tbody>
</table>
`;
}
