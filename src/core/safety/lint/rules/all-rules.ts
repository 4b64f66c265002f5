import type { Rule } from '../rule.ts';
import { BACKFILL_RULES } from './backfill-rules.ts';
import { COLUMN_RULES } from './column-rules.ts';
import { CONSTRAINT_RULES } from './constraint-rules.ts';
import { CONTEXT_RULES } from './context-rules.ts';
import { INDEX_RULES } from './index-rules.ts';
import { NAME_RULES } from './name-rules.ts';
import { ORDER_RULES } from './order-rules.ts';
import { SOURCE_RULES } from './source-rules.ts';
import { STATEMENT_RULES } from './statement-rules.ts';
import { TABLE_RULES } from './table-rules.ts';
import { TYPE_RULES } from './type-rules.ts';

/** Every rule, in the order in which the reference has them. */
export const RULES: readonly Rule[] = [
  ...TABLE_RULES,
  ...COLUMN_RULES,
  ...TYPE_RULES,
  ...NAME_RULES,
  ...INDEX_RULES,
  ...CONSTRAINT_RULES,
  ...BACKFILL_RULES,
  ...STATEMENT_RULES,
  ...CONTEXT_RULES,
  ...SOURCE_RULES,
  ...ORDER_RULES,
];
