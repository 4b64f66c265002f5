import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { forecastLines } from '../../../src/cli/output/forecast-lines.ts';
import { forecastTenantLines } from '../../../src/cli/output/forecast-tenant-lines.ts';
import type { Look } from '../../../src/cli/output/look.ts';
import { plainPalette } from '../../../src/cli/output/palette.ts';
import { createFleetForecast } from '../../../src/core/safety/forecast/fleet-forecast.ts';
import { forecastTenant } from '../../../src/core/safety/forecast/forecast-tenant.ts';
import { learnRates } from '../../../src/core/safety/forecast/learn-rates.ts';
import type { TenantFacts } from '../../../src/core/safety/forecast/tenant-facts.ts';
import {
  calibrationOf,
  factsOf,
  HOST,
  sample,
  tableOf,
  tenantNumbered,
  workOf,
} from '../../core/safety/forecast/forecasting.ts';

const look: Look = { palette: plainPalette, width: 80 };
const COPY = '20260102000000_change_the_type_of_the_titles_of_tasks';
const INDEX = '20260103000000_index_tasks';
const works = new Map([
  [COPY, workOf(COPY, {})],
  [
    INDEX,
    workOf(
      INDEX,
      { kind: 'index', blocks: 'nothing' },
      { kind: 'constant', unsure: 'it reads rows first, and may send more statements for them' },
    ),
  ],
]);
const rates = learnRates(
  [calibrationOf([10, 20, 30, 40, 50].map((mb) => sample(COPY, mb, mb * 40)))],
  8,
);

function forecast(
  number: number,
  more: Partial<TenantFacts> = {},
  tables = [tableOf('t', number * 500, { rows: number * 4_000_000 })],
) {
  return forecastTenant({
    tenant: tenantNumbered(number),
    host: HOST,
    pending: [COPY, INDEX, '20260104000000_later'],
    works,
    facts: factsOf(tables, more),
    rates,
  });
}

test('the forecast of a fleet says how late configured replicas are, first what is late already', () => {
  const fleet = createFleetForecast(8);
  fleet.add(
    forecast(3, {
      replication: {
        seen: {
          replicas: 2,
          replicasSending: 0,
          configured: [
            { replica: 'r1:3306', lag: { seconds: 42 } },
            {
              replica: 'r2:3306',
              lag: { unread: 'ConnectionRefused: Nothing accepts connections' },
            },
          ],
        },
      },
    }),
    HOST,
    1,
  );
  const lines = forecastLines(fleet.read(), 'MySQL 9.7', look);
  expect(lines.every((line) => stringWidth(line) <= 80)).toBe(true);
  const text = lines.join(' ').replaceAll(/\s+/g, ' ');
  expect(text).toContain('they lag by up to');
  expect(text).toContain('Already now r1:3306 is 42 s late');
  expect(text).toContain(
    'r1:3306 is 42 s late, the lag of r2:3306 cannot be read: ConnectionRefused',
  );
  expect(text).not.toContain('only shown by themselves');
});

test('the forecast of a tenant fits into 80 columns, with what is in its way', () => {
  const lines = forecastTenantLines(
    forecast(3, {
      transactions: { seen: [{ id: 4711, user: 'app', seconds: 192 }] },
      holders: { seen: [{ id: 4712, table: 't', lock: 'a lock on the table' }] },
    }),
    look,
  );
  expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
  const text = lines.join('\n').replaceAll(/\s+/g, ' ');
  expect(text).toContain('copies t (1.5 GB, about 12,000,000 rows); writes wait');
  expect(text).toContain('from 5 measured migrations');
  expect(text).toContain('builds an index of t');
  expect(text).toContain('it reads rows first, and may send more statements');
  expect(text).toContain('Temporary disk: up to 1.5 GB');
  expect(text).toContain('20260104000000_later did not run on the scratch server');
  expect(text).toContain('a transaction has been open for 3 min 12 s: connection 4711 (user app)');
  expect(text).toContain('a lock on the table t is held now: connection 4712, hidden from this');
});

test('the forecast of a fleet fits into 80 columns, and names what is hidden', () => {
  const fold = createFleetForecast(8);
  const hidden = 'not visible to this login: it needs the PROCESS privilege';
  for (let number = 1; number <= 12; number += 1) {
    fold.add(forecast(number, number === 7 ? { transactions: { hidden } } : {}), HOST, 1);
  }
  fold.add(
    forecast(13, { transactions: { seen: [{ id: 1, user: 'app', seconds: 65 }] } }, []),
    'db2:3306',
    1,
  );
  fold.unread();
  const lines = forecastLines(fold.read(), 'MySQL 8.4.3', look);
  expect(lines.filter((line) => stringWidth(line) > 80)).toEqual([]);
  const text = lines.join('\n').replaceAll(/\s+/g, ' ');
  expect(text).toContain('Forecast, 8 tenants at a time, with verdicts of MySQL 8.4.3:');
  expect(text).toMatch(/The run: [\d a-z]+ \([^)]+\) for 13 tenants/);
  expect(text).toContain('Temporary disk: up to 6.0 GB in a tenant, 34.0 GB at once');
  expect(text).toContain('1 tenant could not be read, and is in none of these numbers');
  expect(text).toContain(`t13: ${COPY}, statement 1, needs the table t, which it lacks`);
  expect(text).toContain('Long transactions: t13: a transaction has been open for 1 min 05 s');
  expect(text).toContain(`Long transactions: ${hidden} (1 tenant)`);
  expect(text).toContain('Metadata locks on these tables: none');
});
