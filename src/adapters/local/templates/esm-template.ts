import type { MigrationBody } from '../../../core/bundle/migration-body.ts';
import { indent, templateHint } from './template-hint.ts';

/** Source of a new migration in JavaScript, as an ES module. */
export function esmTemplate({ up, down }: MigrationBody): string {
  return `${templateHint()}
/** @param {import('knex').Knex} knex */
export async function up(knex) {
${indent(up)}
}

/** @param {import('knex').Knex} knex */
export async function down(knex) {
${indent(down)}
}
`;
}
