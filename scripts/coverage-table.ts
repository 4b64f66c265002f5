/** Counts of one metric, as v8's summary has them. */
interface Count {
  readonly total: number;
  readonly covered: number;
}

const METRICS = ['lines', 'branches', 'functions'] as const;

export type FileCoverage = Readonly<Record<(typeof METRICS)[number], Count>>;

/** The summary of a report in JSON, by absolute path, with a `total`. */
export type CoverageSummary = Readonly<Record<string, FileCoverage>>;

/**
 * A Markdown table of the coverage by first folder, and of all files. Percentages are rounded down, so that
 * 100 % means that nothing is missing.
 *
 * @param files paths relative to the measured folder
 */
export function coverageTable(files: readonly (readonly [path: string, FileCoverage])[]): string {
  const folders = new Map<string, FileCoverage[]>();
  for (const [path, counts] of files) {
    const parts = path.split('/');
    const folder = parts.length === 1 ? '.' : `${parts[0]}/`;
    const inside = folders.get(folder);
    if (inside === undefined) folders.set(folder, [counts]);
    else inside.push(counts);
  }
  const rows = [...folders].sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    `| folder | files | ${METRICS.join(' | ')} |`,
    `| --- | ---: | ${METRICS.map(() => '---:').join(' | ')} |`,
    ...rows.map(([folder, counts]) => row(`\`${folder}\``, counts)),
    row(
      'all',
      files.map(([, counts]) => counts),
    ),
  ].join('\n');
}

function row(name: string, files: readonly FileCoverage[]): string {
  const shares = METRICS.map((metric) => {
    const total = sum(files.map((file) => file[metric].total));
    const covered = sum(files.map((file) => file[metric].covered));
    return total === 0 ? '–' : `${Math.floor((covered / total) * 100)} %`;
  });
  return `| ${name} | ${files.length} | ${shares.join(' | ')} |`;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
