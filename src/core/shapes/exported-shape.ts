import type { Shape } from './shape.ts';

/** A shape in a file, or of the fleet as it is now, with the number of tenants that have it and a few of their names. */
export interface ExportedShape {
  readonly shape: Shape;
  readonly tenants: number;
  /** Slugs. */
  readonly named: readonly string[];
  /** Migrations at the beginning of the bundle that these tenants have recorded. Not in a file. */
  readonly applied?: number | undefined;
}
