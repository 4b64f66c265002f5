import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/core/doctor/check.ts';
import type { Examination } from '../../../src/core/doctor/examine-tenant.ts';
import { addExamination, emptyFleetHealth } from '../../../src/core/doctor/fleet-health.ts';
import type { ErrorCode } from '../../../src/core/error-codes.ts';
import type { FindingCode } from '../../../src/core/note-codes.ts';
import { refOf } from '../../support/fleet.ts';

function finding(code: ErrorCode): Finding {
  return { name: 'fence', status: 'wrong', code, message: `${code}.`, nextStep: 'Fix it.' };
}

function note(code: FindingCode): Finding {
  return { name: 'fence', status: 'note', code, message: `${code}.`, nextStep: 'Fix it.' };
}

function examined(number: number, ...checks: Finding[]): Examination {
  const isUnwell = checks.some(({ status }) => status === 'wrong');
  return { tenant: refOf(number), status: isUnwell ? 'unwell' : 'well', checks };
}

const FLEET = [
  examined(1),
  examined(2, finding('TenantBusy'), finding('PrivilegeMissing')),
  examined(3, finding('TenantBusy')),
  examined(4, note('ahead')),
];

describe('the health of a fleet', () => {
  test('the health of a fleet counts tenants, and groups what is wrong by its cause', () => {
    const health = FLEET.reduce(addExamination, emptyFleetHealth());
    expect(health).toMatchObject({ total: 4, well: 2, unwell: 2, notes: { ahead: 1 } });
    expect(health.causes.failures).toMatchObject([
      { code: 'PrivilegeMissing', count: 1, nextStep: 'Fix it.' },
      { code: 'TenantBusy', count: 2, tenants: [{ slug: 'tenant-002' }, { slug: 'tenant-003' }] },
    ]);
  });

  test('the health of a fleet does not depend on the order', () => {
    expect(FLEET.toReversed().reduce(addExamination, emptyFleetHealth())).toEqual(
      FLEET.reduce(addExamination, emptyFleetHealth()),
    );
  });
});
