import type { SentStatement } from '../recording.ts';
import type { TableDefinition } from '../table-definition.ts';
import type { LintedStatement } from './linted-statement.ts';
import type { MigrationSource } from './migration-source.ts';
import type { UnmetBackfill } from './unmet-backfill.ts';

/** The severity of a rule's findings. */
export const SEVERITIES = ['error', 'warning', 'off'] as const;

export type Severity = (typeof SEVERITIES)[number];

/** A migration as rules see it. */
export interface LintedMigration {
  readonly id: string;
  readonly source: MigrationSource;
  /** Whether the module exports a `down` that does something. */
  readonly down: 'present' | 'empty' | 'missing';
  /** The newest committed migration, if this one is new and sorts before it. */
  readonly olderThan?: string | undefined;
  /** Absent if the migration did not run on a scratch server. */
  readonly statements?: readonly LintedStatement[] | undefined;
  /** All tables after it; absent as `statements` are. */
  readonly tables?: ReadonlyMap<string, TableDefinition> | undefined;
  /** Instant additions and removals of columns by table, up to the end of this migration. */
  readonly instantChanges?: ReadonlyMap<string, number> | undefined;
  /** Backfills before it that tenants may not have completed when it runs. */
  readonly unmet?: readonly UnmetBackfill[] | undefined;
  /** The server on which it ran. */
  readonly server?: { readonly isMariaDb: boolean; readonly number: number } | undefined;
}

/** One place at which a rule was broken. */
export interface Breach {
  /** A full sentence that names what the migration does. */
  readonly message: string;
  readonly statement?: SentStatement | undefined;
  /** Line of the file, from 1. */
  readonly line?: number | undefined;
}

/** One rule of the lint. */
export interface Rule {
  /** Stable: configurations and comments name it. */
  readonly name: string;
  /** Whether it needs the statements that were sent, or only the file. */
  readonly judges: 'statements' | 'source';
  /** `off`: only on request, because sound migrations in public break it too. */
  readonly severity: Severity;
  /** The fault, as the object of "it finds". */
  readonly finds: string;
  /** The reason, in one or two sentences. */
  readonly why: string;
  /** The safe way, in one or two sentences. */
  readonly safeWay: string;
  readonly check: (migration: LintedMigration) => Iterable<Breach>;
}
