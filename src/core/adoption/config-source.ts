import type { TenantsMapping, TenantsTable } from '../central/tenants-mapping.ts';

/** The kind of JavaScript in a project, and so of its configuration. */
export type ConfigLanguage = 'typescript' | 'esm' | 'commonjs' | 'json';

/** The findings of `fanfold init`, as far as they differ from the defaults. */
export interface InitialConfig {
  readonly tenants?: TenantsMapping | undefined;
  /** Relative to the project, with `./`. */
  readonly migrationsFolder?: string | undefined;
  readonly knexfile?: string | undefined;
}

const INDENT = '  ';

/**
 * The text of a configuration file. JavaScript names its type in a comment and imports nothing, so that it
 * can be read wherever it is.
 */
export function configSource(config: InitialConfig, language: ConfigLanguage): string {
  if (language === 'json') return `${JSON.stringify(configValue(config), null, INDENT)}\n`;
  const value = literal(configValue(config), '');
  if (language === 'typescript') {
    return `import { defineConfig } from 'fanfold';\n\nexport default defineConfig(${value});\n`;
  }
  const start = language === 'esm' ? 'export default' : 'module.exports =';
  return `/** @type {import('fanfold').FanfoldConfig} */\n${start} ${value};\n`;
}

/** The configuration as an object of the keys that the file has. */
function configValue({ tenants, migrationsFolder, knexfile }: InitialConfig): object {
  return {
    ...(tenants !== undefined && !isUsual(tenants) && { central: { tenants } }),
    ...(migrationsFolder !== undefined && { migrations: { folder: migrationsFolder } }),
    ...(knexfile !== undefined && { knex: { file: knexfile } }),
  };
}

/** Whether a mapping is the one that counts without any configuration. */
function isUsual(mapping: TenantsMapping): boolean {
  if ('query' in mapping || mapping.active !== undefined) return false;
  const { table, columns = {} }: TenantsTable = mapping;
  return table === 'tenants' && Object.keys(columns).length === 0;
}

/** A value as people write it: keys without quotes, a query over several lines in backticks. */
function literal(value: unknown, indent: string): string {
  if (typeof value === 'string') return text(value, indent);
  if (Array.isArray(value)) return `[${value.map((each) => literal(each, indent)).join(', ')}]`;
  const entries = Object.entries(value as object).filter(([, each]) => each !== undefined);
  if (entries.length === 0) return '{}';
  const inner = indent + INDENT;
  const lines = entries.map(([key, each]) => `${inner}${key}: ${literal(each, inner)},\n`);
  return `{\n${lines.join('')}${indent}}`;
}

function text(value: string, indent: string): string {
  if (!value.includes('\n')) return `'${value.replaceAll(/[\\']/g, '\\$&')}'`;
  const inner = indent + INDENT;
  const escaped = value.replaceAll(/[\\`]|\$\{/g, '\\$&');
  return `\`\n${escaped.replaceAll(/^/gm, inner)}\n${indent}\``;
}
