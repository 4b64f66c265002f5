// The part of JSONPath that Step Functions accepts in reference paths and paths (Developer Guide: "Using JSONPath paths").
import { runtimeError, StatesError } from './errors.mjs';

const STEP =
  /\.\.([A-Za-z_][\w-]*)|\.([^.[\]]+)|\[\s*'((?:[^'\\]|\\.)*)'\s*\]|\[\s*"((?:[^"\\]|\\.)*)"\s*\]|\[\s*(\*|-?\d*(?::-?\d*)?(?:,-?\d+)*)\s*\]/gy;

/** Splits the path after its root into steps. */
function pathSteps(rest) {
  const steps = [];
  let at = 0;
  while (at < rest.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(rest);
    if (!match) throw runtimeError(`Invalid path '$${rest}'`);
    at = STEP.lastIndex;
    const [, deep, dotted, single, double, bracket] = match;
    if (deep !== undefined) steps.push({ kind: 'descend', key: deep });
    else if (dotted !== undefined)
      steps.push(dotted === '*' ? { kind: 'all' } : { kind: 'key', key: dotted });
    else if (single !== undefined || double !== undefined)
      steps.push({ kind: 'key', key: single ?? double });
    else if (bracket === '*') steps.push({ kind: 'all' });
    else if (bracket.includes(':'))
      steps.push({
        kind: 'slice',
        bounds: bracket.split(':').map((n) => (n === '' ? undefined : Number(n))),
      });
    else if (bracket.includes(','))
      steps.push({ kind: 'indexes', indexes: bracket.split(',').map(Number) });
    else steps.push({ kind: 'index', index: Number(bracket) });
  }
  return steps;
}

const MULTIPLE = new Set(['all', 'slice', 'indexes', 'descend']);

function follow(step, value) {
  if (value === null || typeof value !== 'object') return [];
  switch (step.kind) {
    case 'key':
      return Object.hasOwn(value, step.key) ? [value[step.key]] : [];
    case 'index': {
      const index = step.index < 0 ? value.length + step.index : step.index;
      return Array.isArray(value) && index < value.length ? [value[index]] : [];
    }
    case 'all':
      return Object.values(value);
    case 'slice':
      return Array.isArray(value) ? value.slice(...step.bounds) : [];
    case 'indexes':
      return step.indexes.filter((index) => index in value).map((index) => value[index]);
    case 'descend': {
      const own = !Array.isArray(value) && Object.hasOwn(value, step.key) ? [value[step.key]] : [];
      return [...own, ...Object.values(value).flatMap((child) => follow(step, child))];
    }
  }
}

/**
 * Reads `path`: `$` is the state's input, `$$` the context object, `$name` a workflow variable.
 * If nothing is found, returns undefined if `optional`, else throws States.Runtime, as Step Functions does.
 */
export function readPath(path, { input, context, variables }, { optional = false } = {}) {
  let root = input;
  let rest = path.slice(1);
  if (path.startsWith('$$')) {
    root = context;
    rest = path.slice(2);
  } else if (path !== '$' && !/^\$[.[]/.test(path)) {
    const name = path.match(/^\$([A-Za-z_]\w*)/)?.[1];
    if (!name) throw runtimeError(`Invalid path '${path}'`);
    if (!Object.hasOwn(variables, name)) {
      if (optional) return undefined;
      throw runtimeError(`The variable '${name}' in the path '${path}' is not defined`);
    }
    root = variables[name];
    rest = path.slice(name.length + 1);
  }
  const steps = pathSteps(rest);
  let found = [root];
  for (const step of steps) found = found.flatMap((value) => follow(step, value));
  if (steps.some((step) => MULTIPLE.has(step.kind))) return found;
  if (found.length) return found[0];
  if (optional) return undefined;
  throw runtimeError(
    `The JSONPath '${path}' specified for the field could not be found in the input '${JSON.stringify(input)?.slice(0, 200)}'`,
  );
}

/** ResultPath: null keeps the input, `$` replaces it, a reference path puts the result into it. */
export function writePath(path, raw, result) {
  if (path === null) return raw;
  if (path === '$' || path === undefined) return result;
  const root = raw === undefined || raw === null ? {} : structuredClone(raw);
  if (typeof root !== 'object')
    throw new StatesError(
      'States.ResultPathMatchFailure',
      `Unable to apply step "${path}" to input ${JSON.stringify(raw)}`,
    );
  const keys = pathSteps(path.slice(1)).map((step) => step.key ?? step.index);
  let at = root;
  for (const key of keys.slice(0, -1)) {
    if (at[key] === null || typeof at[key] !== 'object') at[key] = {};
    at = at[key];
  }
  at[keys.at(-1)] = result;
  return root;
}
