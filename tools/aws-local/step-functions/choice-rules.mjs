// Comparison rules of a JSONPath Choice state (Amazon States Language specification, "Choice State").
import { readPath } from './json-path.mjs';

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const isTimestamp = (value) => typeof value === 'string' && TIMESTAMP.test(value);

const TYPE_TESTS = {
  IsNull: (value) => value === null,
  IsString: (value) => typeof value === 'string',
  IsNumeric: (value) => typeof value === 'number',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: isTimestamp,
};

const TYPES = {
  String: { accepts: (value) => typeof value === 'string', order: (value) => value },
  Numeric: { accepts: (value) => typeof value === 'number', order: (value) => value },
  Boolean: { accepts: (value) => typeof value === 'boolean', order: (value) => value },
  Timestamp: { accepts: isTimestamp, order: (value) => Date.parse(value) },
};

const COMPARISONS = {
  Equals: (a, b) => a === b,
  LessThan: (a, b) => a < b,
  GreaterThan: (a, b) => a > b,
  LessThanEquals: (a, b) => a <= b,
  GreaterThanEquals: (a, b) => a >= b,
};

export const OPERATOR =
  /^(?:(String|Numeric|Boolean|Timestamp)(Equals|LessThan|GreaterThan|LessThanEquals|GreaterThanEquals)(Path)?|StringMatches|Is(?:Null|Present|String|Numeric|Boolean|Timestamp))$/;

/** `*` stands for any characters, `\*` for itself. */
const matches = (text, pattern) =>
  new RegExp(
    `^${pattern
      .split(/(\\\*|\*)/)
      .map((part) =>
        part === '*'
          ? '[\\s\\S]*'
          : (part === '\\*' ? '*' : part).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'),
      )
      .join('')}$`,
  ).test(text);

export function ruleHolds(rule, scope) {
  if (rule.And) return rule.And.every((part) => ruleHolds(part, scope));
  if (rule.Or) return rule.Or.some((part) => ruleHolds(part, scope));
  if (rule.Not) return !ruleHolds(rule.Not, scope);
  const operator = Object.keys(rule).find((key) => OPERATOR.test(key));
  const value = readPath(rule.Variable, scope, { optional: operator === 'IsPresent' });
  if (operator === 'IsPresent') return (value !== undefined) === rule[operator];
  if (TYPE_TESTS[operator]) return TYPE_TESTS[operator](value) === rule[operator];
  if (operator === 'StringMatches')
    return typeof value === 'string' && matches(value, rule[operator]);
  const [, typeName, comparison, path] = operator.match(OPERATOR);
  const other = path ? readPath(rule[operator], scope) : rule[operator];
  const type = TYPES[typeName];
  // values of another type make the rule false, not an error
  return (
    type.accepts(value) &&
    type.accepts(other) &&
    COMPARISONS[comparison](type.order(value), type.order(other))
  );
}
