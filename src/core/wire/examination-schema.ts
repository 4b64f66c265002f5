import * as z from 'zod';
import { CHECK_NAMES } from '../doctor/check.ts';
import type { Examination } from '../doctor/examine-tenant.ts';
import { ERROR_CODES, type ErrorCode } from '../error-codes.ts';
import { FINDING_CODES, type FindingCode, NOTE_CODES } from '../note-codes.ts';
import { tenantRefSchema } from './outcome-schema.ts';

const errorCodes = Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]];
const findingCodes: readonly [FindingCode, ...FindingCode[]] = [
  ...errorCodes,
  ...NOTE_CODES,
  ...FINDING_CODES,
];
const name = z.enum(CHECK_NAMES);
const words = { message: z.string(), nextStep: z.string() };

/** The result of examining one tenant. */
export const examinationSchema = z.object({
  tenant: tenantRefSchema,
  status: z.enum(['well', 'unwell']),
  checks: z.array(
    z.discriminatedUnion('status', [
      z.object({ name, status: z.literal('ok'), message: z.string() }),
      z.object({ name, status: z.literal('note'), code: z.enum(findingCodes), ...words }),
      z.object({ name, status: z.literal('wrong'), code: z.enum(errorCodes), ...words }),
    ]),
  ),
}) satisfies z.ZodType<Examination>;
