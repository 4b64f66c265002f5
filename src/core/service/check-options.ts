import { FanfoldError } from '../errors.ts';
import { nearestWord } from '../text/nearest-word.ts';

/** One option of a function: its allowed values, as a check and in words. */
export interface OptionRule {
  readonly allowed: string;
  readonly fits: (value: unknown) => boolean;
  /** Its value is never shown. */
  readonly isSecret?: true;
}

export const A_TEXT: OptionRule = { allowed: 'a text that is not empty', fits: isText };
export const A_BOOLEAN: OptionRule = {
  allowed: 'true or false',
  fits: (value) => typeof value === 'boolean',
};
export const SECONDS: OptionRule = {
  allowed: 'a number of seconds above 0, at most 86,400',
  fits: (value) => typeof value === 'number' && value > 0 && value <= 86_400,
};
export const AN_OBJECT: OptionRule = { allowed: 'an object', fits: isObject };

/** Keys that a function takes; `undefined` counts as left out. */
export type OptionRules<Options> = Readonly<Record<keyof Options & string, OptionRule>>;

/**
 * Throws `OptionInvalid` if options of a function of the library are unknown or have a value that is not
 * allowed: programs in JavaScript have no compiler to check them, and those in TypeScript may cast.
 */
export function checkOptions<Options>(options: unknown, rules: OptionRules<Options>): void {
  const names = Object.keys(rules);
  if (!isObject(options)) throw optionInvalid([`The options are ${typeName(options)}.`], names);
  const problems = Object.entries(options).flatMap(([name, value]) => {
    const rule = (rules as Readonly<Record<string, OptionRule | undefined>>)[name];
    if (rule === undefined || !names.includes(name)) return [unknown(name, names)];
    if (value === undefined || rule.fits(value)) return [];
    const is = rule.isSecret ? typeName(value) : shown(value);
    return [`"${name}" is ${is}; it must be ${rule.allowed}.`];
  });
  if (problems.length > 0) throw optionInvalid(problems, names);
}

function unknown(name: string, names: readonly string[]): string {
  const nearest = nearestWord(name, names);
  return `"${name}" is not an option.${nearest === undefined ? '' : ` Did you mean "${nearest}"?`}`;
}

function optionInvalid(problems: readonly string[], names: readonly string[]): FanfoldError {
  return new FanfoldError('OptionInvalid', problems.join('\n'), {
    fault: 'usage',
    nextStep: `Correct the options. They are: ${names.join(', ')}.`,
  });
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

/** A value in an error. Objects may hold anything, and are named by their kind. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, 120));
  return typeof value === 'object' || typeof value === 'function' ? typeName(value) : String(value);
}

/** The kind of a value, for secrets, which are never shown. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (value === '') return 'empty';
  if (Array.isArray(value)) return 'an array';
  const type = typeof value;
  return type === 'object' ? 'an object' : `a ${type}`;
}
