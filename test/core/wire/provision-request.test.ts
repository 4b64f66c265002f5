import { describe, expect, it } from 'vitest';
import { parseProvisionRequest } from '../../../src/core/wire/provision-request.ts';
import { thrownBy } from '../../support/thrown-by.ts';

describe('a request to provision', () => {
  it('a request to provision names a row, or the values of a new one', () => {
    expect(parseProvisionRequest({ tenantId: ' 1 ' })).toEqual({ tenantId: '1' });
    const draft = { slug: 'acme', name: 'Acme', host: 'db1', port: 3307 };
    expect(parseProvisionRequest(draft)).toEqual(draft);
  });

  it.each([
    [{ slugg: 'a' }, ['"slugg" is not a key', 'Did you mean "slug"?']],
    [{ slug: 'a', port: '3306' }, ['"port" is "3306"', 'from 1 to 65,535']],
    [{ slug: '' }, ['"slug" is ""', 'acme-corp']],
    [{ slug: 'x'.repeat(300) }, ['"slug" is "xxx', '…']],
    [{}, ['"tenantId" or "slug"']],
    [{ tenantId: '1', slug: 'a', host: 'b' }, ['"slug", "host" cannot be given']],
    [{ slug: null }, ['"slug" is null']],
    [null, ['a JSON object, not null']],
    [[], ['a JSON object, not []']],
    ['acme', ['a JSON object, not "acme"']],
    [undefined, ['a JSON object, not undefined']],
  ])('a request to provision is refused with a readable message: %j', (input, words) => {
    const error = thrownBy(() => parseProvisionRequest(input));
    expect(error).toMatchObject({ code: 'RequestInvalid', fault: 'usage' });
    for (const word of words) expect(String(error)).toContain(word);
  });
});
