import * as z from 'zod';
import { FanfoldError } from '../errors.ts';
import { nearestWord } from '../text/nearest-word.ts';

const text = z.string().trim().min(1).max(255);

/**
 * The input of the state machine ProvisionTenant: the options of `tenant:provision`, or the id of an existing
 * row. Each description names the allowed values, and is a part of the error for a wrong one; the names of
 * slug and database are checked where the row is made.
 */
const requestSchema = z.strictObject({
  tenantId: text.optional().describe('the id of a tenant whose row is there'),
  slug: text.optional().describe('a slug such as "acme-corp"'),
  name: text.optional().describe('what people read, such as "Acme Corp"'),
  host: text.optional().describe('host name or address of the database server'),
  port: z.int().min(1).max(65_535).optional().describe('a whole number from 1 to 65,535'),
  database: text.optional().describe('the name of a database'),
  user: text.optional().describe('the name of a user'),
});

const KEYS = Object.keys(requestSchema.shape) as readonly (keyof typeof requestSchema.shape)[];
const SHOWN_LENGTH = 120;

/** A tenant to provision: an existing row, or a new one. */
export type ProvisionRequest =
  | { readonly tenantId: string }
  | (Omit<z.infer<typeof requestSchema>, 'tenantId' | 'slug'> & { readonly slug: string });

/**
 * Reads what an execution of ProvisionTenant was started with. Throws `RequestInvalid`, which names
 * every key that is unknown or wrong, its value and what is allowed.
 */
export function parseProvisionRequest(input: unknown): ProvisionRequest {
  const parsed = requestSchema.safeParse(input);
  if (!parsed.success)
    throw invalid(parsed.error.issues.flatMap((issue) => problems(issue, input)));
  const { tenantId, slug, ...rest } = parsed.data;
  if (tenantId !== undefined) {
    const others = KEYS.filter((key) => key !== 'tenantId' && parsed.data[key] !== undefined);
    if (others.length === 0) return { tenantId };
    throw invalid([
      `"tenantId" stands for an existing row, so ${others.map(quote).join(', ')} cannot be given with it.`,
    ]);
  }
  if (slug !== undefined) return { slug, ...rest };
  throw invalid(['"tenantId" or "slug" has to say which tenant.']);
}

function problems(issue: z.core.$ZodIssue, input: unknown): string[] {
  const [key] = issue.path;
  if (key !== undefined) {
    const allowed = requestSchema.shape[key as keyof typeof requestSchema.shape].description;
    const value = (input as Record<PropertyKey, unknown>)[key];
    return [`${quote(String(key))} is ${shown(value)}; it must be ${allowed}.`];
  }
  if (issue.code !== 'unrecognized_keys') {
    return [`A request is a JSON object, not ${shown(input)}.`];
  }
  return issue.keys.map((unknown) => {
    const nearest = nearestWord(unknown, KEYS);
    const suggestion = nearest === undefined ? '' : ` Did you mean ${quote(nearest)}?`;
    return `${quote(unknown)} is not a key of a request.${suggestion}`;
  });
}

function shown(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > SHOWN_LENGTH ? `${json.slice(0, SHOWN_LENGTH - 1)}…` : json;
}

function quote(word: string): string {
  return JSON.stringify(word);
}

function invalid(found: readonly string[]): FanfoldError {
  return new FanfoldError('RequestInvalid', found.join('\n'), {
    fault: 'usage',
    nextStep: `Correct the input: {"tenantId":"…"}, or {"slug":"acme-corp","host":"db1.example.com"}. Its keys: ${KEYS.join(', ')}.`,
  });
}
