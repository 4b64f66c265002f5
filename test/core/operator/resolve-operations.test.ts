import { describe, expect, it } from 'vitest';
import { createBundle } from '../../../src/core/bundle/bundle.ts';
import { reportFromJson } from '../../../src/core/operator/report-as-json.ts';
import {
  foreseeResolution,
  lookAtHalfApplied,
  resolveAsSeen,
} from '../../../src/core/operator/resolve-operations.ts';
import type { HalfAppliedReport } from '../../../src/core/resolve/half-applied-report.ts';
import type { ResolveTenant } from '../../../src/core/resolve/resolve-tenant.ts';
import { waysOut } from '../../../src/core/resolve/ways-out.ts';
import type { Tenant } from '../../../src/core/tenant.ts';
import { OPERATIONS } from '../../../src/core/wire/operator-schemas.ts';
import { rejectionOf } from '../../support/thrown-by.ts';

const TENANT = { id: '1', slug: 'acme' } as Tenant;
const DECISION = { tenantId: '1', kind: 'revert', migration: '1_a' } as const;
const bundle = createBundle([]);

function reportOf(standing: 'applied' | 'undone', differing: Partial<HalfAppliedReport> = {}) {
  const statements = [{ number: 1, text: 'alter table `a`', standing }] as const;
  const facts = { open: new Set(['up'] as const), isRecorded: false, statements };
  return {
    ...{ migration: '1_a', open: facts.open, file: '1_a.ts', statements, ahead: undefined },
    label: { message: 'x', at: new Date('2026-11-30T10:00:00Z'), statements },
    ways: waysOut({ ...facts, file: 'has down' }),
    ...differing,
  } satisfies HalfAppliedReport;
}

/** A tenant in this state, whose resolutions are counted. */
function tenantIn(report: HalfAppliedReport) {
  const resolved: string[] = [];
  const resolveTenant: ResolveTenant = {
    look: async () => [report],
    async resolve(_, { kind, by, confirm }) {
      const way = report.ways.find((each) => each.kind === kind);
      if (way === undefined || !(await confirm(report, way))) return 'declined';
      resolved.push(by);
      return 'resolved';
    },
  };
  return { tools: { resolveTenant, bundle }, resolved };
}

async function seenIn(report: HalfAppliedReport): Promise<string> {
  const { tools, resolved } = tenantIn(report);
  const foreseen = await foreseeResolution(DECISION, TENANT, tools);
  const { answer } = OPERATIONS['foresee-resolution'];
  expect(answer.parse(JSON.parse(JSON.stringify(foreseen)))).toMatchObject({
    report: { migration: '1_a' },
  });
  expect(resolved).toEqual([]);
  return foreseen.seen;
}

describe('a resolution by a function', () => {
  it.each<[string, HalfAppliedReport]>([
    ['the same', reportOf('applied')],
    [
      'the same but for the time of the last attempt',
      reportOf('applied', { label: { message: 'y', at: new Date(), statements: [] } }),
    ],
  ])('a resolution goes by facts that a person has seen if they are %s', async (_, now) => {
    const seen = await seenIn(reportOf('applied'));
    const { tools, resolved } = tenantIn(now);
    await resolveAsSeen({ ...DECISION, by: 'ann@laptop', runId: 'r', seen }, TENANT, tools);
    expect(resolved).toEqual(['ann@laptop']);
  });

  it.each<[string, HalfAppliedReport]>([
    ['a statement has been undone', reportOf('undone')],
    ['the file is gone', reportOf('applied', { file: undefined })],
    ['its down was begun', reportOf('applied', { open: new Set(['up', 'down']) })],
  ])('a resolution is refused if meanwhile %s', async (_, now) => {
    const seen = await seenIn(reportOf('applied'));
    const { tools, resolved } = tenantIn(now);
    const error = await rejectionOf(
      resolveAsSeen({ ...DECISION, by: 'ann', runId: 'r', seen }, TENANT, tools),
    );
    expect(error).toMatchObject({ code: 'HalfAppliedChanged', fault: 'tenant' });
    expect(resolved).toEqual([]);
  });

  it('a look changes nothing, and its reports are the same after their journey', async () => {
    const reports = [
      reportOf('applied', { open: new Set(['up', 'down']) }),
      reportOf('undone', { label: undefined, file: undefined }),
    ];
    for (const report of reports) {
      const { tools, resolved } = tenantIn(report);
      const sent = JSON.stringify(await lookAtHalfApplied({ tenantId: '1' }, TENANT, tools));
      const { answer } = OPERATIONS['look-at-half-applied'];
      const [read] = answer.parse(JSON.parse(sent)).reports;
      expect(read && reportFromJson(read)).toEqual(report);
      expect(resolved).toEqual([]);
    }
  });

  it('a way out that is no longer there is refused, before and after somebody has decided', async () => {
    const { tools, resolved } = tenantIn(reportOf('applied', { ways: [] }));
    const refusal = {
      code: 'HalfAppliedChanged',
      message: expect.stringContaining('1_a'),
    };
    expect(await rejectionOf(foreseeResolution(DECISION, TENANT, tools))).toMatchObject(refusal);
    const decided = { ...DECISION, by: 'ann', runId: 'r', seen: 'x' };
    expect(await rejectionOf(resolveAsSeen(decided, TENANT, tools))).toMatchObject(refusal);
    expect(resolved).toEqual([]);
  });
});
