import type { MigrationBody } from '../../../core/bundle/migration-body.ts';
import { indent, templateHint } from './template-hint.ts';

/** Source of a new migration in TypeScript. */
export function typescriptTemplate({ up, down }: MigrationBody): string {
  return `import type { Knex } from 'knex';

${templateHint()}
export async function up(knex: Knex): Promise<void> {
${indent(up)}
}

export async function down(knex: Knex): Promise<void> {
${indent(down)}
}
`;
}
