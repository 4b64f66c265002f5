import { describe, expect, test } from 'vitest';
import { errorLines } from '../../../src/cli/output/error-lines.ts';
import { plainLook } from '../../../src/cli/output/look.ts';
import { FanfoldError } from '../../../src/core/errors.ts';

describe('errorLines', () => {
  const missing = new FanfoldError('TenantUnknown', 'No tenant has the slug "x\u001b[31m".', {
    fault: 'usage',
    nextStep: 'Look the slug up with: fanfold tenant:list',
  });

  test('an error is printed with its problem and its next step', () => {
    expect(errorLines(missing, plainLook, false)).toEqual([
      'Error: No tenant has the slug "x\\x1b[31m".',
      '',
      'Look the slug up with: fanfold tenant:list',
    ]);
  });

  test('an expected error has no stack trace, even on request', () => {
    expect(errorLines(missing, plainLook, true).join('\n')).not.toMatch(/ at .*\.ts/);
  });

  test('an error keeps the line breaks of its message', () => {
    const several = new FanfoldError('MigrationInvalid', '2 are invalid:\n  - a.ts\n  - b.ts', {
      fault: 'migration',
      nextStep: 'Correct them.',
    });
    expect(errorLines(several, plainLook, false).slice(0, 3)).toEqual([
      'Error: 2 are invalid:',
      '  - a.ts',
      '  - b.ts',
    ]);
  });

  test('a bug asks for a report, with the stack trace only on request', () => {
    const defect = new TypeError('x is not a function');
    const short = errorLines(defect, plainLook, false);
    expect(short[0]).toBe('Error: TypeError: x is not a function');
    expect(short.at(-1)).toContain('FANFOLD_DEBUG=1');
    expect(short.join('\n')).not.toMatch(/error-lines\.test\.ts/);
    expect(errorLines(defect, plainLook, true).join('\n')).toMatch(/error-lines\.test\.ts/);
  });

  test('a thrown value that is not an error is printed', () => {
    expect(errorLines('boom', plainLook, false)[0]).toBe('Error: boom');
  });
});
