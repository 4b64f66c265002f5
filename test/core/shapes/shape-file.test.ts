import { expect, test } from 'vitest';
import { FanfoldError } from '../../../src/core/errors.ts';
import { parseShapeFile, shapeFileText } from '../../../src/core/shapes/shape-file.ts';
import { shapeWith } from './shape-with.ts';

const SHAPES = [
  { shape: shapeWith({ id: 'int' }), tenants: 2, named: ['acme', 'beta'] },
  { shape: shapeWith({ id: 'bigint' }), tenants: 1, named: ['gamma'] },
];
const TEXT = shapeFileText(SHAPES);

function refusal(text: string): string {
  try {
    parseShapeFile(text, 'shapes.jsonl');
    return 'none';
  } catch (error) {
    expect(error).toBeInstanceOf(FanfoldError);
    expect(error).toMatchObject({ code: 'ShapesFileInvalid', fault: 'configuration' });
    return (error as Error).message;
  }
}

test('shapes are read from a file as they were written, whatever the line endings', () => {
  const inOrder = SHAPES.toSorted((one, other) =>
    one.shape.fingerprint < other.shape.fingerprint ? -1 : 1,
  );
  expect(parseShapeFile(TEXT, 'shapes.jsonl')).toEqual(inOrder);
  expect(parseShapeFile(TEXT.replaceAll('\n', '\r\n'), 'shapes.jsonl')).toEqual(inOrder);
  expect(shapeFileText(SHAPES.toReversed())).toBe(TEXT);
});

test('a file that is cut anywhere is refused', () => {
  for (let end = 0; end < TEXT.length - 1; end += 7)
    expect(refusal(TEXT.slice(0, end))).not.toBe('none');
  expect(refusal(TEXT.slice(0, -20))).toContain('is truncated: its last line, line 4');
  expect(refusal('')).toBe('shapes.jsonl is not a file of shapes.');
});

test('a file of another format, without a shape, or changed by hand is refused with the reason', () => {
  expect(refusal(TEXT.replace('"format":1', '"format":2'))).toContain(
    'has the format 2, and this version of Fanfold reads 1',
  );
  const lines = TEXT.trimEnd().split('\n');
  expect(refusal(lines.toSpliced(1, 1).join('\n'))).toContain(
    'says that it has 2 shapes, and has 1',
  );
  expect(refusal(TEXT.replace('"text":"bigint"', '"text":"int"'))).toContain(
    'was changed after it was written',
  );
  const edited = SHAPES.map((each) => ({
    ...each,
    shape: { ...each.shape, fingerprint: '0'.repeat(64) },
  }));
  expect(refusal(shapeFileText(edited))).toContain('whose definitions have another fingerprint');
  const without = SHAPES.map((each) => ({ ...each, tenants: -1 }));
  expect(refusal(shapeFileText(without))).toContain('has no shape in line 2 (tenants)');
});
