// node scripts/show-coverage.ts
//
// Prints the coverage of the core by folder as a Markdown table, from the report that `npm run check`
// wrote last.
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type CoverageSummary, coverageTable } from './coverage-table.ts';
import { repository } from './repository.mjs';

const REPORT = 'node_modules/.cache/fanfold/coverage/coverage-summary.json';

const path = join(repository, REPORT);
if (existsSync(path)) {
  const report = JSON.parse(readFileSync(path, 'utf8')) as CoverageSummary;
  const core = join(repository, 'src/core');
  const files = Object.entries(report).filter(([file]) => file !== 'total');
  console.log(coverageTable(files.map(([file, counts]) => [relative(core, file), counts])));
} else {
  console.error('There is no report yet. Write it with "npm run check", or:');
  console.error('node node_modules/vitest/vitest.mjs run --config vitest.coverage.config.ts');
  process.exitCode = 1;
}
