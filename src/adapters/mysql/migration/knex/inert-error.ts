import { inspect, types } from 'node:util';
import { isKeptMessage } from './keep-message.ts';

/** Represents a value that a migration threw and that is not an Error. */
export class ThrownValue extends Error {
  override readonly name = 'ThrownValue';
}

/** The maximum number of causes to follow, because a chain may be circular. */
const LONGEST = 10;

/** The properties of an error that the engine, the driver and Knex read, and `then`, which affects promises. */
const READ = [
  'name',
  'message',
  'stack',
  'cause',
  'code',
  'errno',
  'sqlState',
  'sqlMessage',
  'sql',
  'fatal',
  'then',
] as const;

/**
 * Turns a value that a migration threw into an Error that is safe to read: the error itself if it is ordinary, else
 * a copy of its readable parts. Migrations may throw anything: `undefined`, a Proxy, an error whose getters throw
 * or change their results, a frozen error, or one with a `then`. Only this function reads such values; it calls
 * each getter at most once, and never throws.
 */
export function inertError(thrown: unknown): Error {
  const known = new Map<unknown, Error>();
  return inert(thrown, known, 0);
}

function inert(thrown: unknown, known: Map<unknown, Error>, depth: number): Error {
  if (!isError(thrown)) {
    return new ThrownValue(`a value that is not an Error: ${shown(thrown)}`);
  }
  const copied = known.get(thrown);
  if (copied !== undefined) return copied;
  if (isOrdinary(thrown)) return thrown;
  const copy = new Error(text(read(thrown, 'message')) ?? 'an error without a message');
  known.set(thrown, copy);
  copy.name = text(read(thrown, 'name')) ?? 'Error';
  const stack = text(read(thrown, 'stack'));
  if (stack !== undefined) copy.stack = stack;
  for (const name of ['code', 'errno', 'sqlState', 'sqlMessage', 'sql', 'fatal'] as const) {
    const value = read(thrown, name);
    if (isPlain(value)) Object.assign(copy, { [name]: value });
  }
  const cause = read(thrown, 'cause');
  if (isError(cause) && depth < LONGEST) copy.cause = inert(cause, known, depth + 1);
  return copy;
}

/** Whether the value is an Error. Proxies are never inspected, because each access runs a trap. */
function isError(value: unknown): value is Error {
  if (types.isProxy(value)) return false;
  try {
    return types.isNativeError(value) || value instanceof Error;
  } catch {
    return false;
  }
}

/**
 * Whether reading the error and its causes runs no foreign code and terminates: every property is a plain one
 * (except the stack, which V8 creates on reading), and the chain ends.
 */
function isOrdinary(error: Error): boolean {
  const seen = new Set<unknown>();
  for (let link: unknown = error; link !== undefined && link !== null; ) {
    if (typeof link !== 'object') return isPlain(link);
    if (seen.has(link) || seen.size > LONGEST || !isError(link)) return false;
    seen.add(link);
    if (!Object.isExtensible(link) || !READ.every((name) => isPlainProperty(link as Error, name))) {
      return false;
    }
    link = (link as Error).cause;
  }
  return true;
}

function isPlainProperty(error: Error, name: (typeof READ)[number]): boolean {
  for (let holder: object | null = error; holder !== null; ) {
    // Class hierarchies may have a Proxy as a prototype.
    if (types.isProxy(holder)) return false;
    const property = Object.getOwnPropertyDescriptor(holder, name);
    if (property !== undefined) {
      if (name === 'then') return false;
      // V8's own accessor; one that a migration has defined is another function.
      if (name === 'stack') return 'value' in property || property.get === STACK_GETTER;
      if (!('value' in property)) return isKeptMessage(property);
      if (name === 'name' || name === 'message') return typeof property.value === 'string';
      return name === 'cause' ? isCause(property.value) : isPlain(property.value);
    }
    holder = Object.getPrototypeOf(holder);
  }
  return true;
}

const STACK_GETTER = Object.getOwnPropertyDescriptor(new Error('any'), 'stack')?.get;

function isCause(value: unknown): boolean {
  return isPlain(value) || isError(value);
}

function isPlain(value: unknown): boolean {
  return value === null || !['object', 'function', 'symbol'].includes(typeof value);
}

function read(error: Error, name: string): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Describes a value without custom inspection, which is foreign code, and without reading Proxies. */
function shown(value: unknown): string {
  if (types.isProxy(value)) return 'a Proxy';
  try {
    return inspect(value, { depth: 1, breakLength: 100, customInspect: false });
  } catch {
    return 'one that cannot be shown';
  }
}
