import * as z from 'zod';
import type { FanfoldConfig } from '../config/fanfold-config.ts';
import { FanfoldError } from '../errors.ts';
import { nearestWord } from '../text/nearest-word.ts';
import { configSchema } from './config-schema.ts';
import { REQUEST_KEYS } from './request-schema.ts';

/** Names under which people may look for settings that are somewhere else. */
const ELSEWHERE = new Map([
  [
    'rollout',
    'bakeMinutes, watch, windows, freezes, timeZone, approval and approvalHours are keys of "request"',
  ],
]);

/**
 * Checks what a configuration file exports. Throws `ConfigInvalid`, which names every key that is unknown
 * or wrong, its value and what is allowed. Settings of Knex are not repeated: they may hold a password.
 *
 * @param file for people
 */
export function parseConfig(input: unknown, file: string): FanfoldConfig {
  const parsed = configSchema.safeParse(input);
  const problems = parsed.success
    ? contradictions(parsed.data as FanfoldConfig)
    : parsed.error.issues.flatMap((issue) => problemsOf(issue, input));
  if (problems.length > 0) throw configInvalid(file, [...new Set(problems)]);
  // The file's own object: parsing copies, and settings of Knex may be instances of classes.
  const { $schema: _, ...config } = input as Record<string, unknown>;
  return config as FanfoldConfig;
}

function configInvalid(file: string, problems: readonly string[]): FanfoldError {
  return new FanfoldError('ConfigInvalid', `${file}: ${problems.join('\n')}`, {
    fault: 'configuration',
    nextStep: `Correct ${file}; docs/reference/configuration.md has all keys. What counts then: \`fanfold config\``,
  });
}

function problemsOf(issue: z.core.$ZodIssue, input: unknown): string[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownKey(key, issue.path));
  }
  if (issue.path.length === 0) {
    return [`It has to export an object, not ${kindOf(input)}.`];
  }
  // Of a union, zod reports either that nothing fits, or the part that fits except for a check.
  if (issue.path.at(-1) === 'knex') {
    const slips = slipsOfReference(issue.path, issue.path.reduce<unknown>(memberOf, input));
    if (slips.length > 0) return slips;
  }
  // The value of a list or a union is judged as a whole.
  const path = issue.path.slice(0, describedLength(issue.path));
  const { description } = schemaAt(path) ?? {};
  const value = path.reduce<unknown>(memberOf, input);
  // Settings of Knex may hold a password, and so may a login that was written in full.
  const isSecretive = path.includes('knex') || path.includes('shapes') || path.includes('replicas');
  const found = isSecretive ? kindOf(value) : shown(value);
  return [`"${path.join('.')}" is ${found}; it must be ${description ?? 'something else'}.`];
}

/** The problem with an object that names a knexfile. */
function slipsOfReference(path: readonly PropertyKey[], value: unknown): string[] {
  if (typeof value !== 'object' || value === null || !('file' in value)) return [];
  const keys = ['file', 'env'];
  return Object.entries(value).flatMap(([key, given]) => {
    const whole = [...path, key].join('.');
    if (!keys.includes(key)) {
      const nearest = nearestWord(key, keys);
      const suggestion = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
      return [
        `"${whole}" does not go together with "file", beside which there is only "env".${suggestion}`,
      ];
    }
    const isText = (typeof given === 'string' && given.trim() !== '') || given === undefined;
    const wanted =
      key === 'file' ? 'the path of a knexfile' : 'the name of an environment of the knexfile';
    // A scalar at this place is a name or a path, and no setting.
    const found = typeof given === 'object' ? kindOf(given) : shown(given);
    return isText ? [] : [`"${whole}" is ${found}; it must be ${wanted}, as a text.`];
  });
}

function unknownKey(key: string, path: readonly PropertyKey[]): string {
  const whole = [...path, key].join('.');
  const known = keysAt(path);
  const isTop = path.length === 0 || (path.length === 2 && path[0] === 'environments');
  const elsewhere = isTop ? ELSEWHERE.get(key) : undefined;
  if (elsewhere !== undefined) return `"${whole}" is not a key: ${elsewhere}.`;
  if (path.at(-1) === 'request' && (REQUEST_KEYS as string[]).includes(key)) {
    return `"${whole}" belongs to one run and has no default: give it on the command line.`;
  }
  const nearest = nearestWord(key, known);
  const suggestion =
    nearest === undefined ? ` Its keys: ${known.join(', ')}.` : ` Did you mean "${nearest}"?`;
  return `"${whole}" is not a key of ${path.length === 0 ? 'the configuration' : `"${path.join('.')}"`}.${suggestion}`;
}

function contradictions(config: FanfoldConfig): string[] {
  const sections = [['', config] as const, ...Object.entries(config.environments ?? {})];
  return sections.flatMap(([name, { request }]) => {
    const both =
      request?.toleratedFailureCount !== undefined &&
      request.toleratedFailurePercentage !== undefined;
    const path = name === '' ? 'request' : `environments.${name}.request`;
    return both
      ? [
          `"${path}.toleratedFailureCount" and "${path}.toleratedFailurePercentage" exclude each other: give one.`,
        ]
      : [];
  });
}

/** The schema at a path, without `optional`; undefined beyond lists and unions. */
function schemaAt(path: readonly PropertyKey[]): z.ZodType | undefined {
  let schema: z.ZodType | undefined = configSchema;
  for (const key of path) {
    const inner: z.ZodType | undefined = unwrapped(schema);
    if (inner instanceof z.ZodObject) schema = inner.shape[String(key)] as z.ZodType | undefined;
    else if (inner instanceof z.ZodRecord) schema = inner.valueType as z.ZodType;
    else return undefined;
  }
  return schema;
}

function unwrapped(schema: z.ZodType | undefined): z.ZodType | undefined {
  return schema instanceof z.ZodOptional ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

function keysAt(path: readonly PropertyKey[]): string[] {
  const schema = unwrapped(schemaAt(path));
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/** The number of keys of a path that lead to a schema with known keys. */
function describedLength(path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 1; length--) {
    if (schemaAt(path.slice(0, length))?.description !== undefined) return length;
  }
  return 1;
}

function memberOf(value: unknown, key: PropertyKey): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<PropertyKey, unknown>)[key]
    : undefined;
}

const SHOWN_LENGTH = 120;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? kindOf(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH - 1)}…` : text;
}

/** The kind of a value, without the value. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value === '' ? 'empty' : 'a text';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
