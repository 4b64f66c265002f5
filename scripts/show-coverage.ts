// node scripts/show-coverage.ts [--write]
//
// Prints the coverage of the core by folder as a Markdown table, from the report that `npm run check`
// wrote last. With --write it puts the table into docs/explanation/coverage.md.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type CoverageSummary, coverageTable } from './coverage-table.ts';
import { repository } from './repository.mjs';

const PAGE = 'docs/explanation/coverage.md';
const REPORT = 'node_modules/.cache/fanfold/coverage/coverage-summary.json';

const path = join(repository, REPORT);
if (existsSync(path)) {
  const report = JSON.parse(readFileSync(path, 'utf8')) as CoverageSummary;
  const core = join(repository, 'src/core');
  const files = Object.entries(report).filter(([file]) => file !== 'total');
  const table = coverageTable(files.map(([file, counts]) => [relative(core, file), counts]));
  if (process.argv.includes('--write')) writeTable(table);
  else console.log(table);
} else {
  console.error('There is no report yet. Write it with "npm run check", or:');
  console.error('node node_modules/vitest/vitest.mjs run --config vitest.coverage.config.ts');
  process.exitCode = 1;
}

/** Replaces the table of the page, which is its only one. */
function writeTable(table: string): void {
  const page = join(repository, PAGE);
  const text = readFileSync(page, 'utf8');
  writeFileSync(page, text.replace(/^\|.*\|\n(?:\|.*\|\n)*/m, `${table}\n`));
}
