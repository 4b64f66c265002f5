import { compareShapes, type Difference } from '../compare-shapes.ts';
import type { Shape } from '../shape.ts';
import { doubtOf } from './doubt-of.ts';
import type { DriftGroup } from './drift-groups.ts';
import type { ExpectedShape, ExpectShape } from './expected-shapes.ts';

/** A difference that may come from the scratch server. */
export interface DoubtfulDifference extends Difference {
  readonly doubt: string;
}

/** A group beside what its recorded migrations make. In differences, the first text is that of the migrations. */
export type JudgedGroup = DriftGroup &
  (
    | {
        readonly status: 'as made' | 'drift' | 'unsure';
        /** Those that the tenants have, whatever the scratch server is. */
        readonly differences: readonly Difference[];
        readonly doubtful: readonly DoubtfulDifference[];
        readonly expected: Extract<ExpectedShape, { shape: unknown }>['shape'];
      }
    | { readonly status: 'not compared'; readonly why: string }
  );

/** Compares a group with what its recorded migrations make. */
export async function judgeGroup(
  group: DriftGroup,
  scratch: { readonly isMariaDb: boolean; readonly product: string },
  expectShape: ExpectShape,
): Promise<JudgedGroup> {
  const { shape, open, unknown } = group;
  const notCompared = (why: string): JudgedGroup => ({ ...group, status: 'not compared', why });
  if (shape.server.isMariaDb !== scratch.isMariaDb) {
    return notCompared(
      `They are on ${shape.server.product}, and the scratch server is ${scratch.product}.`,
    );
  }
  if (open !== undefined) {
    return notCompared(`${open} is half-applied: the tables are between two versions.`);
  }
  if (unknown.length > 0) {
    return notCompared(`They have migrations that the folder does not have: ${unknown.join(', ')}`);
  }
  const expected = await expectShape(group);
  if ('why' in expected) return notCompared(expected.why);
  const isFolded = expected.shape.server.lowerCaseTableNames !== shape.server.lowerCaseTableNames;
  const [made, found] = isFolded
    ? [inLowerCase(expected.shape), inLowerCase(shape)]
    : [expected.shape, shape];
  const all = compareShapes(made, found).map((difference) => ({
    ...difference,
    doubt: doubtOf(difference, expected.shape, shape),
  }));
  const doubtful = all.filter((each): each is DoubtfulDifference => each.doubt !== undefined);
  const differences = all
    .filter(({ doubt }) => doubt === undefined)
    .map(({ doubt: _, ...difference }) => difference);
  const status =
    differences.length > 0 ? 'drift' : doubtful.length > 0 ? 'unsure' : ('as made' as const);
  return { ...group, status, differences, doubtful, expected: expected.shape };
}

/** One of the servers keeps the case of names and the other does not, so that case is not compared. */
function inLowerCase(shape: Shape): Shape {
  const definitions = shape.definitions.map(({ kind, table, name, text }) => ({
    kind,
    table: table?.toLowerCase(),
    name: name.toLowerCase(),
    text: text.toLowerCase(),
  }));
  return { ...shape, definitions };
}
