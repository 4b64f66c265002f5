import type { Rule } from '../../src/core/safety/lint/rule.ts';
import { RULES } from '../../src/core/safety/lint/rules/all-rules.ts';
import { code, markdownTable } from './markdown-table.ts';

/** Every rule of `migrate:lint`: a table, and a section a rule. */
export function lintSection(): string {
  const table = markdownTable(
    ['rule', 'finds', 'by default'],
    RULES.map(({ name, finds, severity }) => [`[${code(name)}](#${name})`, finds, severity]),
  );
  return [table, ...RULES.map(ruleSection)].join('\n\n');
}

function ruleSection({ name, judges, severity, finds, why, safeWay }: Rule): string {
  const what = judges === 'statements' ? 'what is sent, on a scratch server' : 'the file';
  return [
    `### ${name}`,
    `Finds ${finds}. Judges ${what}. By default: ${severity}.`,
    `**Why:** ${why}`,
    `**Safe way:** ${safeWay}`,
  ].join('\n\n');
}
