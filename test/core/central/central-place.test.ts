import { expect, it } from 'vitest';
import { parseCentralPlace } from '../../../src/core/central/central-place.ts';
import { thrownBy } from '../../support/thrown-by.ts';

it.each([
  [undefined, {}],
  ['', {}],
  ['{}', {}],
  ['{"host":"db","port":3307,"name":"central"}', { host: 'db', port: 3307, name: 'central' }],
  ['{"host":"db","port":"3307"}', { host: 'db', port: 3307 }],
])('the configured place of the central database is read: %j', (text, place) => {
  expect(parseCentralPlace(text, 'PLACE')).toEqual(place);
});

it.each([
  'not JSON',
  'null',
  '[]',
  '"db"',
  '{"host":""}',
  '{"host":7}',
  '{"name":""}',
  '{"name":[]}',
  '{"port":"x"}',
  '{"port":33.06}',
])('an invalid place of the central database is refused by the name of its setting: %j', (text) => {
  expect(thrownBy(() => parseCentralPlace(text, 'PLACE'))).toMatchObject({
    code: 'EnvironmentInvalid',
    fault: 'configuration',
    message: expect.stringMatching(/^PLACE /),
  });
});
