import type { MigrationBody } from '../../../core/bundle/migration-body.ts';
import { indent, templateHint } from './template-hint.ts';

/** Source of a new migration in JavaScript, as a CommonJS module. */
export function commonJsTemplate({ up, down }: MigrationBody): string {
  return `${templateHint()}
/** @param {import('knex').Knex} knex */
exports.up = async function up(knex) {
${indent(up)}
};

/** @param {import('knex').Knex} knex */
exports.down = async function down(knex) {
${indent(down)}
};
`;
}
