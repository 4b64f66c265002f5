// node scripts/report-pictures.ts [FOLDER]
//
// Pictures of the report as people see it, to be looked at: a failed run and a plan, on a laptop and on a
// phone, light and dark; the first screen of each, and the whole page.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { renderHtmlReport } from '../src/adapters/report/html-report.ts';
import { failedRun, plannedRun } from '../test/adapters/report/support/sample-run.ts';
import { findChromium, startChromium } from '../test/support/browser.ts';

const folder = process.argv[2] ?? 'report-pictures';
const executable = findChromium();
if (executable === undefined) {
  console.error('There is no Chromium here: install one, or name it in FANFOLD_TEST_CHROMIUM.');
  process.exit(2);
}

mkdirSync(folder, { recursive: true });
const browser = await startChromium(executable);
for (const [name, { summary, run }] of Object.entries({
  failed: failedRun(),
  plan: plannedRun(),
})) {
  const path = join(folder, `${name}.html`);
  writeFileSync(path, renderHtmlReport(summary, run));
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [width, height] of [
      [1280, 800],
      [400, 800],
    ] as const) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme });
      await page.goto(pathToFileURL(path).href);
      const picture = join(folder, `${name}-${width}-${colorScheme}`);
      await page.screenshot({ path: `${picture}.png` });
      await page.screenshot({ path: `${picture}-whole.png`, fullPage: true });
      await page.close();
    }
  }
}
await browser.close();
console.log(`Pictures of the report: ${folder}`);
