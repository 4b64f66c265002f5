import type { ShapeServer } from '../../shapes/shape.ts';
import type { ScratchServerFacts } from '../recording.ts';

/** A sentence for each server of the fleet, once, that is not like the scratch server: what stays uncertain. */
export function serverNotes(
  fleet: readonly ShapeServer[],
  scratch: Pick<ScratchServerFacts, 'product' | 'version' | 'isMariaDb'>,
): string[] {
  return [
    ...new Set(
      fleet
        .filter(
          ({ product, version }) => product !== scratch.product || version !== scratch.version,
        )
        .map(({ product, version, isMariaDb }) => {
          const uncertain =
            isMariaDb === scratch.isMariaDb
              ? 'verdicts and errors may be different there'
              : 'definitions, verdicts, errors and what a kill leaves may all be different there';
          return `The fleet has ${product} ${version}, and this is ${scratch.product} ${scratch.version}: ${uncertain}.`;
        }),
    ),
  ];
}
