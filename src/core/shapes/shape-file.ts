import { createHash } from 'node:crypto';
import { FanfoldError } from '../errors.ts';
import { exportedShapeSchema } from '../wire/shape-schema.ts';
import type { ExportedShape } from './exported-shape.ts';
import { fingerprintOf, shortFingerprint } from './shape.ts';

/** The version of the format. It grows when an earlier Fanfold would misread a file. */
const SHAPES_FORMAT = 1;

/**
 * The text of a file of shapes: a line with the format's version, a line for each shape in the order of their
 * fingerprints, and a line with their number and the SHA-256 of all lines before it. Equal shapes make equal files.
 */
export function shapeFileText(shapes: readonly ExportedShape[]): string {
  const sorted = shapes.toSorted((one, other) =>
    one.shape.fingerprint < other.shape.fingerprint ? -1 : 1,
  );
  const head = JSON.stringify({ fanfold: 'shapes', format: SHAPES_FORMAT });
  const lines = [head, ...sorted.map(lineOf)];
  const end = { shapes: shapes.length, sha256: sha256(lines) };
  return `${[...lines, JSON.stringify(end)].join('\n')}\n`;
}

/** Only what belongs to the format. */
function lineOf({ shape, tenants, named }: ExportedShape): string {
  return JSON.stringify({ shape, tenants, named });
}

/**
 * Reads the text of a file of shapes.
 *
 * @param file its name, for people
 * @throws FanfoldError `ShapesFileInvalid` if it is not such a file, of a later format, truncated or changed by hand
 */
export function parseShapeFile(text: string, file: string): ExportedShape[] {
  const refuse = (what: string) =>
    new FanfoldError('ShapesFileInvalid', `${file} ${what}.`, {
      fault: 'configuration',
      nextStep: 'Export the shapes again: `fanfold fleet:shapes --export <file>`',
    });
  const lines = text.replace(/\r\n/g, '\n').replace(/\n$/, '').split('\n');
  const head = parsed(lines[0]);
  if (head?.fanfold !== 'shapes') throw refuse('is not a file of shapes');
  if (head.format !== SHAPES_FORMAT) {
    throw refuse(
      `has the format ${JSON.stringify(head.format)}, and this version of Fanfold reads ${SHAPES_FORMAT}`,
    );
  }
  const end = parsed(lines.at(-1));
  if (typeof end?.sha256 !== 'string') {
    throw refuse(`is truncated: its last line, line ${lines.length}, is not the one with the sum`);
  }
  const rows = lines.slice(1, -1);
  if (end.shapes !== rows.length) {
    throw refuse(`says that it has ${String(end.shapes)} shapes, and has ${rows.length}`);
  }
  if (end.sha256 !== sha256(lines.slice(0, -1))) throw refuse('was changed after it was written');
  return rows.map((row, at) => {
    const shape = exportedShapeSchema.safeParse(parsed(row));
    if (!shape.success) {
      const path = shape.error.issues[0]?.path.join('.') ?? '';
      throw refuse(`has no shape in line ${at + 2}${path === '' ? '' : ` (${path})`}`);
    }
    const { fingerprint, definitions } = shape.data.shape;
    if (fingerprint !== fingerprintOf(definitions)) {
      throw refuse(
        `has a shape ${shortFingerprint(fingerprint)} in line ${at + 2} whose definitions have another fingerprint`,
      );
    }
    return shape.data;
  });
}

function sha256(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex');
}

function parsed(line: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line ?? '');
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
