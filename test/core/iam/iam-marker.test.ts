import { describe, expect, it } from 'vitest';
import { isIamMarker, newIamMarker } from '../../../src/core/iam/iam-marker.ts';
import { tenantOf } from '../../support/fleet.ts';
import { memoryKeyRing } from '../support/memory-key-ring.ts';

describe('the marker of a login by IAM', () => {
  it.each(['iam', 'IAM', ' iam\n', newIamMarker()])('isIamMarker recognizes %j', (text) => {
    expect(isIamMarker(text)).toBe(true);
  });

  it.each(['', 'iam:', 'iam2', 'iam:xyz', 'v2:iam', 'aws', '0123456789abcdef0123456789abcdef:iam'])(
    'isIamMarker does not see one in %j',
    (text) => {
      expect(isIamMarker(text)).toBe(false);
    },
  );

  it('a marker of IAM is never seen in a ciphertext', async () => {
    const { sealer } = memoryKeyRing();
    expect(isIamMarker(await sealer.seal(tenantOf(1), 'iam'))).toBe(false);
  });

  it('newIamMarker differs from row to row where provisioning makes it', () => {
    expect(newIamMarker()).not.toBe(newIamMarker());
  });
});
