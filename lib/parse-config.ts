import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { type Config, configSchema } from './config-schema.ts';

/** The key of cdk.json's context (or of `-c`) that holds the configuration. */
export const CONTEXT_KEY = 'fanfold';

/**
 * Reads the configuration. `context` is what cdk.json has under {@link CONTEXT_KEY}, or JSON text from
 * `-c fanfold='{…}'`; undefined is an empty one. Throws an Error that names every key which is
 * unknown or wrong, its value and what is allowed.
 */
export function parseConfig(context: unknown): Config {
  const given = typeof context === 'string' ? parsedJson(context) : (context ?? {});
  const parsed = configSchema.safeParse(given);
  const problems = parsed.success
    ? contradictions(parsed.data)
    : parsed.error.issues.flatMap((issue) => describe(issue, given));
  if (parsed.success && problems.length === 0) return parsed.data;
  throw new Error(
    `The configuration under "${CONTEXT_KEY}" in the context of cdk.json is not right:\n${[...new Set(problems)].map((problem) => `- ${problem}`).join('\n')}`,
  );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(
      `The context "${CONTEXT_KEY}" is text and no JSON (${(error as Error).message}). In a shell: -c ${CONTEXT_KEY}='{"stackName":"Fanfold"}'`,
    );
  }
}

function contradictions(config: Config): string[] {
  const problems: string[] = [];
  for (const key of ['migrationsFolder', 'project'] as const) {
    const folder = config[key];
    if (folder === undefined || existsSync(resolve(folder))) continue;
    problems.push(`"${key}" is ${JSON.stringify(folder)}; there is no folder ${resolve(folder)}.`);
  }
  if (config.centralSecretKeyArn !== undefined && config.centralSecretArn === undefined) {
    problems.push('"centralSecretKeyArn" is given without "centralSecretArn".');
  }
  if (
    config.encryptionKeySecretKeyArn !== undefined &&
    config.encryptionKeySecretArn === undefined
  ) {
    problems.push('"encryptionKeySecretKeyArn" is given without "encryptionKeySecretArn".');
  }
  if (config.centralReadSecretKeyArn !== undefined && config.centralReadSecretArn === undefined) {
    problems.push('"centralReadSecretKeyArn" is given without "centralReadSecretArn".');
  }
  const { vpc } = config;
  if (vpc?.subnets !== undefined && vpc.cidr === undefined) {
    problems.push('"vpc.subnets" is given without "vpc.cidr".');
  }
  if (vpc?.cidr !== undefined && vpc.subnets === undefined) {
    problems.push('"vpc.cidr" is given without "vpc.subnets".');
  }
  if (vpc?.secretsManagerCidr !== undefined && vpc.secretsManagerSecurityGroupId !== undefined) {
    problems.push(
      '"vpc.secretsManagerCidr" and "vpc.secretsManagerSecurityGroupId" are given; one of them is enough.',
    );
  }
  if (vpc?.endpoints && vpc.subnets?.some(({ routeTableId }) => routeTableId === undefined)) {
    problems.push('"vpc.endpoints" is true; each of "vpc.subnets" must have its "routeTableId".');
  }
  return problems;
}

function describe(issue: z.core.$ZodIssue, given: unknown): string[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const schema = schemaAt(issue.path);
    const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
    return issue.keys.map(
      (key) => `"${[...path, key].join('.')}" is not known; known here: ${known.join(', ')}.`,
    );
  }
  const value = issue.path.reduce<unknown>(
    (holder, key) => (holder as Record<PropertyKey, unknown> | undefined)?.[key],
    given,
  );
  const name = path.length === 0 ? `"${CONTEXT_KEY}"` : `"${path.join('.')}"`;
  const shown = value === undefined ? 'missing' : JSON.stringify(value);
  return [`${name} is ${shown}; it must be ${schemaAt(issue.path)?.description ?? 'text'}.`];
}

/** The schema of a key, unwrapped if it is optional; its description names the allowed values. */
function schemaAt(path: readonly PropertyKey[]): z.ZodType | undefined {
  let schema: unknown = configSchema;
  for (const key of path) {
    const holder = required(schema);
    if (holder instanceof z.ZodObject) schema = holder.shape[String(key)];
    else if (holder instanceof z.ZodArray) schema = holder.element;
    else return undefined;
  }
  return path.length === 0 ? configSchema.describe('an object') : required(schema);
}

function required(schema: unknown): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    const inner = required(schema.unwrap());
    return schema.description === undefined ? inner : inner?.describe(schema.description);
  }
  return schema instanceof z.ZodType ? schema : undefined;
}
