import {
  columnOrderText,
  type Definition,
  type DefinitionKind,
  definitionKey,
} from './definition.ts';
import type { Shape } from './shape.ts';

/** A definition that two shapes do not share. */
export interface Difference {
  readonly kind: DefinitionKind;
  readonly table?: string | undefined;
  readonly name: string;
  /** Its text in the first shape; absent if it is not there. */
  readonly one?: string | undefined;
  /** Its text in the second shape; absent if it is not there. */
  readonly other?: string | undefined;
}

/**
 * The differences of two shapes in the order of their definitions. A table that only one has is one difference, and
 * so is a column in another place. Nothing is said about kinds of objects that one of the logins could not see.
 */
export function compareShapes(one: Shape, other: Shape): Difference[] {
  const [ofOne, ofOther] = [byKey(one), byKey(other)];
  const unseen = new Set([...unseenKinds(one), ...unseenKinds(other)]);
  const lone = new Set([...loneTables(ofOne, ofOther), ...loneTables(ofOther, ofOne)]);
  const keys = [...new Set([...ofOne.keys(), ...ofOther.keys()])].sort();
  return keys.flatMap((key): Difference[] => {
    const [first, second] = [ofOne.get(key), ofOther.get(key)];
    const { kind, table, name } = (first ?? second) as Definition;
    if (unseen.has(kind)) return [];
    if (table !== undefined && lone.has(table)) {
      return kind === 'table' ? [{ kind, name, ...loneTexts(one, other, table, ofOne) }] : [];
    }
    if (kind === 'column order') return orderDifference(table ?? '', first, second);
    if (first?.text === second?.text) return [];
    return [{ kind, table, name, one: first?.text, other: second?.text }];
  });
}

function byKey({ definitions }: Shape): Map<string, Definition> {
  return new Map(definitions.map((each) => [definitionKey(each), each]));
}

const HIDDEN_WITH: Readonly<Record<string, readonly DefinitionKind[]>> = {
  events: ['event'],
  routines: ['procedure', 'function', 'package', 'package body', 'library'],
  triggers: ['trigger'],
};

function unseenKinds({ definitions }: Shape): DefinitionKind[] {
  const names = definitions.filter(({ kind }) => kind === 'unseen').map(({ name }) => name);
  return names.flatMap((name) => HIDDEN_WITH[name] ?? []);
}

/** Tables of the first that the second does not have. */
function loneTables(
  one: ReadonlyMap<string, Definition>,
  other: ReadonlyMap<string, Definition>,
): string[] {
  return [...one]
    .filter(([key, { kind }]) => kind === 'table' && !other.has(key))
    .map(([, { name }]) => name);
}

function loneTexts(one: Shape, other: Shape, table: string, ofOne: ReadonlyMap<string, unknown>) {
  const isInOne = ofOne.has(definitionKey({ kind: 'table', table, name: table, text: '' }));
  const { definitions } = isInOne ? one : other;
  const parts = definitions.filter((each) => each.table === table && each.kind === 'column');
  const text = `columns ${parts.map(({ name }) => name).join(', ')}`;
  return isInOne ? { one: text } : { other: text };
}

/** The order of the columns that both tables have; a column that one lacks is a difference of its own. */
function orderDifference(
  table: string,
  one: Definition | undefined,
  other: Definition | undefined,
): Difference[] {
  const [first, second] = [columnsOf(one), columnsOf(other)];
  const common = (columns: readonly string[], others: readonly string[]) => {
    const there = new Set(others);
    return columnOrderText(columns.filter((column) => there.has(column)));
  };
  const [ofOne, ofOther] = [common(first, second), common(second, first)];
  if (ofOne === ofOther) return [];
  return [{ kind: 'column order', table, name: '', one: ofOne, other: ofOther }];
}

function columnsOf(order: Definition | undefined): string[] {
  return order === undefined || order.text === '' ? [] : order.text.slice(1, -1).split('`, `');
}
