import type { Bundle } from '../../bundle/bundle.ts';
import type { DriftGroup } from '../../shapes/drift/drift-groups.ts';
import type { ExportedShape } from '../../shapes/exported-shape.ts';

/** The shapes of a fleet from which a rehearsal starts. */
export interface ShapesToRehearse {
  /** That with most tenants first. Tenants of one shape with other recorded migrations are another start. */
  readonly shapes: readonly ExportedShape[];
  /** Tenants with a half-applied migration: it resumes by its journal, which is not rehearsed. */
  readonly halfApplied: number;
}

/** Takes the starts of a rehearsal from tenants that were grouped by shape and recorded migrations. */
export function shapesToRehearse(
  groups: readonly DriftGroup[],
  { migrations }: Bundle,
): ShapesToRehearse {
  const whole = groups.filter(({ open }) => open === undefined);
  return {
    shapes: whole
      .toSorted((one, other) => other.tenants - one.tenants)
      .map(({ shape, tenants, named, recorded }) => {
        // With a gap among them, the nearest stage by definitions is taken.
        const isBeginning = recorded.every((id, at) => id === migrations[at]?.id);
        return { shape, tenants, named, ...(isBeginning && { applied: recorded.length }) };
      }),
    halfApplied: groups
      .filter(({ open }) => open !== undefined)
      .reduce((sum, { tenants }) => sum + tenants, 0),
  };
}
