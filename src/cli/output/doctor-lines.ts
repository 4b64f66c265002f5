import type { Check, Finding } from '../../core/doctor/check.ts';
import type { Examination } from '../../core/doctor/examine-tenant.ts';
import type { FleetHealth } from '../../core/doctor/fleet-health.ts';
import { countOf } from '../../core/wording/count-of.ts';
import { formatCount } from '../../core/wording/format-count.ts';
import type { Look } from './look.ts';
import { printable } from './printable.ts';
import { causeGroups, headingLines } from './summary-lines.ts';
import { wrapText } from './wrap-text.ts';

const INDENT = '   ';

/** One tenant: a line for each check, and the next step for each problem. */
export function examinationLines({ tenant, checks }: Examination, look: Look): string[] {
  const heading = `🩺 ${tenant.name} (${tenant.database})`;
  return [...wrap(heading, look), ...checks.flatMap((check) => checkLines(check, look))];
}

/** The problems of one tenant in a large fleet; the summary has the next steps, once each. */
export function unwellLines({ tenant, checks }: Examination, look: Look): string[] {
  return checks
    .filter((check) => check.status === 'wrong')
    .flatMap(({ name, message }) => wrap(`❌ ${tenant.name}: ${name}: ${message}`, look))
    .map(look.palette.bad);
}

/** The health of the fleet, with its problems by cause: 3 causes are 3 things to do, however many tenants have them. */
export function healthLines(health: FleetHealth, look: Look): string[] {
  const { well, unwell, causes, notes } = health;
  const noted = Object.entries(notes).map(([code, tenants]) => `${code} (${formatCount(tenants)})`);
  const wellLine = `✅ Healthy: ${formatCount(well)}`;
  const unwellLine = `❌ With problems: ${formatCount(unwell)}`;
  return [
    ...headingLines('📊 Health', look),
    unwell === 0 ? look.palette.good(wellLine) : wellLine,
    unwell === 0 ? unwellLine : look.palette.bad(unwellLine),
    ...(noted.length === 0 ? [] : wrap(`⚠️  Notes: ${noted.join(', ')}`, look)),
    ...(unwell === 0
      ? []
      : [
          '',
          look.palette.strong(`${countOf(causes.failures.length, 'cause')}:`),
          ...causeGroups(causes, look, { rest: 'all are listed above' }),
        ]),
  ];
}

/** The result of one check, and the next step if it found a problem. */
export function checkLines(check: Check, look: Look): string[] {
  const line = `${SIGN[check.status]} ${check.name}: ${check.message}`;
  if (check.status === 'ok') return wrap(line, look);
  const paint = check.status === 'wrong' ? look.palette.bad : look.palette.warn;
  return [...wrap(line, look).map(paint), ...nextLines(check, look)];
}

function nextLines({ nextStep }: Finding, look: Look): string[] {
  return wrap(`${INDENT}Next: ${nextStep}`, look, `${INDENT}  `);
}

const SIGN = { ok: '✅', note: '⚠️ ', wrong: '❌' } as const;

function wrap(text: string, look: Look, indent = INDENT): string[] {
  return wrapText(printable(text), look.width, indent);
}
