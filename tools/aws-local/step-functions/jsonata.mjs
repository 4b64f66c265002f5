// JSONata as Step Functions uses it (Developer Guide: "Transforming data with JSONata in Step Functions").
import { randomUUID } from 'node:crypto';
import { load } from '../dependencies.mjs';
import { StatesError } from './errors.mjs';
import { hash, partition, range } from './intrinsics.mjs';

const jsonata = load('jsonata');

// Functions that Step Functions adds; of JSONata's own functions, it removes only $eval.
const EXTRA = {
  partition,
  range,
  hash,
  random: (seed) =>
    seed === undefined
      ? Math.random()
      : Number.parseInt(hash(String(seed), 'MD5').slice(0, 12), 16) / 2 ** 48,
  uuid: () => randomUUID(),
  parse: (text) => JSON.parse(text),
  eval: () => {
    throw new Error('$eval is not supported in Step Functions; use $parse');
  },
};

const compiled = new Map();

/** The expression inside `{% %}`, or undefined for a plain string. */
export const expressionOf = (text) => text.match(/^\{%([\s\S]*)%\}$/)?.[1];

export function compile(source) {
  let expression = compiled.get(source);
  if (!expression) {
    expression = jsonata(source);
    for (const [name, fn] of Object.entries(EXTRA)) expression.registerFunction(name, fn);
    compiled.set(source, expression);
  }
  return expression;
}

async function evaluateExpression(source, states, variables) {
  try {
    const value = await compile(source).evaluate(undefined, { states, ...variables });
    if (value === undefined)
      throw new Error(`The JSONata expression '${source.trim()}' returned nothing (undefined).`);
    if (typeof value === 'function')
      throw new Error(`The JSONata expression '${source.trim()}' returned a function.`);
    return JSON.parse(JSON.stringify(value)); // results share objects with the input, and carry JSONata's own marks on arrays
  } catch (error) {
    throw new StatesError('States.QueryEvaluationError', String(error.message ?? error));
  }
}

/** Replaces every `{% %}` string in a JSON value by its result. */
export async function evaluate(template, states, variables) {
  if (typeof template === 'string') {
    const source = expressionOf(template);
    return source === undefined ? template : evaluateExpression(source, states, variables);
  }
  if (Array.isArray(template)) {
    const values = [];
    for (const value of template) values.push(await evaluate(value, states, variables));
    return values;
  }
  if (template === null || typeof template !== 'object') return template;
  const object = {};
  for (const [key, value] of Object.entries(template))
    object[key] = await evaluate(value, states, variables);
  return object;
}
