import { compareShapes } from '../../shapes/compare-shapes.ts';
import type { ExportedShape } from '../../shapes/exported-shape.ts';
import type { Shape } from '../../shapes/shape.ts';
import type { DatabaseContents } from './database-contents.ts';
import type { RehearsalDatabase } from './rehearsal-ports.ts';

/** The database before the first migration, or after one. */
export interface Stage {
  readonly contents: DatabaseContents;
  readonly shape: Shape;
}

/** Reads the shapes of a database on its way through the migrations of a rehearsal. */
export async function readStages(
  database: RehearsalDatabase,
  states: readonly DatabaseContents[],
): Promise<Stage[]> {
  const stages: Stage[] = [];
  for (const contents of states) {
    await database.restore(contents);
    stages.push({ contents, shape: await database.readShape() });
  }
  return stages;
}

/** The migrations that a shape seems to have applied, and the differences that remain. */
export interface StagePlace {
  readonly applied: number;
  readonly differences: number;
  /** Whether the tenants have recorded these migrations; otherwise it is the nearest stage. */
  readonly isRecorded?: true;
}

/**
 * The stage after the recorded migrations. If they are not known: the stage that a shape equals or, with the fewest
 * differences, is nearest to; the latest of several.
 */
export function placeOf(
  { shape, applied: recorded }: Pick<ExportedShape, 'shape' | 'applied'>,
  stages: readonly Stage[],
): StagePlace {
  const own = recorded === undefined ? undefined : stages[recorded];
  if (recorded !== undefined && own !== undefined) {
    const isEqual = own.shape.fingerprint === shape.fingerprint;
    const differences = isEqual ? 0 : differenceCount(own.shape, shape);
    return { applied: recorded, differences, isRecorded: true };
  }
  const equal = stages.findLastIndex((stage) => stage.shape.fingerprint === shape.fingerprint);
  if (equal >= 0) return { applied: equal, differences: 0 };
  return stages
    .map((stage, applied) => ({ applied, differences: differenceCount(stage.shape, shape) }))
    .reduce((best, each) => (each.differences <= best.differences ? each : best));
}

/** At least one, because the fingerprints differ. */
function differenceCount(one: Shape, other: Shape): number {
  return Math.max(1, compareShapes(one, other).length);
}
