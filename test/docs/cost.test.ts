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

/** Cells of a row of a table of runs. */
function cells(row: string): string[] {
  const lines = page.split('\n').filter((one) => one.startsWith(`| ${row} |`));
  return (lines.at(-1) ?? '')
    .split('|')
    .slice(2, -1)
    .map((cell) => cell.trim());
}

const TENANTS = [100, 3_000, 100_000, 1_000_000];
/** Batches of the probe at a time, at the default `maxConcurrency` of 50. */
const BATCHES_AT_A_TIME = 10;

/** How many tenants of a run are asked, how many are attempted, and how many have a migration to apply. */
interface Run {
  readonly tenants: number;
  readonly asked: number;
  readonly attempted: number;
  readonly migrated: number;
}

const gigabytes = (bytes: number) => bytes / 1_000_000_000;

/** Seconds that functions take to ask the tenants. */
function secondsOfAsking({ asked }: Pick<Run, 'asked'>): number {
  return (asked * figure('asked of a tenant, ms')) / 1_000 / figure('processors of a migrator');
}

/** The cost of a run, by the prices and quantities that the page gives. */
function costs(run: Run) {
  const { tenants, asked, attempted, migrated } = run;
  const batches = Math.ceil(asked / figure('tenants a batch'));
  const ofRun = attempted > 0 ? 'transitions a run' : 'transitions a run that only asks';
  const transitions = attempted * figure('transitions a tenant') + batches + figure(ofRun);
  const asking = secondsOfAsking(run);
  // A tenant with nothing to do takes a tenth of the time.
  const attempts = (migrated + (attempted - migrated) / 10) * figure('migrator, seconds');
  const folded = figure('outcomes folded a second');
  const gbSeconds =
    (attempts + asking) * figure('migrator, GB') +
    figure('a function that folds, GB') *
      (tenants / figure('tenants listed a second') +
        // A run has its own round, and one that looks for tenants that came late.
        2 * (tenants / folded) +
        // Items and outcomes are read once more to leave out those that are settled.
        2 * (asked / folded));
  const kept =
    attempted * figure('kept of an outcome, bytes') +
    (tenants - attempted) * figure('kept of an unchanged outcome, bytes');
  return {
    transitions: transitions * (figure('Step Functions, state transition, 1,000') / 1_000),
    functions:
      gbSeconds * figure('Lambda arm64, GB-second') +
      (attempted + batches) * (figure('Lambda, 1,000,000 requests') / 1_000_000),
    express:
      batches * (figure('Step Functions, EXPRESS, 1,000,000 requests') / 1_000_000) +
      asking * figure('memory of a batch, GB') * figure('Step Functions, EXPRESS, GB-second'),
    logs:
      gigabytes(
        (attempted + batches) *
          (figure('logged by the migrator, bytes') + figure('logged by Step Functions, bytes')),
      ) * figure('CloudWatch Logs, GB taken in'),
    stored: gigabytes(kept) * figure('months that it is kept') * figure('S3, GB and month'),
  };
}

function sum(run: Run): string {
  const parts = Object.values(costs(run));
  return `**${dollars(parts.reduce((total, part) => total + part, 0))}**`;
}

function dollars(amount: number): string {
  if (amount < 0.01) return '< $0.01';
  return `$${amount.toFixed(2)}`;
}

/** Every tenant has one migration to apply. */
const ofAll = (tenants: number): Run => ({
  ...{ tenants, asked: tenants, attempted: tenants, migrated: tenants },
});
const ofNothing = (tenants: number): Run => ({
  tenants,
  asked: tenants,
  attempted: 0,
  migrated: 0,
});

describe('docs/explanation/cost.md', () => {
  it.each([
    ['state transitions', 'transitions'],
    ['functions', 'functions'],
    ['EXPRESS children', 'express'],
    ['logs', 'logs'],
    ['results in S3', 'stored'],
  ] as const)('the tables of docs/explanation/cost.md add up the %s', (row, part) => {
    expect(cells(row)).toEqual(TENANTS.map((tenants) => dollars(costs(ofAll(tenants))[part])));
  });

  it('the tables of docs/explanation/cost.md add up the runs', () => {
    expect(cells('**a run**')).toEqual(TENANTS.map((tenants) => sum(ofAll(tenants))));
  });

  it.each([
    ['asking: transitions', 'transitions'],
    ['asking: functions', 'functions'],
    ['asking: EXPRESS children', 'express'],
    ['asking: logs', 'logs'],
    ['asking: results in S3', 'stored'],
  ] as const)(
    'the tables of docs/explanation/cost.md add up a run with nothing to do: %s',
    (row, part) => {
      expect(cells(row)).toEqual(
        TENANTS.map((tenants) => dollars(costs(ofNothing(tenants))[part])),
      );
    },
  );

  it('docs/explanation/cost.md splits what a run of 100,000 tenants with nothing to do costs', () => {
    const { transitions, functions, express, logs, stored } = costs(ofNothing(100_000));
    const mills = (dollars: number) => `$${dollars.toFixed(4)}`;
    const month = stored / figure('months that it is kept');
    const words = [
      `Of ${mills(transitions + functions + express + logs + stored)}`,
      `${mills(transitions)} are transitions`,
      `${mills(functions)} the functions`,
      `${mills(express + logs)} EXPRESS children and logs`,
      `${mills(stored)} the results`,
      `${mills(transitions + functions + express + logs + month)} if \`keepRuns\` is a month`,
    ];
    for (const word of words) expect(page.replace(/\s+/g, ' ')).toContain(word);
  });

  it('docs/explanation/cost.md compares the ways to find that there is nothing to do', () => {
    expect(cells('**a run with nothing to do**')).toEqual(
      TENANTS.map((tenants) => sum(ofNothing(tenants))),
    );
    expect(cells('**the same with `"probe": "trust"`**')).toEqual(
      TENANTS.map((tenants) => sum({ ...ofNothing(tenants), asked: 0 })),
    );
    expect(cells('**the same with `"probe": "none"`**')).toEqual(
      TENANTS.map((tenants) => sum({ ...ofAll(tenants), asked: 0, migrated: 0 })),
    );
    expect(cells('asking, minutes')).toEqual(
      TENANTS.map((asked) => (secondsOfAsking({ asked }) / BATCHES_AT_A_TIME / 60).toFixed(1)),
    );
  });
});
