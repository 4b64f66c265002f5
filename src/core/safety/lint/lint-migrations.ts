import type { Recording, SentStatement } from '../recording.ts';
import type { TableDefinition } from '../table-definition.ts';
import { countInstantChanges } from './count-instant-changes.ts';
import { lintedStatements } from './linted-statement.ts';
import type { MigrationSource } from './migration-source.ts';
import type { LintedMigration, Rule, Severity } from './rule.ts';
import { RULES } from './rules/all-rules.ts';

/** Which rules count, and where they do not. */
export interface LintSettings {
  /** Severities by rule, or `*` for the others; those without one have that of the rule. */
  readonly rules: Readonly<Record<string, Severity>>;
  /** Reasons by migration and rule. */
  readonly allow: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** A migration to be judged. */
export interface MigrationToLint {
  readonly id: string;
  readonly source: MigrationSource;
  readonly down: LintedMigration['down'];
}

/** A rule that a migration breaks. */
export interface Finding {
  readonly rule: string;
  readonly severity: Exclude<Severity, 'off'>;
  readonly migration: string;
  readonly file: string;
  /** From 1; absent if the finding is about a statement, whose place in the file is not known. */
  readonly line?: number | undefined;
  readonly statement?: Pick<SentStatement, 'number' | 'text'> | undefined;
  readonly message: string;
  readonly safeWay: string;
}

/** The result of a lint. */
export interface LintReport {
  readonly findings: readonly Finding[];
  /** Findings that somebody has allowed, with the reason. */
  readonly allowed: readonly (Finding & { readonly reason: string })[];
  /** How much rules would have found that are off and that nobody has turned off, by rule. */
  readonly off: Readonly<Record<string, number>>;
  /** Migrations that were judged. */
  readonly migrations: number;
  /** Of those, the ones whose statements are not known: without a scratch server, or after a failure there. */
  readonly withoutStatements: number;
  /** Files that could not be read to their end, so that rules about the code may have missed something. */
  readonly unread: readonly string[];
}

/** Names of findings about allowing itself, which are not rules. */
const ALLOW_FINDINGS = {
  unknown: 'allows-unknown-rule',
  unexplained: 'allows-without-reason',
} as const;

/** Judges migrations by all rules that are on. */
export function lintMigrations(
  migrations: readonly MigrationToLint[],
  recording: Recording | undefined,
  settings: LintSettings,
): LintReport {
  const linted = join(migrations, recording);
  const found = linted.flatMap((migration) => findingsIn(migration, settings));
  const allowed: LintReport['allowed'][number][] = [];
  const findings: Finding[] = [];
  for (const finding of found) {
    const migration = linted.find(({ id }) => id === finding.migration);
    const reason = reasonFor(finding, migration?.source, settings);
    if (reason === undefined) findings.push(finding);
    else allowed.push({ ...finding, reason });
  }
  return {
    findings: [...findings, ...linted.flatMap(allowProblems)],
    allowed,
    off: foundByOthers(linted, settings),
    migrations: linted.length,
    withoutStatements: linted.filter(({ statements }) => statements === undefined).length,
    unread: linted.flatMap(({ source }) =>
      source.unreadFrom === undefined ? [] : [`${source.file}:${source.unreadFrom}`],
    ),
  };
}

function join(
  migrations: readonly MigrationToLint[],
  recording: Recording | undefined,
): LintedMigration[] {
  const wanted = new Map(migrations.map((migration) => [migration.id, migration]));
  const linted = new Map<string, LintedMigration>();
  const tables = new Map<string, TableDefinition>();
  const counts = new Map<string, number>();
  for (const recorded of recording?.migrations ?? []) {
    const statements = lintedStatements(recorded);
    for (const { before, after } of statements.flatMap(({ changes }) => changes)) {
      if (before !== undefined && after === undefined) tables.delete(before.name);
      if (after !== undefined) tables.set(after.name, after);
    }
    for (const statement of statements) countInstantChanges(counts, statement);
    const migration = wanted.get(recorded.id);
    // The statements of a migration that failed are not all that it would send.
    if (migration === undefined || recording?.failure?.migration === recorded.id) continue;
    const server = recording?.server;
    linted.set(recorded.id, {
      ...migration,
      statements,
      tables: new Map(tables),
      instantChanges: new Map(counts),
      server,
    });
  }
  return migrations.map((migration) => linted.get(migration.id) ?? migration);
}

function severityOf({ name, severity }: Rule, { rules }: LintSettings): Severity {
  return rules[name] ?? rules['*'] ?? severity;
}

/** Counts what the rules would have found that are off only because nobody has turned them on. */
function foundByOthers(
  migrations: readonly LintedMigration[],
  settings: LintSettings,
): Readonly<Record<string, number>> {
  const { rules } = settings;
  const counts: Record<string, number> = {};
  for (const rule of RULES) {
    if (severityOf(rule, settings) !== 'off' || rules[rule.name] !== undefined) continue;
    if (rules['*'] !== undefined) continue;
    const count = migrations.reduce((sum, each) => sum + [...rule.check(each)].length, 0);
    if (count > 0) counts[rule.name] = count;
  }
  return counts;
}

function findingsIn(migration: LintedMigration, settings: LintSettings): Finding[] {
  return RULES.flatMap((rule) => {
    const severity = severityOf(rule, settings);
    if (severity === 'off') return [];
    return [...rule.check(migration)].map(
      ({ message, statement, line }): Finding => ({
        rule: rule.name,
        severity,
        migration: migration.id,
        file: migration.source.file,
        line,
        statement: statement && { number: statement.number, text: statement.text },
        message,
        safeWay: rule.safeWay,
      }),
    );
  });
}

/** The reason for which a finding is allowed; `undefined` if it is not. */
function reasonFor(
  { rule, migration }: Finding,
  source: MigrationSource | undefined,
  { allow }: LintSettings,
): string | undefined {
  const configured = allow[migration]?.[rule];
  if (configured !== undefined) return configured;
  const comment = source?.allowed.find((each) => each.rule === rule && each.reason !== '');
  return comment?.reason;
}

/** Comments that allow nothing: of an unknown rule, or without a reason. */
function allowProblems({ id, source }: LintedMigration): Finding[] {
  const known = new Set(RULES.map(({ name }: Rule) => name));
  return source.allowed.flatMap(({ rule, reason, line }) => {
    const problem = !known.has(rule)
      ? { rule: ALLOW_FINDINGS.unknown, message: `It allows "${rule}", which is not a rule.` }
      : { rule: ALLOW_FINDINGS.unexplained, message: `It allows ${rule} without a reason.` };
    if (known.has(rule) && reason !== '') return [];
    const safeWay = 'Write `// fanfold-allow rule-name: reason`.';
    return [{ ...problem, severity: 'error', migration: id, file: source.file, line, safeWay }];
  });
}
