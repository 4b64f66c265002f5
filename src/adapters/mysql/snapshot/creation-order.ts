import type { CreatedKind } from '../../../core/shapes/shape.ts';
import type { SnapshotObject } from '../../../core/snapshot/snapshot-ports.ts';

/** Kinds in the order in which they can be created. Foreign keys are not checked meanwhile, and views sorted apart. */
const KINDS: readonly CreatedKind[] = [
  'sequence',
  'table',
  'library',
  'package',
  'package body',
  'function',
  'procedure',
  'view',
  'trigger',
  'event',
];

/** Objects in an order in which each finds what it needs. */
export function inOrder(objects: readonly SnapshotObject[]): SnapshotObject[] {
  return KINDS.flatMap((kind) => {
    const some = objects.filter((each) => each.kind === kind);
    return kind === 'view' ? viewsInOrder(some) : some;
  });
}

/**
 * Views after the views whose names are in their text, in which the server quotes every name. A name that is only a
 * column's makes an order stricter than it has to be, which at worst the proof of the snapshot refuses.
 */
function viewsInOrder(views: readonly SnapshotObject[]): SnapshotObject[] {
  const ordered: SnapshotObject[] = [];
  const visited = new Set<SnapshotObject>();
  const visit = (view: SnapshotObject): void => {
    if (visited.has(view)) return;
    visited.add(view);
    for (const other of views) {
      const name = `\`${other.name.replaceAll('`', '``')}\``;
      if (other !== view && view.sql.toLowerCase().includes(name.toLowerCase())) visit(other);
    }
    ordered.push(view);
  };
  for (const view of views) visit(view);
  return ordered;
}
