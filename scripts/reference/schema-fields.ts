import { code, prose } from './markdown-table.ts';

/** The parts of a JSON Schema that zod writes and that these pages show. */
export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly additionalProperties?: JsonSchema | boolean;
}

/** Fields of an object schema, with whether each is always there. */
export function fieldsOf(
  schema: JsonSchema,
): { readonly name: string; readonly schema: JsonSchema; readonly isRequired: boolean }[] {
  return Object.entries(schema.properties ?? {}).map(([name, field]) => ({
    name,
    schema: field,
    isRequired: schema.required?.includes(name) === true,
  }));
}

/** The kind of a value in a few words: `a number`, one of its words, `a list of texts`. */
export function kindOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum !== undefined) {
    return schema.enum.map((each) => code(JSON.stringify(each))).join(', ');
  }
  if (schema.oneOf !== undefined) return 'object';
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'integer':
      return 'whole number';
    case 'number':
      return 'number';
    case 'boolean':
      return 'true or false';
    case 'array':
      return schema.items?.type === 'string' ? 'list of texts' : 'list of objects';
    case 'object':
      return schema.properties === undefined ? 'object by name' : 'object';
    default:
      throw new TypeError(`No words for the schema ${JSON.stringify(schema)}.`);
  }
}

/** The values that are allowed, in the words of the error about a wrong one. */
export function allowed(schema: JsonSchema): string {
  if (schema.description === undefined) {
    throw new TypeError(`The schema ${JSON.stringify(schema)} has no description.`);
  }
  return prose(schema.description);
}
