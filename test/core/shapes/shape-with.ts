import type { Definition } from '../../../src/core/shapes/definition.ts';
import { makeShape, type Shape, type ShapeServer } from '../../../src/core/shapes/shape.ts';

export const MYSQL: ShapeServer = {
  product: 'MySQL',
  isMariaDb: false,
  version: '9.7.4',
  lowerCaseTableNames: 0,
};

/** A shape in memory, of a table `orders` with these columns and whatever else is given. */
export function shapeWith(
  columns: Readonly<Record<string, string>>,
  more: readonly Definition[] = [],
  server: ShapeServer = MYSQL,
): Shape {
  const names = Object.keys(columns);
  const order = names.map((name) => `\`${name}\``).join(', ');
  return makeShape({
    server,
    charset: 'utf8mb4',
    collation: 'utf8mb4_bin',
    statements: [{ kind: 'table', name: 'orders', sql: 'CREATE TABLE `orders` (…)' }],
    definitions: [
      ...more,
      { kind: 'table', table: 'orders', name: 'orders', text: '' },
      { kind: 'column order', table: 'orders', name: '', text: order },
      ...names.map(
        (name): Definition => ({
          kind: 'column',
          table: 'orders',
          name,
          text: columns[name] ?? '',
        }),
      ),
    ],
  });
}
