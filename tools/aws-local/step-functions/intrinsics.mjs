// Intrinsic functions of JSONPath states (Developer Guide: "Intrinsics for JSONPath states in Step Functions").
import { createHash, randomUUID } from 'node:crypto';
import { StatesError } from './errors.mjs';
import { readPath } from './json-path.mjs';

const ALGORITHMS = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

export const partition = (array, size) =>
  Array.from({ length: Math.ceil(array.length / size) }, (_, i) =>
    array.slice(i * size, (i + 1) * size),
  );

export function range(first, last, step) {
  const numbers = [];
  for (let n = first; step > 0 ? n <= last : n >= last; n += step) numbers.push(n);
  return numbers;
}

export const hash = (data, algorithm) =>
  createHash(ALGORITHMS[algorithm])
    .update(typeof data === 'string' ? data : JSON.stringify(data))
    .digest('hex');

function format(template, ...values) {
  let next = 0;
  return template.replace(/\\([{}'\\])|\{\}/g, (_, escaped) => {
    if (escaped) return escaped;
    const value = values[next++];
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

const FUNCTIONS = {
  Format: format,
  StringToJson: (text) => JSON.parse(text),
  JsonToString: (value) => JSON.stringify(value),
  Array: (...values) => values,
  ArrayPartition: partition,
  ArrayContains: (array, value) => array.some((item) => same(item, value)),
  ArrayRange: range,
  ArrayGetItem: (array, index) => array[index],
  ArrayLength: (array) => array.length,
  ArrayUnique: (array) => [...new Map(array.map((item) => [JSON.stringify(item), item])).values()],
  Base64Encode: (text) => Buffer.from(text).toString('base64'),
  Base64Decode: (text) => Buffer.from(text, 'base64').toString(),
  Hash: hash,
  JsonMerge: (a, b) => ({ ...a, ...b }),
  MathRandom: (from, to) => from + Math.floor(Math.random() * (to - from)),
  MathAdd: (a, b) => a + b,
  StringSplit: (text, separators) =>
    text
      .split(new RegExp(`[${separators.replace(/[\\\]^-]/g, '\\$&')}]`))
      .filter((part) => part !== ''),
  UUID: () => randomUUID(),
};

/** Evaluates `States.Name(argument, ...)`; arguments are strings, numbers, paths or nested calls. */
function callIntrinsic(source, scope) {
  let at = 0;
  const fail = (why) => {
    throw new StatesError(
      'States.IntrinsicFailure',
      `Invalid intrinsic function '${source}': ${why}`,
    );
  };
  const skipBlanks = () => {
    while (/\s/.test(source[at] ?? '')) at++;
  };
  const text = () => {
    let value = '';
    for (at++; source[at] !== "'"; at++) {
      if (at >= source.length) fail('a string is not closed');
      value += source[at] === '\\' ? `\\${source[++at]}` : source[at];
    }
    at++;
    return value;
  };
  const argument = () => {
    skipBlanks();
    if (source[at] === "'") return text();
    if (source.startsWith('States.', at)) return call();
    if (source[at] === '$') {
      const from = at;
      for (let depth = 0; at < source.length && (depth || !/[,)\s]/.test(source[at])); at++) {
        if (source[at] === '[') depth++;
        if (source[at] === ']') depth--;
      }
      return readPath(source.slice(from, at), scope);
    }
    const literal =
      source.slice(at).match(/^(true|false|null|-?\d+(\.\d+)?)/)?.[0] ??
      fail(`argument at character ${at}`);
    at += literal.length;
    return JSON.parse(literal);
  };
  const call = () => {
    const [head, name] =
      source.slice(at).match(/^States\.(\w+)\s*\(/) ?? fail('States.<Name>( expected');
    const fn = FUNCTIONS[name] ?? fail(`unknown function ${name}`);
    at += head.length;
    const values = [];
    for (skipBlanks(); source[at] !== ')'; skipBlanks()) {
      values.push(argument());
      skipBlanks();
      if (source[at] === ',') at++;
      else if (source[at] !== ')') fail(`, or ) expected at character ${at}`);
    }
    at++;
    const plain = (value) =>
      typeof value === 'string' ? value.replace(/\\(['\\])/g, '$1') : value;
    try {
      return fn(...(name === 'Format' ? values : values.map(plain)));
    } catch (error) {
      return fail(error.message);
    }
  };
  const value = call();
  skipBlanks();
  if (at < source.length) fail(`trailing text at character ${at}`);
  return value;
}

export const readPathOrCall = (source, scope, options) =>
  source.startsWith('States.') ? callIntrinsic(source, scope) : readPath(source, scope, options);

/** A payload template: keys that end in `.$` are replaced by the value of their path or intrinsic. */
export function fillTemplate(template, scope) {
  if (Array.isArray(template)) return template.map((value) => fillTemplate(value, scope));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, value]) =>
      key.endsWith('.$')
        ? [key.slice(0, -2), readPathOrCall(value, scope)]
        : [key, fillTemplate(value, scope)],
    ),
  );
}
