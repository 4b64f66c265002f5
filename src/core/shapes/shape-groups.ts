import type { Failure } from '../failure.ts';
import { addOutcome, emptySummary } from '../reduce/add-outcome.ts';
import type { Summary } from '../reduce/summary.ts';
import type { TenantRef } from '../tenant.ts';
import { compareShapes, type Difference } from './compare-shapes.ts';
import type { Shape, ShapeServer } from './shape.ts';

/** The tenants of one shape. */
export interface ShapeGroup {
  readonly shape: Shape;
  readonly tenants: number;
  /** The slugs of a few: the first ones in alphabetical order. */
  readonly named: readonly string[];
  /** Versions of their servers, in the order in which they were read. */
  readonly versions: readonly string[];
}

/** Tenants that are named beside a shape; `--json` has all of them. */
const MOST_NAMED = 5;

/** Shapes that are kept; a fleet in which nearly every tenant is different has further ones, which are counted. */
const MOST_KEPT = 5_000;

/** Groups tenants by their shapes while they are read. */
export class ShapeGroups {
  readonly #groups = new Map<string, { -readonly [Key in keyof ShapeGroup]: ShapeGroup[Key] }>();
  readonly #servers = new Map<string, ShapeServer>();
  /** Tenants of shapes that are not kept. */
  further = 0;
  /** Tenants that could not be read, grouped by cause as a run groups its failures. They are in no shape. */
  unreadable: Pick<Summary, 'counts' | 'failures' | 'otherFailures'> = emptySummary(0);

  add({ slug }: Pick<TenantRef, 'slug'>, shape: Shape): void {
    const { fingerprint, server } = shape;
    const version = `${server.product} ${server.version}`;
    this.#servers.set(version, server);
    const known = this.#groups.get(fingerprint);
    if (known === undefined && this.#groups.size >= MOST_KEPT) {
      this.further += 1;
      return;
    }
    const { tenants = 0, named = [], versions = [] }: Partial<ShapeGroup> = known ?? {};
    this.#groups.set(fingerprint, {
      shape: known?.shape ?? shape,
      tenants: tenants + 1,
      named: [...named, slug].sort().slice(0, MOST_NAMED),
      versions: versions.includes(version) ? versions : [...versions, version],
    });
  }

  addUnreadable(tenant: TenantRef, failure: Failure): void {
    const common = { tenant, wave: 1, position: 0, tries: 1, durationMs: 0 };
    this.unreadable = addOutcome(
      { ...emptySummary(0), ...this.unreadable },
      { ...common, status: 'failed', failure, applied: [], notes: [] },
    );
  }

  /** A server of each product and version, also of shapes that are not kept. */
  servers(): ShapeServer[] {
    return [...this.#servers.values()];
  }

  /** The groups, that with most tenants first. */
  all(): ShapeGroup[] {
    return [...this.#groups.values()].sort(
      (one, other) =>
        other.tenants - one.tenants || (one.shape.fingerprint < other.shape.fingerprint ? -1 : 1),
    );
  }
}

/** A group beside the one with most tenants. */
export interface ComparedGroup extends ShapeGroup {
  /** From the most common shape; none for that shape itself. */
  readonly differences: readonly Difference[];
}

/** Compares every group with the first one; those with fewest differences come first after it. */
export function compareGroups(groups: readonly ShapeGroup[]): ComparedGroup[] {
  const [usual] = groups;
  if (usual === undefined) return [];
  return groups
    .map((group) => ({ ...group, differences: compareShapes(usual.shape, group.shape) }))
    .sort(bySize);
}

function bySize(one: ComparedGroup, other: ComparedGroup): number {
  return one.differences.length - other.differences.length || other.tenants - one.tenants;
}
