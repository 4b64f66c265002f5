import { describe, expect, test } from 'vitest';
import { errorLines } from '../../../src/cli/output/error-lines.ts';
import { plainLook } from '../../../src/cli/output/look.ts';
import { FanfoldError } from '../../../src/core/errors.ts';

describe('errorLines', () => {
  const missing = new FanfoldError('TenantUnknown', 'No tenant has the slug "x\u001b[31m".', {
    fault: 'usage',
    nextStep: 'Look the slug up with: fanfold tenant:list',
  });

  test('are what is wrong, and what to do next', () => {
    expect(errorLines(missing, plainLook, false)).toEqual([
      'Error: No tenant has the slug "x\\x1b[31m".',
      '',
      'Look the slug up with: fanfold tenant:list',
    ]);
  });

  test('have no stack trace for an expected error, even if one was asked for', () => {
    expect(errorLines(missing, plainLook, true).join('\n')).not.toMatch(/ at .*\.ts/);
  });

  test('keep the line breaks of a message', () => {
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

  test('of a defect ask for a report, with the stack only if it was asked for', () => {
    const defect = new TypeError('x is not a function');
    const short = errorLines(defect, plainLook, false);
    expect(short[0]).toBe('Error: TypeError: x is not a function');
    expect(short.at(-1)).toContain('FANFOLD_DEBUG=1');
    expect(short.join('\n')).not.toMatch(/error-lines\.test\.ts/);
    expect(errorLines(defect, plainLook, true).join('\n')).toMatch(/error-lines\.test\.ts/);
  });

  test('tell what is no error at all', () => {
    expect(errorLines('boom', plainLook, false)[0]).toBe('Error: boom');
  });
});
