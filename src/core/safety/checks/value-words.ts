import { formatCount } from '../../wording/format-count.ts';
import type { ColumnDefinition } from '../table-definition.ts';
import type { CheckKind } from './data-check.ts';
import type { ValueCondition } from './data-condition.ts';

/** The kind of a condition on values. */
export function kindOfValue({ is }: ValueCondition): CheckKind {
  return KINDS[is];
}

const KINDS: Readonly<Record<ValueCondition['is'], CheckKind>> = {
  null: 'nulls',
  outside: 'out-of-range',
  rounded: 'loses-digits',
  imprecise: 'loses-digits',
  longer: 'too-long',
  shorter: 'changes-values',
  'ends in spaces': 'changes-values',
  'not a number': 'not-convertible',
  'not a time': 'not-convertible',
  'not json': 'not-convertible',
  'not listed': 'not-listed',
  'not a set': 'not-listed',
  'a position': 'changes-values',
  'removed from set': 'not-listed',
  'not in charset': 'lost-characters',
  'invalid text': 'lost-characters',
  'not a timestamp': 'out-of-range',
  'has a time of day': 'loses-digits',
  'has fractions of seconds': 'loses-digits',
  'zero date': 'zero-dates',
  zero: 'changes-values',
  'empty text': 'changes-values',
  'any value': 'changes-values',
};

/** The values that meet a condition, as the object of "has". */
export function valueWords(
  condition: ValueCondition,
  { type, charset }: Pick<ColumnDefinition, 'type' | 'charset'>,
): string {
  const kind = typeName(type);
  switch (condition.is) {
    case 'null':
      return 'NULL';
    case 'outside':
      return `numbers that ${kind} does not hold`;
    case 'rounded':
      return `fractions that ${kind} rounds`;
    case 'imprecise':
      return `numbers that ${kind} does not hold exactly`;
    case 'longer': {
      const most = `${formatCount(condition.most)} ${condition.unit}`;
      return condition.spaces === 'only'
        ? `spaces at the end beyond ${most}`
        : `values longer than ${most}`;
    }
    case 'shorter':
      return `values shorter than ${formatCount(condition.least)} bytes, which are filled with zero bytes`;
    case 'ends in spaces':
      return 'spaces at the end, which CHAR does not keep';
    case 'not a number':
      return `texts that are not ${condition.as === 'integer' ? 'whole ' : ''}numbers`;
    case 'not a time':
      return `values that are not a ${condition.as}`;
    case 'not json':
      return 'texts that are not JSON';
    case 'not listed':
    case 'not a set':
    case 'removed from set':
      return `values that are not in the ${kind}`;
    case 'a position':
      return `digits, which the ${kind} reads as positions in its list`;
    case 'not in charset':
      return `characters that ${condition.charset} does not have`;
    case 'invalid text':
      return `bytes that are not text in ${charset ?? condition.charset}`;
    case 'not a timestamp':
      return 'dates that TIMESTAMP does not hold';
    case 'has a time of day':
      return 'a time of day, which DATE does not keep';
    case 'has fractions of seconds':
      return `fractions of seconds that ${kind} does not keep`;
    case 'zero date':
      return 'zero dates';
    case 'zero':
      return '0, which gets another value';
    case 'empty text':
      return `empty texts, of which ${kind} makes zero`;
    case 'any value':
      return `values that ${kind} keeps in another form`;
  }
}

/** A type without the list of an ENUM or SET. */
export function typeName(type: string): string {
  return /^(?:enum|set)\b/.exec(type)?.[0].toUpperCase() ?? type.toUpperCase();
}
