import { createHash } from 'node:crypto';
import type { Difference } from '../compare-shapes.ts';
import type { Shape } from '../shape.ts';
import type { JudgedGroup } from './judge-group.ts';

/** A difference with the tenants that have it. */
export interface SharedDifference {
  /** Stays the same as long as both definitions do: what `--repair` takes. */
  readonly id: string;
  readonly difference: Difference;
  readonly tenants: number;
  /** The slugs of a few. */
  readonly named: readonly string[];
  /** The shapes of one of the groups: of its migrations, and of its tenants. */
  readonly expected: Shape;
  readonly actual: Shape;
}

const MOST_NAMED = 5;

/** The differences of all groups, those of most tenants first; one that several groups have is one. */
export function sharedDifferences(groups: readonly JudgedGroup[]): SharedDifference[] {
  const shared = new Map<string, SharedDifference>();
  for (const group of groups) {
    if (group.status !== 'drift') continue;
    for (const difference of group.differences) {
      const id = differenceId(difference);
      const known = shared.get(id);
      const { tenants = 0, named = [] }: Partial<SharedDifference> = known ?? {};
      shared.set(id, {
        id,
        difference,
        tenants: tenants + group.tenants,
        named: [...named, ...group.named].sort().slice(0, MOST_NAMED),
        expected: group.expected,
        actual: group.shape,
      });
    }
  }
  return [...shared.values()].sort(
    (one, other) => other.tenants - one.tenants || (one.id < other.id ? -1 : 1),
  );
}

/** Eight digits of a hash: a fleet has few differences, and a wrong one would be seen in the file. */
function differenceId({ kind, table, name, one, other }: Difference): string {
  const text = JSON.stringify([kind, table, name, one, other]);
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
