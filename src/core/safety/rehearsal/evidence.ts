import type { Bundle } from '../../bundle/bundle.ts';
import {
  type Rehearsal,
  type RehearsalResult,
  type RehearsedMigration,
  resultOf,
} from './rehearsal.ts';

/** The version of the format. It grows when an earlier Fanfold would misread the evidence. */
export const EVIDENCE_FORMAT = 1;

/** A shape from which migrations were rehearsed, and the worst result of those that it lacks. */
export interface ShapeEvidence {
  readonly fingerprint: string;
  readonly pending: readonly string[];
  readonly result: RehearsalResult;
}

/** A shape that a kill within a migration leaves, from which it was resumed, and the result of all that is left. */
export interface ResumableEvidence extends ShapeEvidence {
  /** The half-applied migration, which is the first of `pending`. */
  readonly migration: string;
}

/** The result of one migration from one start. Neither statements nor differences are in it. */
export interface MigrationEvidence {
  readonly migration: string;
  readonly checksum: string;
  readonly start: string;
  readonly result: RehearsalResult;
  readonly reversible?: 'yes' | 'definitions' | 'no' | undefined;
  readonly stops: { readonly tried: number; readonly all: number };
  readonly durationMs: number;
  /** Names of rules. */
  readonly findings: readonly string[];
  readonly allowed: readonly string[];
}

/** The results of rehearsals of one bundle, to be kept beside it. */
export interface RehearsalEvidence {
  readonly fanfold: 'rehearsal';
  readonly format: typeof EVIDENCE_FORMAT;
  /** The version of Fanfold that made it. */
  readonly tool: string;
  readonly madeAt: string;
  /** The bundle's hash. */
  readonly bundle: string;
  readonly server: { readonly product: string; readonly version: string };
  readonly result: RehearsalResult;
  readonly shapes: readonly ShapeEvidence[];
  /** Absent in evidence of earlier versions, which did not read these shapes. */
  readonly resumable?: readonly ResumableEvidence[] | undefined;
  readonly migrations: readonly MigrationEvidence[];
}

/** The evidence of rehearsals of one bundle. A shape counts as covered only with a result for each migration. */
export function evidenceOf(
  rehearsals: readonly Rehearsal[],
  {
    bundle,
    tool,
    madeAt,
  }: { readonly bundle: Bundle; readonly tool: string; readonly madeAt: Date },
): RehearsalEvidence {
  const checksums = new Map(bundle.migrations.map(({ id, checksum }) => [id, checksum]));
  const [first] = rehearsals;
  return {
    fanfold: 'rehearsal',
    format: EVIDENCE_FORMAT,
    tool,
    madeAt: madeAt.toISOString(),
    bundle: bundle.hash,
    server: { product: first?.server.product ?? '', version: first?.server.version ?? '' },
    result: worstOf(rehearsals.map(resultOfRehearsal)),
    shapes: rehearsals.flatMap(shapesOf),
    resumable: rehearsals.flatMap((each) => resumableOf(each, bundle)),
    migrations: rehearsals.flatMap(({ start, migrations }) =>
      migrations.map(({ id, findings, allowed, reversible, stops, durationMs }) => ({
        migration: id,
        checksum: checksums.get(id) ?? '',
        start,
        result: resultOf(findings),
        reversible,
        stops: { tried: stops.tried, all: stops.all },
        durationMs,
        findings: [...new Set(findings.map(({ rule }) => rule))],
        allowed: [...new Set(allowed.map(({ rule }) => rule))],
      })),
    ),
  };
}

function shapesOf({ shapes, migrations }: Rehearsal): ShapeEvidence[] {
  return shapes.map(({ fingerprint, pending }) => ({
    fingerprint,
    pending,
    result: resultOfAll(migrations, pending),
  }));
}

function resumableOf({ migrations }: Rehearsal, bundle: Bundle): ResumableEvidence[] {
  const ids = bundle.migrations.map(({ id }) => id);
  return migrations.flatMap(({ id, resumable = [] }) => {
    const pending = ids.slice(ids.indexOf(id));
    const result = resultOfAll(migrations, pending);
    return resumable.map((fingerprint) => ({ migration: id, fingerprint, pending, result }));
  });
}

/** The worst result of some migrations; one that was not rehearsed counts as wrong. */
function resultOfAll(
  migrations: readonly RehearsedMigration[],
  ids: readonly string[],
): RehearsalResult {
  const results = new Map(migrations.map(({ id, findings }) => [id, resultOf(findings)]));
  return worstOf(ids.map((id) => results.get(id) ?? 'wrong'));
}

/** The result of a rehearsal, which is wrong if it has ended early. */
export function resultOfRehearsal({ migrations, failure }: Rehearsal): RehearsalResult {
  if (failure !== undefined) return 'wrong';
  return resultOf(migrations.flatMap(({ findings }) => findings));
}

function worstOf(results: readonly RehearsalResult[]): RehearsalResult {
  return (['wrong', 'labelled'] as const).find((each) => results.includes(each)) ?? 'right';
}
