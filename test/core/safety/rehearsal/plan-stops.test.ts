import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planStops } from '../../../../src/core/safety/rehearsal/plan-stops.ts';
import { MOMENTS } from '../../../../src/core/safety/rehearsal/stop.ts';

const statement = fc.record({ kind: fc.constantFrom('ddl', 'write', 'read', 'session', 'opaque') });

test('a plan has every stop once if they are few, and otherwise the wanted number of them', () => {
  fc.assert(
    fc.property(fc.array(statement), fc.nat(40), fc.nat(), (kinds, most, seed) => {
      const statements = kinds.map(({ kind }, index) => ({ number: index + 1, kind }) as const);
      const plan = planStops('m', statements, { most, seed });
      expect(plan.all).toBe(kinds.length * MOMENTS.length);
      expect(plan.stops).toHaveLength(Math.min(most, plan.all));
      expect(new Set(plan.stops.map((stop) => JSON.stringify(stop))).size).toBe(plan.stops.length);
      expect(planStops('m', statements, { most, seed })).toEqual(plan);
    }),
  );
});

test('statements that change something are stopped before those that do not', () => {
  const statements = [
    { number: 1, kind: 'read' },
    { number: 2, kind: 'ddl' },
  ] as const;
  const { stops } = planStops('m', statements, { most: 3, seed: 5 });
  expect(stops.map((stop) => [stop.statement, stop.moment])).toEqual(
    MOMENTS.map((moment) => [2, moment]),
  );
});
