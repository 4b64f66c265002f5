import {
  REHEARSAL_RULES,
  type RehearsalRule,
} from '../../src/core/safety/rehearsal/rehearsal-rules.ts';
import { code, markdownTable } from './markdown-table.ts';

/** Every rule of `migrate:rehearse`. */
export function rehearsalSection(): string {
  return markdownTable(
    ['rule', 'a migration that …', 'by default', 'change'],
    Object.entries(REHEARSAL_RULES).map(
      ([name, { finds, severity, change }]: [string, RehearsalRule]) => [
        code(name),
        finds,
        severity,
        change,
      ],
    ),
  );
}
