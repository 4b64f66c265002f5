import { Command, Option } from 'commander';
import packageJson from '../../../package.json' with { type: 'json' };
import { type Bundle, type Migration, splitMigrationName } from '../../core/bundle/bundle.ts';
import { FanfoldError } from '../../core/errors.ts';
import {
  type LintReport,
  type LintSettings,
  lintMigrations,
  type MigrationToLint,
} from '../../core/safety/lint/lint-migrations.ts';
import { downOf, type MigrationSource } from '../../core/safety/lint/migration-source.ts';
import { migrationUnknown } from '../../core/safety/lint/migration-unknown.ts';
import { olderThanCommitted } from '../../core/safety/lint/older-than-committed.ts';
import { RULES } from '../../core/safety/lint/rules/all-rules.ts';
import type { Recording } from '../../core/safety/recording.ts';
import type { App } from '../app.ts';
import { EXIT } from '../exit-codes.ts';
import { usingMigrationCode } from '../migration-code.ts';
import { examples } from '../options/examples.ts';
import { addScratchOptions, hasScratch, type ScratchOptions } from '../options/scratch-options.ts';
import { addSetupOptions, type SetupOptions } from '../options/setup-options.ts';
import { fileAnnotation } from '../output/github-annotations.ts';
import { jsonLine } from '../output/json-line.ts';
import { findingLines, lintSummaryLines } from '../output/lint-lines.ts';
import { lintSarif } from '../output/lint-sarif.ts';
import { type Screen, usingScreen } from '../output/screen.ts';
import { usingJunitFile } from '../runs/junit-file.ts';
import { isOnGitHub } from '../runs/report-to-github.ts';
import type { MigrationFilesWiring } from '../wiring/wire-migration-files.ts';
import type { SafetyWiring } from '../wiring/wire-safety.ts';
import type { TenantsWiring } from '../wiring/wire-tenants.ts';

type Needs = SafetyWiring & MigrationFilesWiring & Pick<TenantsWiring, 'strayErrors'>;

interface Options extends SetupOptions, ScratchOptions {
  readonly from?: string;
  readonly every?: boolean;
  readonly strict?: boolean;
  /** A revision of git. */
  readonly since?: string;
  readonly format?: Format;
  readonly json?: boolean;
  readonly junit?: string;
}

const FORMATS = ['text', 'json', 'sarif', 'github'] as const;

type Format = (typeof FORMATS)[number];

/** `migrate:lint [migration…]`: judges migrations by rules before they run. */
export function migrateLint(app: App<Needs>): Command {
  const command = new Command('migrate:lint')
    .description(
      'Judges migrations by rules: what they send, run in an empty database of a scratch server, and their files. Connects to no tenant. Exits with 1 if a rule of severity "error" is broken. Without a scratch server only the files are judged.',
    )
    .argument('[migration...]', 'migrations to judge (default: all of the folder)')
    .optionsGroup('Rules:')
    .addOption(
      new Option('--from <migration>', 'judge this migration and all later ones').argParser(
        (name: string) => splitMigrationName(name).id,
      ),
    )
    .option(
      '--since <revision>',
      'migrations that git has in this revision count as committed (default: HEAD)',
    )
    .option('--every', 'also apply rules that are off, as warnings')
    .option('--strict', 'exit with 1 for warnings too')
    .optionsGroup('Output:')
    .addOption(new Option('--format <format>', 'how findings are printed').choices(FORMATS))
    .option('--json', 'print one JSON object per line: --format json')
    .option('--junit <file>', 'write a JUnit report with one test case per migration');
  return addSetupOptions(addScratchOptions(command))
    .addHelpText(
      'after',
      examples(
        'fanfold migrate:lint --scratch',
        'fanfold migrate:lint --from 20260102000000_change_tasks --scratch mysql:8.4',
        'fanfold migrate:lint --scratch --format sarif > lint.sarif',
      ),
    )
    .action(
      app.action((names: string[], options: Options) =>
        usingScreen(app.host, async (screen) => {
          const strayErrors = await app.wiring.strayErrors();
          const json = formatOf(options) !== 'text';
          // Loading and recording migrations runs their code.
          return usingMigrationCode({ host: app.host, screen, strayErrors, json }, () =>
            lint(app, names, options, screen),
          );
        }),
      ),
    );
}

function lint(app: App<Needs>, names: string[], options: Options, screen: Screen): Promise<number> {
  const { wiring } = app;
  return usingJunitFile(options.junit, async (junit) => {
    const bundle = await wiring.loadBundle(options);
    const wanted = chosen(bundle, names, options.from);
    const sources = await wiring.readSources(options);
    const recording = hasScratch(options)
      ? await wiring.recordBundle(options, bundle, (message) => screen.note([message]))
      : undefined;
    const older = olderThanCommitted(
      bundle.migrations.map(({ id }) => id),
      await wiring.committedMigrations(options, options.since ?? 'HEAD'),
    );
    const toLint = await Promise.all(
      wanted.map(async (migration) => ({
        ...(await migrationToLint(migration, sources)),
        olderThan: older.get(migration.id),
      })),
    );
    const settings = settingsOf(wiring.lintSettings(), options.every);
    for (const id of unknownIn(settings, bundle)) {
      screen.warn(`Note: safety.allow names the migration ${id}, which the folder lacks.`);
    }
    const report = lintMigrations(toLint, recording, settings);
    printReport(app, report, recording, formatOf(options), screen);
    if (junit !== undefined) {
      const { lintJunit } = await import('../output/lint-junit.ts');
      await junit.write(
        lintJunit(
          report,
          wanted.map(({ id }) => id),
        ),
      );
    }
    const counts = ({ severity }: LintReport['findings'][number]) =>
      severity === 'error' || options.strict === true;
    const isGood = !report.findings.some(counts) && report.notJudged === undefined;
    return isGood ? EXIT.ok : EXIT.failed;
  });
}

function formatOf({ format, json = false }: Options): Format {
  if (json && format !== undefined && format !== 'json') {
    throw new FanfoldError('OptionsExclude', `--json and --format ${format} exclude each other.`, {
      fault: 'usage',
      nextStep: 'Leave one of them out.',
    });
  }
  return json ? 'json' : (format ?? 'text');
}

function chosen(bundle: Bundle, names: readonly string[], from: string | undefined): Migration[] {
  const { migrations } = bundle;
  const ids = migrations.map(({ id }) => id);
  const place = (name: string) => {
    const at = ids.indexOf(splitMigrationName(name).id);
    if (at < 0) throw migrationUnknown(name, ids);
    return at;
  };
  const start = from === undefined ? 0 : place(from);
  const places = new Set(names.map(place));
  return migrations.filter((_, at) => at >= start && (names.length === 0 || places.has(at)));
}

/** Migrations that the configuration allows something, and that do not exist. */
function unknownIn({ allow }: LintSettings, { migrations }: Bundle): string[] {
  const ids = new Set(migrations.map(({ id }) => id));
  return Object.keys(allow).filter((id) => !ids.has(id));
}

async function migrationToLint(
  migration: Migration,
  sources: ReadonlyMap<string, MigrationSource>,
): Promise<MigrationToLint> {
  const { id, extension } = migration;
  const source = sources.get(id) ?? { file: `${id}${extension}`, tokens: [], allowed: [] };
  const { down, safety } = await migration.load();
  return { id, source, down: downOf(source, down !== undefined), safety };
}

/** With `--every`, rules that nobody has configured and that are off are warnings. */
function settingsOf({ rules, allow }: LintSettings, every = false): LintSettings {
  if (!every) return { rules, allow };
  const off = RULES.filter(({ severity }) => severity === 'off' && rules['*'] === undefined);
  const all = Object.fromEntries(off.map(({ name }) => [name, 'warning' as const]));
  return { rules: { ...all, ...rules }, allow };
}

function printReport(
  { host }: App<Needs>,
  report: LintReport,
  recording: Recording | undefined,
  format: Format,
  screen: Screen,
): void {
  const { findings } = report;
  const annotations = () =>
    findings.map(({ severity, file, line, rule, message, statement, safeWay }) =>
      fileAnnotation(severity, { file, line, title: rule }, [
        message,
        ...(statement === undefined ? [] : [statement.text]),
        `Safe way: ${safeWay}`,
      ]),
    );
  switch (format) {
    case 'json': {
      const { allowed, ...rest } = report;
      const { product, version } = recording?.server ?? {};
      screen.print([
        ...findings.map((finding) => jsonLine({ type: 'finding', ...finding })),
        ...allowed.map((finding) => jsonLine({ type: 'finding-allowed', ...finding })),
        jsonLine({
          type: 'lint-finished',
          ...rest,
          findings: findings.length,
          allowed: allowed.length,
          ...(recording !== undefined && { server: { product, version } }),
          ...(recording?.failure !== undefined && { failure: recording.failure }),
        }),
      ]);
      return;
    }
    case 'sarif':
      screen.print([jsonLine(lintSarif(report, packageJson.version))]);
      return;
    case 'github':
      screen.print(annotations());
      screen.note(lintSummaryLines(report, recording, screen.err));
      return;
    case 'text':
      for (const finding of findings) screen.print([...findingLines(finding, screen.out), '']);
      screen.print(lintSummaryLines(report, recording, screen.out));
      if (isOnGitHub(host)) screen.note(annotations());
  }
}
