import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { columnFact, type SchemaFacts, type TableFacts } from './table-facts.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));

/** The Prisma schema of the central database, as text. */
export const centralSchema = readFileSync(join(repository, 'prisma/schema-central.prisma'), 'utf8');

/**
 * The tables of a Prisma schema, read by Prisma's own parser: the schema's generators are
 * replaced by one that writes down the data model which Prisma hands to generators.
 */
export function prismaFacts(schema: string): SchemaFacts {
  const { models, indexes } = dataModelOf(schema);
  const tables = models.map((model) => {
    const keys = indexes.filter((index) => index.model === model.name).map(keyFact);
    return [tableOf(model), { ...modelFacts(model, models), keys: keys.sort() }] as const;
  });
  return Object.fromEntries(tables);
}

function modelFacts(model: Model, models: readonly Model[]): Omit<TableFacts, 'keys'> {
  const scalars = model.fields.filter(({ kind }) => kind === 'scalar');
  const relations = model.fields.filter(({ relationFromFields }) => relationFromFields?.length);
  return {
    columns: Object.fromEntries(scalars.map((field) => [columnOf(field), fieldFact(field)])),
    foreignKeys: relations.map((field) => relationFact(field, models)).sort(),
  };
}

function fieldFact({ nativeType, isRequired, default: given }: Field): string {
  if (!nativeType) throw new Error('Every field of the schema names its type with @db.');
  const [name, args] = nativeType;
  const words = name.replace(/^Unsigned(.*)$/, '$1 unsigned').toLowerCase();
  const type = args.length === 0 ? words : `${words}(${args.join(',')})`;
  return columnFact(type, !isRequired, given === undefined ? null : defaultText(given));
}

function defaultText(given: NonNullable<Field['default']>): string {
  if (typeof given !== 'object') return String(given);
  if (given.name !== 'dbgenerated') throw new Error(`No database makes ${given.name}() by itself.`);
  return String(given.args[0]);
}

function keyFact({ type, fields }: Index): string {
  const words = { id: 'primary', unique: 'unique', normal: 'index' };
  return `${words[type]} (${fields.map(({ name }) => name).join(', ')})`;
}

function relationFact(field: Field, models: readonly Model[]): string {
  const target = models.find(({ name }) => name === field.type);
  const [from, to] = [field.relationFromFields, field.relationToFields].map((names) =>
    (names ?? []).join(', '),
  );
  return `(${from}) to ${target && tableOf(target)} (${to}) on delete ${field.relationOnDelete} on update ${field.relationOnUpdate}`.toLowerCase();
}

function tableOf({ dbName, name }: Model): string {
  return dbName ?? name;
}

function columnOf({ dbName, name }: Field): string {
  return dbName ?? name;
}

function dataModelOf(schema: string): DataModel {
  const folder = mkdtempSync(join(tmpdir(), 'fanfold-schema-'));
  try {
    const file = join(folder, 'schema.prisma');
    const output = join(folder, 'data-model.json');
    // Prisma splits the command at blanks, which the path of the repository may have.
    const generator = join(folder, 'generator.mjs');
    copyFileSync(new URL('./data-model-generator.mjs', import.meta.url), generator);
    const block = `generator facts {\n  provider = "node ${generator}"\n  output = "${output}"\n}\n`;
    writeFileSync(file, schema.replaceAll(/^generator .*?^\}\n/gms, '') + block);
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(repository, 'node_modules/prisma/build/index.js'), 'generate', `--schema=${file}`],
      { cwd: repository, encoding: 'utf8' },
    );
    if (status !== 0) throw new Error(`prisma generate failed:\n${stdout}${stderr}`);
    return JSON.parse(readFileSync(output, 'utf8')) as DataModel;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The part of Prisma's data model (DMMF) that is looked at here. */
interface DataModel {
  readonly models: readonly Model[];
  readonly indexes: readonly Index[];
}

interface Model {
  readonly name: string;
  readonly dbName: string | null;
  readonly fields: readonly Field[];
}

interface Field {
  readonly name: string;
  readonly dbName?: string | null;
  readonly kind: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly nativeType?: readonly [name: string, args: readonly string[]] | null;
  readonly default?: string | number | boolean | { name: string; args: readonly unknown[] };
  readonly relationFromFields?: readonly string[];
  readonly relationToFields?: readonly string[];
  readonly relationOnDelete?: string;
  readonly relationOnUpdate?: string;
}

interface Index {
  readonly model: string;
  readonly type: 'id' | 'unique' | 'normal';
  readonly fields: readonly { readonly name: string }[];
}
