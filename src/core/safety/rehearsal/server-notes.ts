import type { ShapeServer } from '../../shapes/shape.ts';
import type { ScratchServerFacts } from '../recording.ts';

type Scratch = Pick<
  ScratchServerFacts,
  'product' | 'version' | 'isMariaDb' | 'lowerCaseTableNames'
>;

/** Sentences, each once, about the servers of the fleet that are not like the scratch server: what stays uncertain. */
export function serverNotes(fleet: readonly ShapeServer[], scratch: Scratch): string[] {
  return [
    ...new Set(
      fleet.flatMap((server) => [...versionNotes(server, scratch), ...nameNotes(server, scratch)]),
    ),
  ];
}

function versionNotes({ product, version, isMariaDb }: ShapeServer, scratch: Scratch): string[] {
  if (product === scratch.product && version === scratch.version) return [];
  const uncertain =
    isMariaDb === scratch.isMariaDb
      ? 'verdicts and errors may be different there'
      : 'definitions, verdicts, errors and what a kill leaves may all be different there';
  return [
    `The fleet has ${product} ${version}, and this is ${scratch.product} ${scratch.version}: ${uncertain}.`,
  ];
}

/** A migration that writes a table's name in two ways is right on one of such servers and fails on the other. */
function nameNotes({ lowerCaseTableNames: fleet }: ShapeServer, scratch: Scratch): string[] {
  const own = scratch.lowerCaseTableNames;
  if (own === fleet) return [];
  const uncertain =
    own === 0
      ? 'a migration that writes the name of a table in two ways fails here, and may be right there'
      : 'a migration that writes the name of a table in two ways passes here, and may fail there';
  return [
    `The fleet has lower_case_table_names = ${fleet}, and this server has ${own}: ${uncertain}. Rehearse on a server with the setting of the fleet.`,
  ];
}
