import type { MigrationSafety } from '../guard/guard-settings.ts';
import type { RecordedMigration, Recording, SentStatement } from '../recording.ts';
import { REHEARSAL_RULES } from '../rehearsal/rehearsal-rules.ts';
import type { TableDefinition } from '../table-definition.ts';
import { countInstantChanges } from './count-instant-changes.ts';
import { lineOfStatement } from './line-of-statement.ts';
import { lintedStatements } from './linted-statement.ts';
import type { MigrationSource } from './migration-source.ts';
import type { LintedMigration, Rule, Severity } from './rule.ts';
import { RULES } from './rules/all-rules.ts';
import { unmetBackfills } from './unmet-backfill.ts';

/** The severities of rules, and the exceptions from them. */
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
  readonly olderThan?: string | undefined;
  /** Its own limits for statements. */
  readonly safety?: MigrationSafety | undefined;
}

/** A rule that a migration breaks. */
export interface LintFinding {
  readonly rule: string;
  readonly severity: Exclude<Severity, 'off'>;
  readonly migration: string;
  readonly file: string;
  /** From 1; absent if it is about a statement whose place in the file is not known. */
  readonly line?: number | undefined;
  readonly statement?: Pick<SentStatement, 'number' | 'text'> | undefined;
  readonly message: string;
  readonly safeWay: string;
}

/** The result of a lint. */
export interface LintReport {
  readonly findings: readonly LintFinding[];
  /** Findings that somebody has allowed, with the reason. */
  readonly allowed: readonly (LintFinding & { readonly reason: string })[];
  /** The limits for statements that migrations have themselves, with the reason. */
  readonly safety: readonly ({ readonly migration: string } & MigrationSafety)[];
  /** By rule: the number of findings of rules that are off by default and that nobody has turned off. */
  readonly off: Readonly<Record<string, number>>;
  /** Migrations that were judged. */
  readonly migrations: number;
  /** Of those, the ones whose statements are not known: without a scratch server, or after a failure there. */
  readonly withoutStatements: number;
  /** Why, if a migration failed on the scratch server: the lint is not complete then. */
  readonly notJudged?: NotJudged | undefined;
  /** Files that could not be read to their end, so that rules about the code may have missed something. */
  readonly unread: readonly string[];
}

/** Migrations whose statements are not known, because one failed on the scratch server. */
export interface NotJudged {
  readonly migrations: readonly string[];
  /** The one that failed; absent if the scratch database did. */
  readonly failed?: string | undefined;
  readonly message: string;
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
  const findings: LintFinding[] = [];
  for (const finding of found) {
    const migration = linted.find(({ id }) => id === finding.migration);
    const reason = reasonFor(finding, migration?.source, settings);
    if (reason === undefined) findings.push(finding);
    else allowed.push({ ...finding, reason });
  }
  const unknown = linted.filter(({ statements }) => statements === undefined);
  return {
    findings: [...findings, ...linted.flatMap(allowProblems)],
    allowed,
    safety: migrations.flatMap(({ id, safety }) =>
      safety === undefined ? [] : [{ migration: id, ...safety }],
    ),
    off: foundByOthers(linted, settings),
    migrations: linted.length,
    withoutStatements: unknown.length,
    ...(recording?.failure !== undefined &&
      unknown.length > 0 && { notJudged: notJudged(unknown, recording.failure) }),
    unread: linted.flatMap(({ source }) =>
      source.unreadFrom === undefined ? [] : [`${source.file}:${source.unreadFrom}`],
    ),
  };
}

function notJudged(
  unknown: readonly LintedMigration[],
  { migration, message }: NonNullable<Recording['failure']>,
): NotJudged {
  return { migrations: unknown.map(({ id }) => id), failed: migration, message };
}

function join(
  migrations: readonly MigrationToLint[],
  recording: Recording | undefined,
): LintedMigration[] {
  const wanted = new Map(migrations.map((migration) => [migration.id, migration]));
  const linted = new Map<string, LintedMigration>();
  const tables = new Map<string, TableDefinition>();
  const counts = new Map<string, number>();
  const before: RecordedMigration[] = [];
  for (const recorded of recording?.migrations ?? []) {
    const statements = lintedStatements(recorded);
    for (const { changes } of statements) {
      for (const { before } of changes) if (before !== undefined) tables.delete(before.name);
      for (const { after } of changes) if (after !== undefined) tables.set(after.name, after);
    }
    for (const statement of statements) countInstantChanges(counts, statement);
    const unmet = unmetBackfills(before, recorded.requires);
    before.push(recorded);
    const migration = wanted.get(recorded.id);
    // The statements of a migration that failed are not all that it would send.
    if (migration === undefined || recording?.failure?.migration === recorded.id) continue;
    const server = recording?.server;
    linted.set(recorded.id, {
      ...migration,
      statements,
      tables: new Map(tables),
      instantChanges: new Map(counts),
      unmet,
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

function findingsIn(migration: LintedMigration, settings: LintSettings): LintFinding[] {
  return RULES.flatMap((rule) => {
    const severity = severityOf(rule, settings);
    if (severity === 'off') return [];
    return [...rule.check(migration)].map(
      ({ message, statement, line }): LintFinding => ({
        rule: rule.name,
        severity,
        migration: migration.id,
        file: migration.source.file,
        line: line ?? (statement && lineOfStatement(migration.source, statement)),
        statement: statement && { number: statement.number, text: statement.text },
        message,
        safeWay: rule.safeWay,
      }),
    );
  });
}

/** The reason for which a finding is allowed; `undefined` if it is not. */
function reasonFor(
  { rule, migration }: LintFinding,
  source: MigrationSource | undefined,
  { allow }: LintSettings,
): string | undefined {
  const configured = allow[migration]?.[rule];
  if (configured !== undefined) return configured;
  const comment = source?.allowed.find((each) => each.rule === rule && each.reason !== '');
  return comment?.reason;
}

/** Comments that allow nothing: of an unknown rule, or without a reason. */
function allowProblems({ id, source }: LintedMigration): LintFinding[] {
  const known = new Set([...RULES.map(({ name }: Rule) => name), ...Object.keys(REHEARSAL_RULES)]);
  return source.allowed.flatMap(({ rule, reason, line }) => {
    const problem = !known.has(rule)
      ? { rule: ALLOW_FINDINGS.unknown, message: `It allows "${rule}", which is not a rule.` }
      : { rule: ALLOW_FINDINGS.unexplained, message: `It allows ${rule} without a reason.` };
    if (known.has(rule) && reason !== '') return [];
    const safeWay = 'Write `// fanfold-allow rule-name: reason`.';
    return [{ ...problem, severity: 'error', migration: id, file: source.file, line, safeWay }];
  });
}
