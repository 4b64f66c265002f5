import type { ColumnDefinition } from '../../../../src/core/safety/table-definition.ts';
import { column } from '../lint/lint-statements.ts';

const BYTES: Readonly<Record<string, number>> = {
  ...{ tinytext: 255, text: 65_535, blob: 65_535, tinyblob: 255 },
};

/** A column `c` of a type, with the text, list and bytes that a server shows for it. */
export function columnOf(type: string): ColumnDefinition {
  return column('c', {
    type,
    ...(/char|text|enum|set\(/.test(type) && { charset: 'utf8mb4', collation: 'utf8mb4_bin' }),
    ...(/^(?:enum|set)/.test(type) && {
      values: (type.match(/'\w+'/g) ?? []).map((each) => each.slice(1, -1)),
    }),
    maxBytes: BYTES[type],
  });
}
