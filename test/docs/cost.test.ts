import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const page = readFileSync('docs/explanation/cost.md', 'utf8');

/** The first number after a row's first cell. */
function figure(row: string): number {
  const line = page.split('\n').find((one) => one.startsWith(`| ${row} |`));
  const [, number] = /\|[^|]*\|\s*\$?([\d.,]+)/.exec(line ?? '') ?? [];
  if (number === undefined) throw new Error(`docs/explanation/cost.md has no row "${row}".`);
  return Number(number.replaceAll(',', ''));
}

/** Cells of a row of the table of runs. */
function cells(row: string): string[] {
  const lines = page.split('\n').filter((one) => one.startsWith(`| ${row} |`));
  return (lines.at(-1) ?? '')
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

const TENANTS = [100, 3_000, 100_000, 1_000_000];

/** The cost of a run, by the prices and quantities that the page gives. */
function costs(tenants: number) {
  const transitions = tenants * figure('transitions a tenant') + figure('transitions a run');
  const folding = figure('a function that folds, GB');
  const gbSeconds =
    tenants * figure('migrator, seconds') * figure('migrator, GB') +
    folding * (tenants / figure('tenants listed a second')) +
    // A run has its own round, and one that looks for tenants that came late.
    folding * 2 * (tenants / figure('outcomes folded a second'));
  const megabytes = (bytes: number) => (tenants * bytes) / 1_000_000;
  return {
    transitions: transitions * (figure('Step Functions, state transition, 1,000') / 1_000),
    functions:
      gbSeconds * figure('Lambda arm64, GB-second') +
      tenants * (figure('Lambda, 1,000,000 requests') / 1_000_000),
    logs:
      (megabytes(
        figure('logged by the migrator, bytes') + figure('logged by Step Functions, bytes'),
      ) /
        1_000) *
      figure('CloudWatch Logs, GB taken in'),
    stored:
      (megabytes(figure('kept of an outcome, bytes')) / 1_000) *
      figure('months that it is kept') *
      figure('S3, GB and month'),
  };
}

function dollars(amount: number): string {
  if (amount < 0.01) return '< $0.01';
  return `$${amount.toFixed(2)}`;
}

describe('docs/explanation/cost.md', () => {
  it.each([
    ['state transitions', 'transitions'],
    ['functions', 'functions'],
    ['logs', 'logs'],
    ['results in S3', 'stored'],
  ] as const)('adds up the %s', (row, part) => {
    expect(cells(row)).toEqual(TENANTS.map((tenants) => dollars(costs(tenants)[part])));
  });

  it('adds up the runs', () => {
    const sums = TENANTS.map((tenants) =>
      Object.values(costs(tenants)).reduce((sum, part) => sum + part, 0),
    );
    expect(cells('**a run**')).toEqual(sums.map((sum) => `**${dollars(sum)}**`));
  });
});
